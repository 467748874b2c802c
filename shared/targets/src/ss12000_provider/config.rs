//! The target's settings.

use outbound::{SecretRef, Url};
use rules::policy::{Carries, DeliverUsers, TargetPolicy};
use serde::Deserialize;

use crate::base::base_of;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`Ss12000ProviderConfig`].
pub const KEYS: &[&str] = &["tokens", "notify", "civic_numbers", "environment", "deliver_users", "allow_plain_http"];

/// The most tokens at once: two or three while they are rotated.
const MOST_TOKENS: usize = 5;

/// The most addresses that may be told.
const MOST_ADDRESSES: usize = 20;

/// Settings of one receiver that reads here, as a tenant's configuration writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ss12000ProviderConfig {
    /// Where the tokens are kept by which the receiver is known (`Authorization: Bearer …`); any of them will do, so that
    /// it can be given a new one before the old one goes.
    pub tokens: Vec<SecretRef>,
    /// What the addresses must begin with that the receiver may have notices posted to. Empty: none are.
    #[serde(default)]
    pub notify: Vec<String>,
    /// Whether it is told personal and coordination numbers.
    #[serde(default)]
    pub civic_numbers: bool,
    /// Which of the receiver's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users it may see.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// Whether notices may be posted by `http` to a host other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

impl Ss12000ProviderConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        if self.tokens.is_empty() || self.tokens.len() > MOST_TOKENS {
            return Err(ConfigProblem::with("tokens", format!("1 to {MOST_TOKENS} are needed")));
        }
        Ok(TargetPolicy {
            carries: Carries::EVERYTHING,
            deliver_users: self.deliver_users,
            user_name: Vec::new(),
            civic_numbers: self.civic_numbers,
            sso_idp: None,
            rate: None,
        })
    }

    /// The addresses that notices may be posted below.
    pub(super) fn addresses(&self) -> Result<Vec<Url>, ConfigProblem> {
        if self.notify.len() > MOST_ADDRESSES {
            return Err(ConfigProblem::with("notify", format!("at most {MOST_ADDRESSES} addresses")));
        }
        self.notify.iter().map(|it| address(it)).collect()
    }
}

fn address(text: &str) -> Result<Url, ConfigProblem> {
    let url = base_of("notify", text)?;
    if !url.path().ends_with('/') {
        return Err(ConfigProblem::with("notify", "must end with /: what begins with it may be told"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Option<String> {
        let config: Ss12000ProviderConfig = toml::from_str(text).unwrap();
        config.policy().and_then(|_| config.addresses()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<Ss12000ProviderConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert_eq!(named, KEYS);
    }

    #[test]
    fn what_cannot_work_is_told_by_its_key() {
        let good = "tokens = [{ env = 'TOKEN' }]";
        assert_eq!(problem(&format!("{good}\nnotify = ['https://reader.example/hooks/']")), None);
        assert_eq!(problem("tokens = []"), Some("tokens".into()));
        for url in ["reader", "ftp://reader.example/", "https://a:b@reader.example/", "https://reader.example/hooks"] {
            assert_eq!(problem(&format!("{good}\nnotify = ['{url}']")), Some("notify".into()), "{url}");
        }
    }
}
