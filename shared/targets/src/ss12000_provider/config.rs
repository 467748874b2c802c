//! The target's settings.

use outbound::issued::IssuerSettings;
use outbound::{SecretRef, Transaction, Url};
use rules::policy::{Carries, DeliverUsers, TargetPolicy};
use serde::Deserialize;

use crate::base::base_of;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`Ss12000ProviderConfig`].
pub const KEYS: &[&str] =
    &["tokens", "jwt", "notify", "notice_token", "civic_numbers", "environment", "deliver_users", "allow_plain_http"];

/// The most tokens at once: two or three while they are rotated.
const MOST_TOKENS: usize = 5;

/// The most addresses that may be told.
const MOST_ADDRESSES: usize = 20;

/// Settings of one receiver that reads here, as a tenant's configuration writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ss12000ProviderConfig {
    /// Where the tokens are kept by which the receiver is known (`Authorization: Bearer …`); any of them will do, so that
    /// it can be given a new one before the old one goes. Empty: it is known by `jwt` only.
    #[serde(default)]
    pub tokens: Vec<SecretRef>,
    /// The authorisation server whose tokens the receiver may show instead.
    #[serde(default)]
    pub jwt: Option<JwtConfig>,
    /// What the addresses must begin with that the receiver may have notices posted to. Empty: none are.
    #[serde(default)]
    pub notify: Vec<String>,
    /// What notices are sent with. `None`: nothing, they hold nothing worth protecting.
    #[serde(default)]
    pub notice_token: Option<NoticeTokenConfig>,
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

/// Which tokens of an authorisation server let their bearer read: a JWT of a certain organisation, with access to this API.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtConfig {
    /// Where the server publishes its keys.
    pub jwks_url: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// `organization_id`, e.g. `SE2021004185`.
    pub organization_id: String,
    /// The address of this API as the receiver knows it: one of the token's `requested_access` must have a location that it
    /// begins with.
    pub location: String,
    /// The type of that access.
    #[serde(default = "reading")]
    pub access_type: String,
}

/// How a token is come by that notices are sent with (GNAP, over mutual TLS).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeTokenConfig {
    /// Where transactions are begun.
    pub url: String,
    /// Where the certificate is kept that is shown there: certificate, then private key, in PEM.
    pub certificate: SecretRef,
    /// What is to be accessed: the receiver's API for notices.
    pub location: String,
    /// The type of that access.
    #[serde(default = "telling")]
    pub access_type: String,
    /// Who the organiser is in a federation. Left out: it is known by the certificate.
    #[serde(default)]
    pub entity_id: Option<String>,
}

fn reading() -> String {
    "ss12000-api".to_owned()
}

fn telling() -> String {
    "ss12000-client".to_owned()
}

impl Ss12000ProviderConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        if self.tokens.len() > MOST_TOKENS || (self.tokens.is_empty() && self.jwt.is_none()) {
            let message = format!("1 to {MOST_TOKENS} are needed, or jwt instead");
            return Err(ConfigProblem::with("tokens", message));
        }
        Ok(TargetPolicy {
            carries: Carries::EVERYTHING,
            deliver_users: self.deliver_users,
            user_name: Vec::new(),
            civic_numbers: self.civic_numbers,
            temporary_numbers: false,
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

impl JwtConfig {
    pub(super) fn issuer(&self) -> Result<IssuerSettings, ConfigProblem> {
        let jwks_url = base_of("jwt.jwks_url", &self.jwks_url)?;
        let location = base_of("jwt.location", &self.location)?;
        if self.organization_id.trim().is_empty() || self.issuer.trim().is_empty() || self.audience.trim().is_empty() {
            return Err(ConfigProblem::with("jwt", "issuer, audience and organization_id must say something"));
        }
        if location.path().len() < 2 {
            return Err(ConfigProblem::with(
                "jwt.location",
                "the whole address of this API is needed, not its server only",
            ));
        }
        Ok(IssuerSettings { jwks_url, issuer: self.issuer.clone(), audience: self.audience.clone() })
    }
}

impl NoticeTokenConfig {
    pub(super) fn transaction(&self) -> Result<Transaction, ConfigProblem> {
        base_of("notice_token.location", &self.location)?;
        Ok(Transaction {
            url: base_of("notice_token.url", &self.url)?,
            access_type: self.access_type.clone(),
            location: self.location.clone(),
            certificate: self.certificate.clone(),
            entity_id: self.entity_id.clone(),
        })
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
        assert_eq!(problem(""), Some("tokens".into()));
        for url in ["reader", "ftp://reader.example/", "https://a:b@reader.example/", "https://reader.example/hooks"] {
            assert_eq!(problem(&format!("{good}\nnotify = ['{url}']")), Some("notify".into()), "{url}");
        }
    }
}
