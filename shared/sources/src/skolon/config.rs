//! Settings of a Skolon source.

use outbound::{ClientCredentials, CredentialStyle, Credentials, SecretRef, Url};
use serde::Deserialize;

use super::fields::Fields;
use crate::{ConfigProblem, configuration};

/// Settings of a Skolon source, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkolonConfig {
    /// The API's address; for trials `https://api-test.skolon.com`.
    #[serde(default = "production")]
    pub base_url: String,
    /// Where tokens are fetched; usually `/oauth/access_token` below the base address.
    #[serde(default)]
    pub token_url: Option<String>,
    /// Who the hub is there, from the partner portal.
    pub client_id: String,
    /// Where the hub's secret is kept.
    pub client_secret: SecretRef,
    /// How id and secret are sent.
    #[serde(default)]
    pub token_style: CredentialStyle,
    /// Records per page asked for, 1 to 5,000.
    #[serde(default = "usual_page_size")]
    pub page_size: u32,
    /// Where each field stands.
    #[serde(default)]
    pub fields: Fields,
    /// What to do with trial licences.
    #[serde(default)]
    pub trial_licences: TrialLicences,
    /// Types of user that are pupils, whatever their case.
    #[serde(default = "pupils")]
    pub pupil_types: Vec<String>,
    /// Types of user that are staff; each gets a duty as `Lärare` at every school.
    #[serde(default = "staff")]
    pub staff_types: Vec<String>,
    /// Whether `http` may be used with hosts other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// What to do with licences of Skolon's "try for free".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrialLicences {
    /// They are read with their mark, and reach no target.
    #[default]
    Ignore,
    /// They count as any other licence.
    Deliver,
}

fn production() -> String {
    "https://api.skolon.com".to_owned()
}

const fn usual_page_size() -> u32 {
    1_000
}

fn pupils() -> Vec<String> {
    vec!["STUDENT".to_owned()]
}

fn staff() -> Vec<String> {
    ["TEACHER", "STAFF"].map(str::to_owned).into()
}

impl SkolonConfig {
    /// Every key of the table.
    pub const KEYS: &[&str] = &[
        "base_url",
        "token_url",
        "client_id",
        "client_secret",
        "token_style",
        "page_size",
        "fields",
        "trial_licences",
        "pupil_types",
        "staff_types",
        "allow_plain_http",
    ];

    /// The API's address.
    ///
    /// # Errors
    /// [`ConfigProblem`] when it is none.
    pub fn base(&self) -> Result<Url, ConfigProblem> {
        configuration::address("base_url", &self.base_url)
    }

    /// What does not show in a single key.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn check(&self) -> Result<(), ConfigProblem> {
        self.base()?;
        configuration::address("token_url", &self.token_url())?;
        if !(1..=5_000).contains(&self.page_size) {
            return Err(ConfigProblem::at("page_size", "must be between 1 and 5000"));
        }
        let both = self.pupil_types.iter().find(|it| is_among(&self.staff_types, it));
        match both {
            Some(both) => Err(ConfigProblem::at("staff_types", format!("{both} is among pupil_types too"))),
            None => Ok(()),
        }
    }

    /// How the hub proves who it is.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        Credentials::Client(ClientCredentials {
            token_url: self.token_url(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            scope: None,
            style: self.token_style,
        })
    }

    fn token_url(&self) -> String {
        let usual = || format!("{}/oauth/access_token", self.base_url.trim_end_matches('/'));
        self.token_url.clone().unwrap_or_else(usual)
    }
}

/// Whether a list of types names this one, whatever the case.
pub(super) fn is_among(types: &[String], wanted: &str) -> bool {
    types.iter().any(|it| it.trim().eq_ignore_ascii_case(wanted.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SkolonConfig, ConfigProblem> {
        let config: SkolonConfig = configuration::read(&text.parse().unwrap())?;
        config.check()?;
        Ok(config)
    }

    const SMALL: &str = "client_id = 'hub'\nclient_secret = { env = 'SKOLON_SECRET' }\n";

    #[test]
    fn keys_are_those_of_the_settings() {
        let problem = read("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = problem.message.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, SkolonConfig::KEYS);
    }

    #[test]
    fn tokens_come_from_below_the_base_address() {
        let config = read(&format!("{SMALL}base_url = 'https://api-test.skolon.com/'")).unwrap();

        assert_eq!(config.token_url(), "https://api-test.skolon.com/oauth/access_token");
    }

    #[test]
    fn one_corrected_field_leaves_the_others_as_they_are() {
        let config = read(&format!("{SMALL}[fields.license]\nproduct = '/product/extId'")).unwrap();

        let fields = config.fields.license;
        assert_eq!((fields.product.as_str(), fields.trial.as_str()), ("/product/extId", "/isDemo"));
    }

    #[test]
    fn a_pointer_that_is_none_is_named() {
        let problem = read(&format!("{SMALL}[fields.user]\nuuid = 'uuid'")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("fields.user.uuid"));
    }

    #[test]
    fn a_type_cannot_be_both_pupil_and_staff() {
        let problem = read(&format!("{SMALL}staff_types = ['student']")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("staff_types"));
    }
}
