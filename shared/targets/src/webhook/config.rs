//! The target's settings.

use outbound::{SecretRef, Url};
use rules::policy::{DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::limits::rate;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`WebhookConfig`].
pub const KEYS: &[&str] = &[
    "url",
    "secrets",
    "payload",
    "environment",
    "deliver_users",
    "user_name",
    "licence_assignments",
    "supplier",
    "requests_per_second",
    "burst",
    "allow_plain_http",
];

/// The most keys that sign at once: two or three while they are rotated.
const MOST_SECRETS: usize = 5;

/// What an event holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// The object as it is now.
    #[default]
    Full,
    /// Its identity only; the receiver asks elsewhere.
    Thin,
}

/// Settings of one target that takes events, as a tenant's configuration writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Where events are posted.
    pub url: String,
    /// Where the keys are kept that sign; all do, so that a receiver can be given a new one before the old one goes.
    pub secrets: Vec<SecretRef>,
    /// What an event holds.
    #[serde(default)]
    pub payload: Payload,
    /// Which of the supplier's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names a user; the first one present.
    #[serde(default = "eppn_then_email")]
    pub user_name: Vec<UserNameChoice>,
    /// Whether licences are told of.
    #[serde(default)]
    pub licence_assignments: bool,
    /// In whose numbering licences name products; needed with `licence_assignments`.
    #[serde(default)]
    pub supplier: Option<String>,
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

fn eppn_then_email() -> Vec<UserNameChoice> {
    TargetPolicy::default().user_name
}

impl WebhookConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        if self.user_name.is_empty() {
            return Err(ConfigProblem::with("user_name", "at least one choice is needed"));
        }
        if self.secrets.is_empty() || self.secrets.len() > MOST_SECRETS {
            return Err(ConfigProblem::with("secrets", format!("1 to {MOST_SECRETS} keys are needed")));
        }
        if self.licence_assignments != self.supplier.is_some() {
            return Err(ConfigProblem::with("supplier", "is needed with licence_assignments, and only then"));
        }
        Ok(TargetPolicy {
            deliver_users: self.deliver_users,
            user_name: self.user_name.clone(),
            rate: rate(self.requests_per_second, self.burst)?,
            ..TargetPolicy::default()
        })
    }

    /// Where events are posted: with a query, if the receiver's address has one.
    pub(super) fn address(&self) -> Result<Url, ConfigProblem> {
        let wrong = |message| ConfigProblem::with("url", message);
        let url: Url = self.url.parse().map_err(|_| wrong("no URL"))?;
        if !url.has_host() || !matches!(url.scheme(), "http" | "https") || url.fragment().is_some() {
            return Err(wrong("a URL beginning with https:// is needed"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("no user name or password here; events are signed"));
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Option<String> {
        let config: WebhookConfig = toml::from_str(text).unwrap();
        config.policy().and_then(|_| config.address()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<WebhookConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn what_cannot_work_is_told_by_its_key() {
        let good = "url = 'https://receiver.example/hook?school=1'\nsecrets = [{ env = 'KEY' }]";

        assert_eq!(problem(good), None);
        assert_eq!(problem("url = 'https://receiver.example'\nsecrets = []"), Some("secrets".into()));
        assert_eq!(problem(&format!("{good}\nlicence_assignments = true")), Some("supplier".into()));
        assert_eq!(problem(&format!("{good}\nuser_name = []")), Some("user_name".into()));
        for url in ["ftp://receiver.example", "https://name:word@receiver.example", "receiver"] {
            assert_eq!(problem(&format!("url = '{url}'\nsecrets = [{{ env = 'KEY' }}]")), Some("url".into()), "{url}");
        }
    }
}
