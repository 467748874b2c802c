//! The target's settings.

use std::collections::BTreeMap;
use std::time::Duration;

use outbound::{SecretRef, Transaction, Url};
use roster::Id;
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use super::mapping::{GROUP_KINDS, SCHOOL_TYPES};
use crate::base::{base, base_of};
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`DnpConfig`].
pub const KEYS: &[&str] = &[
    "certificate",
    "entity_id",
    "base_url",
    "token_url",
    "window_seconds",
    "principal_name",
    "school_units",
    "school_unit_ids",
    "school_type",
    "group_kinds",
    "test_activities",
    "two_roles",
    "deliver_users",
    "environment",
    "allow_plain_http",
];

/// What is asked for where tokens are given.
const ACCESS_TYPE: &str = "provisioning-api";

/// Settings of Skolverket's tests as a target, as a tenant's configuration writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnpConfig {
    /// Where the organiser's own certificate is kept that is shown for tokens: certificate, then private key, in PEM.
    pub certificate: SecretRef,
    /// Who the organiser is in a federation. Left out: it is known by the certificate.
    #[serde(default)]
    pub entity_id: Option<String>,
    /// The API's address.
    #[serde(default = "production")]
    pub base_url: String,
    /// Where tokens are given: the same for both environments.
    #[serde(default = "token_server")]
    pub token_url: String,
    /// Seconds for which changes are gathered, 30 to 3,600.
    #[serde(default = "one_minute")]
    pub window_seconds: u32,
    /// What a person's only principal name (EPPN) is, the first one present.
    #[serde(default = "eppn")]
    pub principal_name: Vec<UserNameChoice>,
    /// Skolverket's own identities of school units, by school unit code.
    #[serde(default)]
    pub school_units: BTreeMap<String, Id>,
    /// What a school unit is called that is not among those.
    #[serde(default)]
    pub school_unit_ids: SchoolUnitIds,
    /// The school type of groups and places of which no source says any.
    #[serde(default)]
    pub school_type: Option<String>,
    /// The kinds of groups that are sent: `Klass`, `Undervisning`, or both.
    #[serde(default = "both_kinds")]
    pub group_kinds: Vec<String>,
    /// Skolverket's own identities of test activities, by what an activity's name says of them: subject or course.
    #[serde(default)]
    pub test_activities: BTreeMap<String, Id>,
    /// What is sent of somebody who is both pupil and staff.
    #[serde(default)]
    pub two_roles: TwoRoles,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// Which of Skolverket's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Whether `http` may be used with hosts other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// What a school unit is called that the settings do not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolUnitIds {
    /// Nothing: it is refused.
    #[default]
    Configured,
    /// By the register's own identity, which is Skolverket's already.
    Register,
}

/// What is sent of somebody who is both pupil and staff: Skolverket wants another principal name for each role, and takes
/// one of each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwoRoles {
    /// Nothing.
    #[default]
    Refuse,
    /// The pupil.
    Pupil,
    /// The employee.
    Staff,
}

fn production() -> String {
    "https://api.skolverket.se/provtjanst/provisioning/v1".to_owned()
}

fn token_server() -> String {
    "https://nutid-auth.sunet.se/transaction".to_owned()
}

const fn one_minute() -> u32 {
    60
}

fn eppn() -> Vec<UserNameChoice> {
    vec![UserNameChoice::Eppn]
}

fn both_kinds() -> Vec<String> {
    GROUP_KINDS.map(str::to_owned).to_vec()
}

impl DnpConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        let is_code = |code: &String| code.len() == 8 && code.bytes().all(|it| it.is_ascii_digit());
        if !(30..=3_600).contains(&self.window_seconds) {
            return Err(ConfigProblem::with("window_seconds", "30 to 3600"));
        }
        if self.principal_name.is_empty() {
            return Err(ConfigProblem::with("principal_name", "at least one choice: eppn, email"));
        }
        if !self.school_units.keys().all(is_code) {
            return Err(ConfigProblem::with("school_units", "by school unit codes, of eight digits"));
        }
        if self.school_type.as_deref().is_some_and(|it| !SCHOOL_TYPES.contains(&it)) {
            return Err(ConfigProblem::with("school_type", format!("one of {}", SCHOOL_TYPES.join(", "))));
        }
        if self.group_kinds.is_empty() || !self.group_kinds.iter().all(|it| GROUP_KINDS.contains(&it.as_str())) {
            return Err(ConfigProblem::with("group_kinds", format!("one or both of {}", GROUP_KINDS.join(", "))));
        }
        if !self.test_activities.keys().all(|it| it.contains(char::is_alphanumeric)) {
            return Err(ConfigProblem::with("test_activities", "by words of the activities' names"));
        }
        if self.entity_id.as_deref().is_some_and(|it| it.trim().is_empty()) {
            return Err(ConfigProblem::with("entity_id", "leave it out where there is no federation"));
        }
        Ok(TargetPolicy {
            carries: Carries::EVERYTHING,
            deliver_users: self.deliver_users,
            user_name: self.principal_name.clone(),
            civic_numbers: true,
            temporary_numbers: true,
            sso_idp: None,
            rate: None,
        })
    }

    pub(super) fn base(&self) -> Result<Url, ConfigProblem> {
        base(&self.base_url)
    }

    pub(super) fn transaction(&self) -> Result<Transaction, ConfigProblem> {
        Ok(Transaction {
            url: base_of("token_url", &self.token_url)?,
            access_type: ACCESS_TYPE.to_owned(),
            location: self.base_url.trim_end_matches('/').to_owned(),
            certificate: self.certificate.clone(),
            entity_id: self.entity_id.clone(),
        })
    }

    pub(super) fn window(&self) -> Duration {
        Duration::from_secs(self.window_seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(more: &str) -> Option<String> {
        let config: DnpConfig = toml::from_str(&format!("certificate = {{ env = 'DNP' }}\n{more}")).unwrap();
        config.policy().and_then(|_| config.base()).and_then(|_| config.transaction()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<DnpConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert_eq!(named, KEYS);
    }

    #[test]
    fn what_cannot_work_is_told_by_its_key() {
        assert_eq!(problem(""), None);
        for (more, key) in [
            ("window_seconds = 5", "window_seconds"),
            ("principal_name = []", "principal_name"),
            ("school_units = { '123' = '505c5ee0-7be4-560d-9c27-10ab0d96ac9a' }", "school_units"),
            ("school_type = 'FS'", "school_type"),
            ("group_kinds = []", "group_kinds"),
            ("group_kinds = ['Mentor']", "group_kinds"),
            ("test_activities = { '-' = '505c5ee0-7be4-560d-9c27-10ab0d96ac9a' }", "test_activities"),
            ("entity_id = ' '", "entity_id"),
            ("base_url = 'skolverket'", "base_url"),
            ("token_url = 'ftp://auth.example/'", "token_url"),
        ] {
            assert_eq!(problem(more), Some(key.into()), "{more}");
        }
    }

    #[test]
    fn an_identity_that_is_none_of_skolverkets_form_is_no_identity() {
        let read = toml::from_str::<DnpConfig>("certificate = { env = 'DNP' }\nschool_units = { '12345678' = 'A1' }");

        assert!(read.is_err());
    }
}
