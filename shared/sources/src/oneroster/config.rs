//! Settings of a OneRoster source.

use outbound::{ClientCredentials, CredentialStyle, Credentials, SecretRef, Url};
use serde::Deserialize;

use super::conventions::Conventions;
use crate::{ConfigProblem, configuration};

/// Settings of a OneRoster source, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneRosterConfig {
    /// Which edition the provider speaks.
    pub version: OneRosterVersion,
    /// The provider's address, e.g. `https://register.example`.
    pub base_url: String,
    /// The path below the address; usually the standard's.
    #[serde(default)]
    pub path: Option<String>,
    /// Where tokens are fetched (OAuth 2.0 client credentials).
    #[serde(default)]
    pub token_url: Option<String>,
    /// Who the hub is there.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Where the hub's secret is kept.
    #[serde(default)]
    pub client_secret: Option<SecretRef>,
    /// What is asked for; usually the edition's `roster-core.readonly` and `roster.readonly`.
    #[serde(default)]
    pub scope: Option<String>,
    /// How id and secret are sent; the standard's way is HTTP Basic.
    #[serde(default = "basic")]
    pub token_style: CredentialStyle,
    /// Where a token is kept that was issued once and for all, instead of client credentials.
    #[serde(default)]
    pub static_token: Option<SecretRef>,
    /// Records per page asked for, 2 to 5,000. The provider may give fewer.
    #[serde(default = "usual_page_size")]
    pub page_size: u32,
    /// Classes read at once, each with a call for its members, 2 to 500.
    #[serde(default = "usual_classes")]
    pub classes_per_page: u32,
    /// Calls at the same time while members are read, 1 to 16.
    #[serde(default = "usual_parallel_calls")]
    pub parallel_calls: u32,
    /// What the provider means where the standard leaves it open.
    #[serde(default)]
    pub conventions: Conventions,
    /// Whether `http` may be used with hosts other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// An edition of OneRoster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum OneRosterVersion {
    /// OneRoster 1.1 (2017).
    #[serde(rename = "1.1")]
    V1p1,
    /// OneRoster 1.2 (2022).
    #[serde(rename = "1.2")]
    V1p2,
}

impl OneRosterVersion {
    /// The path of its rostering service [OneRoster 1.1 REST §3.2; 1.2 Rostering REST binding §3].
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::V1p1 => "ims/oneroster/v1p1",
            Self::V1p2 => "ims/oneroster/rostering/v1p2",
        }
    }

    /// The scopes that reading takes: the lists and single objects need `roster-core.readonly`, the members of a class
    /// `roster.readonly` [OneRoster 1.2 Rostering REST binding, "Scopes"].
    #[must_use]
    pub const fn scopes(self) -> &'static str {
        match self {
            Self::V1p1 => {
                "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly \
                 https://purl.imsglobal.org/spec/or/v1p1/scope/roster.readonly"
            }
            Self::V1p2 => {
                "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly \
                 https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
            }
        }
    }
}

const fn basic() -> CredentialStyle {
    CredentialStyle::Basic
}

const fn usual_page_size() -> u32 {
    1_000
}

const fn usual_classes() -> u32 {
    50
}

const fn usual_parallel_calls() -> u32 {
    4
}

impl OneRosterConfig {
    /// Every key of the table.
    pub const KEYS: &[&str] = &[
        "version",
        "base_url",
        "path",
        "token_url",
        "client_id",
        "client_secret",
        "scope",
        "token_style",
        "static_token",
        "page_size",
        "classes_per_page",
        "parallel_calls",
        "conventions",
        "allow_plain_http",
    ];

    /// The service's address with its path. An address that has the standard's path already is taken as it is.
    ///
    /// # Errors
    /// [`ConfigProblem`] when it is none.
    pub fn base(&self) -> Result<Url, ConfigProblem> {
        let mut url = configuration::address("base_url", &self.base_url)?;
        let standard = self.version.path();
        if self.path.is_none() && url.path().trim_matches('/').ends_with(standard) {
            return Ok(url);
        }
        let path = self.path.as_deref().unwrap_or(standard);
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/').filter(|it| !it.is_empty()));
        }
        Ok(url)
    }

    /// What does not show in a single key.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn check(&self) -> Result<(), ConfigProblem> {
        self.base()?;
        let bounds = [
            ("page_size", self.page_size, 2..=5_000),
            ("classes_per_page", self.classes_per_page, 2..=500),
            ("parallel_calls", self.parallel_calls, 1..=16),
        ];
        for (key, value, bounds) in bounds {
            if !bounds.contains(&value) {
                let message = format!("must be between {} and {}", bounds.start(), bounds.end());
                return Err(ConfigProblem::at(key, message));
            }
        }
        self.conventions.check()?;
        self.credentials().map(drop)
    }

    /// How the hub proves who it is.
    ///
    /// # Errors
    /// [`ConfigProblem`] unless exactly one way is given, and all of it.
    pub fn credentials(&self) -> Result<Credentials, ConfigProblem> {
        let client = self.token_url.is_some() || self.client_id.is_some() || self.client_secret.is_some();
        match (client, &self.static_token) {
            (true, None) => self.client(),
            (false, Some(token)) => Ok(Credentials::Static(token.clone())),
            (false, None) => Err(ConfigProblem::of_the_whole(
                "no way to authenticate: give token_url, client_id and client_secret, or static_token",
            )),
            (true, Some(_)) => Err(ConfigProblem::of_the_whole(
                "more than one way to authenticate: give client credentials or static_token, not both",
            )),
        }
    }

    fn client(&self) -> Result<Credentials, ConfigProblem> {
        let missing =
            |key| ConfigProblem::at(key, "missing; client credentials need token_url, client_id and client_secret");
        let token_url = self.token_url.clone().ok_or_else(|| missing("token_url"))?;
        configuration::address("token_url", &token_url)?;
        Ok(Credentials::Client(ClientCredentials {
            token_url,
            client_id: self.client_id.clone().ok_or_else(|| missing("client_id"))?,
            client_secret: self.client_secret.clone().ok_or_else(|| missing("client_secret"))?,
            scope: Some(self.scope.clone().unwrap_or_else(|| self.version.scopes().to_owned())),
            style: self.token_style,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<OneRosterConfig, ConfigProblem> {
        let config: OneRosterConfig = configuration::read(&text.parse().unwrap())?;
        config.check()?;
        Ok(config)
    }

    fn small(version: &str, more: &str) -> String {
        format!("version = '{version}'\nbase_url = 'https://register.example'\nstatic_token = {{ env = 'T' }}\n{more}")
    }

    fn key_at_fault(text: &str) -> Option<String> {
        read(text).unwrap_err().key
    }

    #[test]
    fn keys_are_those_of_the_settings() {
        let problem = read("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = problem.message.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, OneRosterConfig::KEYS);
    }

    #[test]
    fn each_edition_has_its_path() {
        let bases = ["1.1", "1.2"].map(|version| read(&small(version, "")).unwrap().base().unwrap().to_string());

        assert_eq!(
            bases,
            ["https://register.example/ims/oneroster/v1p1", "https://register.example/ims/oneroster/rostering/v1p2"]
        );
    }

    #[test]
    fn a_path_that_is_given_is_not_given_twice() {
        let with = small("1.1", "").replace("register.example", "register.example/x/ims/oneroster/v1p1/");

        assert_eq!(read(&with).unwrap().base().unwrap().as_str(), "https://register.example/x/ims/oneroster/v1p1/");
    }

    #[test]
    fn a_path_of_the_providers_own_wins() {
        let config = read(&small("1.2", "path = '/api/roster/'")).unwrap();

        assert_eq!(config.base().unwrap().as_str(), "https://register.example/api/roster");
    }

    #[test]
    fn an_edition_that_is_not_known_is_refused() {
        assert_eq!(key_at_fault(&small("1.0", "")).as_deref(), Some("version"));
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        for key in ["page_size", "classes_per_page", "parallel_calls"] {
            assert_eq!(key_at_fault(&small("1.1", &format!("{key} = 0"))).as_deref(), Some(key));
        }
    }

    #[test]
    fn the_editions_scopes_are_asked_for_unless_others_are_named() {
        let client = "version = '1.2'\nbase_url = 'https://r.example'\ntoken_url = 'https://r.example/token'\n\
                      client_id = 'hub'\nclient_secret = { env = 'S' }\n";
        let scope = |text: &str| match read(text).unwrap().credentials().unwrap() {
            Credentials::Client(it) => it.scope.unwrap(),
            Credentials::Static(_) => panic!(),
        };

        let scopes = [scope(client), scope(&format!("{client}scope = 'roster'"))];

        assert_eq!(scopes, [OneRosterVersion::V1p2.scopes(), "roster"]);
    }

    #[test]
    fn no_way_to_authenticate_and_two_ways_are_refused() {
        let none = "version = '1.1'\nbase_url = 'https://register.example'";

        assert!(read(none).unwrap_err().message.starts_with("no way"));
        assert!(read(&small("1.1", "client_id = 'hub'")).unwrap_err().message.starts_with("more than one"));
        assert_eq!(key_at_fault(&format!("{none}\nclient_id = 'hub'")).as_deref(), Some("token_url"));
    }

    #[test]
    fn a_secret_in_plain_text_is_refused_and_not_repeated() {
        let problem = read(&small("1.1", "").replace("{ env = 'T' }", "'hunter2'")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("static_token"));
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
}
