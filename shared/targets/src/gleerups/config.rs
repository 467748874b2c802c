//! The target's settings.

use outbound::{SecretRef, Url};
use rules::policy::{DeliverUsers, Rate, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::registry::{ConfigProblem, Environment};

/// The keys of [`GleerupsConfig`].
pub const KEYS: &[&str] = &[
    "base_url",
    "api_key",
    "environment",
    "deliver_users",
    "user_name",
    "sso_idp",
    "protected",
    "civic_number",
    "adopt_by_email",
    "licence_assignments",
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

/// Settings of one Gleerups target, as a tenant's configuration writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GleerupsConfig {
    /// Where the endpoints are, e.g. `https://host/scim`, to which `/Users` is added.
    pub base_url: String,
    /// Where the key is kept that is sent as `X-API-Key`.
    pub api_key: SecretRef,
    /// Which of Gleerups' environments it is.
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

impl GleerupsConfig {
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
        Ok(TargetPolicy {
            deliver_users: self.deliver_users,
            user_name: self.user_name.clone(),
            sso_idp: self.sso_idp.clone(),
            rate: self.rate()?,
        })
    }

    fn rate(&self) -> Result<Option<Rate>, ConfigProblem> {
        let Some(per_second) = self.requests_per_second else {
            return match self.burst {
                None => Ok(None),
                Some(_) => Err(ConfigProblem::with("burst", "means nothing without requests_per_second")),
            };
        };
        if !(per_second.is_finite() && per_second > 0.0 && per_second <= 10_000.0) {
            return Err(ConfigProblem::with("requests_per_second", "more than 0, at most 10000"));
        }
        match self.burst.unwrap_or_else(|| one_second_of(per_second)) {
            0 => Err(ConfigProblem::with("burst", "at least 1")),
            burst => Ok(Some(Rate { per_second, burst })),
        }
    }

    /// The base as a URL.
    pub(super) fn base(&self) -> Result<Url, ConfigProblem> {
        let wrong = |message| ConfigProblem::with("base_url", message);
        let url: Url = self.base_url.parse().map_err(|_| wrong("no URL"))?;
        if !url.has_host() || !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("a URL beginning with https:// is needed"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("no user name or password here; the key is given by api_key"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("no query and no fragment: paths are added to it"));
        }
        Ok(url)
    }
}

/// The calls of one second, rounded up.
fn one_second_of(per_second: f64) -> u32 {
    (1..).find(|calls| f64::from(*calls) >= per_second).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<GleerupsConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn debug_shows_where_the_key_is_kept_and_not_the_key() {
        let text = "base_url = \"https://portal.example\"\napi_key = { env = \"PORTAL_KEY\" }";

        let config: GleerupsConfig = toml::from_str(text).unwrap();

        assert!(format!("{config:?}").contains("api_key: Env(\"PORTAL_KEY\")"));
    }
}
