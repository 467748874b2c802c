//! The target's settings.

use outbound::{ClientCredentials, Credentials, SecretRef, Url};
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::base::base;
use crate::limits::rate;
use crate::name_template;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`ScimConfig`].
pub const KEYS: &[&str] = &[
    "base_url",
    "token",
    "oauth",
    "basic",
    "environment",
    "deliver_users",
    "user_name",
    "adopt_by_email",
    "removed_users",
    "group_name",
    "teachers_in_groups",
    "patch",
    "members_at_once",
    "remove_members_by_value",
    "requests_per_second",
    "burst",
    "allow_plain_http",
];

/// More members in one call than any receiver takes.
const MOST_AT_ONCE: u32 = 10_000;

/// A user's name and password (RFC 7617).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The name.
    pub user: String,
    /// Where the password is kept.
    pub password: SecretRef,
}

/// What becomes of users who are not wanted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedUsers {
    /// Their accounts are deleted.
    #[default]
    Delete,
    /// Their accounts stay, and nobody can sign in to them (`active` is `false`).
    Disable,
}

/// Settings of one target that speaks SCIM, as a tenant's configuration writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScimConfig {
    /// Where the endpoints are, e.g. `https://host/scim/v2`, to which `/Users` is added.
    pub base_url: String,
    /// Where the bearer token is kept.
    #[serde(default)]
    pub token: Option<SecretRef>,
    /// What bearer tokens are fetched with instead.
    #[serde(default)]
    pub oauth: Option<ClientCredentials>,
    /// A name and a password instead.
    #[serde(default)]
    pub basic: Option<Basic>,
    /// Which of the supplier's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names a user; the first one present.
    #[serde(default = "eppn_then_email")]
    pub user_name: Vec<UserNameChoice>,
    /// Whether an account that exists at first contact is taken over when its e-mail address is the user's (R31).
    #[serde(default = "yes")]
    pub adopt_by_email: bool,
    /// What becomes of users who are not wanted any more.
    #[serde(default)]
    pub removed_users: RemovedUsers,
    /// What groups are called; `{name}`, `{kind}` and `{school_unit}` stand for the group's.
    #[serde(default = "its_name")]
    pub group_name: String,
    /// Whether those who lead or teach a group are among its members.
    #[serde(default = "yes")]
    pub teachers_in_groups: bool,
    /// Whether `PATCH` is used; left out: if the receiver says that it can.
    #[serde(default)]
    pub patch: Option<bool>,
    /// How many members are named in one call.
    #[serde(default = "a_hundred")]
    pub members_at_once: u32,
    /// Whether members who leave are named by value instead of by a filter in the path.
    #[serde(default)]
    pub remove_members_by_value: bool,
    /// How often the receiver may be called, on average.
    #[serde(default)]
    pub requests_per_second: Option<f64>,
    /// How many calls at once after a pause; one second's worth if not given.
    #[serde(default)]
    pub burst: Option<u32>,
    /// Whether `http` may be used with a host other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

const fn yes() -> bool {
    true
}

const fn a_hundred() -> u32 {
    100
}

fn its_name() -> String {
    "{name}".to_owned()
}

fn eppn_then_email() -> Vec<UserNameChoice> {
    TargetPolicy::default().user_name
}

/// How the hub proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    Bearer(Credentials),
    Basic { user: String, password: SecretRef },
}

impl ScimConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        if self.user_name.is_empty() {
            return Err(ConfigProblem::with("user_name", "at least one choice is needed"));
        }
        if !(1..=MOST_AT_ONCE).contains(&self.members_at_once) {
            return Err(ConfigProblem::with("members_at_once", format!("1 to {MOST_AT_ONCE}")));
        }
        name_template::check("group_name", &self.group_name)?;
        Ok(TargetPolicy {
            carries: Carries::PERSONS_AND_GROUPS,
            deliver_users: self.deliver_users,
            user_name: self.user_name.clone(),
            civic_numbers: false,
            temporary_numbers: false,
            sso_idp: None,
            rate: rate(self.requests_per_second, self.burst)?,
        })
    }

    pub(super) fn base(&self) -> Result<Url, ConfigProblem> {
        base(&self.base_url)
    }

    pub(super) fn proof(&self) -> Result<Proof, ConfigProblem> {
        match (&self.token, &self.oauth, &self.basic) {
            (Some(token), None, None) => Ok(Proof::Bearer(Credentials::Static(token.clone()))),
            (None, Some(oauth), None) => Ok(Proof::Bearer(Credentials::Client(oauth.clone()))),
            (None, None, Some(Basic { user, password })) if !user.is_empty() && !user.contains(':') => {
                Ok(Proof::Basic { user: user.clone(), password: password.clone() })
            }
            (None, None, Some(_)) => Err(ConfigProblem::with("basic", "user must be a name without a colon")),
            (None, None, None) => Err(ConfigProblem::with("token", "missing; or oauth, or basic")),
            _ => Err(ConfigProblem::with("token", "only one of token, oauth and basic")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(more: &str) -> Option<String> {
        let config: ScimConfig =
            toml::from_str(&format!("base_url = 'https://receiver.example/scim'\n{more}")).unwrap();
        config.policy().and_then(|_| config.proof()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<ScimConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn one_proof_is_needed_and_no_more() {
        assert_eq!(problem(""), Some("token".into()));
        assert_eq!(problem("token = { env = 'T' }"), None);
        assert_eq!(
            problem("token = { env = 'T' }\nbasic = { user = 'u', password = { env = 'P' } }"),
            Some("token".into())
        );
        assert_eq!(problem("basic = { user = 'a:b', password = { env = 'P' } }"), Some("basic".into()));
    }

    #[test]
    fn a_group_name_has_the_groups_name_in_it() {
        for name in ["{school_unit}", "{name} {year}", "{name"] {
            assert_eq!(
                problem(&format!("token = {{ env = 'T' }}\ngroup_name = '{name}'")),
                Some("group_name".into()),
                "{name}"
            );
        }
    }
}
