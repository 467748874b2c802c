//! The target's settings.

use std::collections::BTreeSet;

use outbound::federation::{FederationKey, FederationServer};
use outbound::{SecretRef, Url};
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::base::base;
use crate::limits::rate;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`EgilConfig`].
pub const KEYS: &[&str] = &[
    "base_url",
    "api_key",
    "federation",
    "environment",
    "deliver_users",
    "user_name",
    "sso_idp",
    "protected",
    "civic_number",
    "adopt_by_email",
    "licence_assignments",
    "supplier",
    "put_to_collection",
    "media_type",
    "omit_optional_fields",
    "omit_reference_urls",
    "requests_per_second",
    "burst",
    "allow_plain_http",
];

/// The media type of what is sent. The receiver Windermere compares the whole header, so there are no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum MediaType {
    /// `application/scim+json` (RFC 7644 §8.1).
    #[default]
    #[serde(rename = "application/scim+json")]
    Scim,
    /// `application/json`, which older receivers ask for.
    #[serde(rename = "application/json")]
    Json,
}

impl MediaType {
    /// The header's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scim => "application/scim+json",
            Self::Json => "application/json",
        }
    }
}

/// What is done with persons with protected identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protected {
    /// They are not delivered at all.
    #[default]
    Withhold,
}

/// The way to a receiver through a federation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationConfig {
    /// Where the federation publishes its metadata.
    pub metadata_url: String,
    /// The federation's public keys (of each JWK `kid`, `x` and `y`), verified out of band.
    pub keys: Vec<FederationKey>,
    /// The receiver, by its exact `entity_id`.
    pub entity_id: String,
    /// The tags of the receiver's server: these and no others.
    #[serde(default = "egilv1")]
    pub tags: BTreeSet<String>,
    /// The certificate to show, and its key, in PEM. Its key is named by the metadata too.
    pub certificate: SecretRef,
}

fn egilv1() -> BTreeSet<String> {
    BTreeSet::from(["egilv1".to_owned()])
}

impl FederationConfig {
    /// A problem with one of these keys.
    pub(super) fn problem(key: &str, message: impl Into<String>) -> ConfigProblem {
        ConfigProblem::with(&format!("federation.{key}"), message)
    }

    /// The receiver within the federation.
    pub(super) fn server(&self) -> Result<FederationServer, ConfigProblem> {
        let wrong = |key, message: &str| Self::problem(key, message);
        let metadata_url = self.metadata_url.parse().map_err(|_| wrong("metadata_url", "no URL"))?;
        if self.keys.is_empty() || !self.keys.iter().all(FederationKey::is_usable) {
            return Err(wrong("keys", "each needs kid, x and y of a key on P-256, as its JWK has them"));
        }
        let is_tag = |it: &String| {
            (1..=64).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        if self.tags.is_empty() || !self.tags.iter().all(is_tag) {
            return Err(wrong("tags", "at least one, of small letters and digits"));
        }
        let (keys, entity_id, tags) = (self.keys.clone(), self.entity_id.clone(), self.tags.clone());
        Ok(FederationServer { metadata_url, keys, entity_id, tags })
    }
}

/// Settings of one target that speaks the profile, as a tenant's configuration writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EgilConfig {
    /// Where the endpoints are, e.g. `https://host/scim`, to which `/Users` is added.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Where the key is kept that is sent as `X-API-Key`.
    #[serde(default)]
    pub api_key: Option<SecretRef>,
    /// The way to the receiver through a federation, instead of address and key.
    #[serde(default)]
    pub federation: Option<FederationConfig>,
    /// Which of the supplier's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names a user; the first one present.
    #[serde(default = "eppn_then_email")]
    pub user_name: Vec<UserNameChoice>,
    /// The identity provider through which users sign in, e.g. `skolon` or `microsoft`.
    #[serde(default)]
    pub sso_idp: Option<String>,
    /// Persons with protected identity.
    #[serde(default)]
    pub protected: Protected,
    /// Whether civic numbers are delivered; they are not, so only `false` is accepted.
    #[serde(default)]
    pub civic_number: bool,
    /// Whether an account that exists at first contact is taken over when its e-mail address is the user's (R31).
    #[serde(default = "yes")]
    pub adopt_by_email: bool,
    /// Whether licences are delivered, with the extension `LicenceAssignments`.
    #[serde(default)]
    pub licence_assignments: bool,
    /// The supplier in whose numbering licences name products.
    #[serde(default)]
    pub supplier: Option<String>,
    /// Whether a replacement is sent to `/Users` with the identity in the body, as Skolsynk for Google does.
    #[serde(default)]
    pub put_to_collection: bool,
    /// Media type of what is sent.
    #[serde(default)]
    pub media_type: MediaType,
    /// Whether fields are left out that the portal can do without when placing users in groups and schools.
    #[serde(default)]
    pub omit_optional_fields: bool,
    /// Whether `$ref` is left out of references.
    #[serde(default)]
    pub omit_reference_urls: bool,
    /// How often the portal may be called, on average.
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

fn eppn_then_email() -> Vec<UserNameChoice> {
    TargetPolicy::default().user_name
}

impl EgilConfig {
    /// The same for Gleerups, whose licences are in Gleerups' own numbering.
    #[must_use]
    pub(crate) fn of_gleerups(config: Self) -> Self {
        Self { supplier: config.supplier.or_else(|| Some("gleerups".to_owned())), ..config }
    }

    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        if self.user_name.is_empty() {
            return Err(ConfigProblem::with("user_name", "at least one choice is needed"));
        }
        if self.sso_idp.as_ref().is_some_and(|idp| idp.trim().is_empty()) {
            return Err(ConfigProblem::with("sso_idp", "the name of an identity provider, or nothing"));
        }
        if self.civic_number {
            return Err(ConfigProblem::with("civic_number", "civic numbers are not delivered to this target"));
        }
        if self.licence_assignments && self.supplier.is_none() {
            return Err(ConfigProblem::with("supplier", "missing; in whose numbering licences name products"));
        }
        Ok(TargetPolicy {
            carries: Carries::EVERYTHING,
            deliver_users: self.deliver_users,
            user_name: self.user_name.clone(),
            civic_numbers: false,
            temporary_numbers: false,
            sso_idp: self.sso_idp.clone(),
            rate: rate(self.requests_per_second, self.burst)?,
        })
    }

    /// The base as a URL.
    pub(super) fn base(&self) -> Result<Url, ConfigProblem> {
        let missing = || ConfigProblem::with("base_url", "missing; or a federation");
        let base_url = self.base_url.as_ref().ok_or_else(missing)?;
        base(base_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<EgilConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn debug_shows_where_the_key_is_kept_and_not_the_key() {
        let text = "base_url = \"https://portal.example\"\napi_key = { env = \"PORTAL_KEY\" }";

        let config: EgilConfig = toml::from_str(text).unwrap();

        assert!(format!("{config:?}").contains("api_key: Some(Env(\"PORTAL_KEY\"))"));
    }
}
