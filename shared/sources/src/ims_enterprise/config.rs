//! Settings of an IMS Enterprise source.

use std::collections::BTreeMap;
use std::time::Duration;

use outbound::{SecretRef, Url};
use serde::{Deserialize, Serialize};

use super::group_kind::GroupKind;
use super::rules::Rules;
use super::school_type::SchoolType;
use super::window::Times;
use crate::{ConfigProblem, configuration};

/// Settings of an IMS Enterprise source, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImsEnterpriseConfig {
    /// The address below which the services are, as the vendor gives it with the licence key.
    pub base_url: String,
    /// Where each service is below the address: `{service}` stands for its name, `{school_type}` for its code.
    #[serde(default = "just_the_service")]
    pub path: String,
    /// What is read: the vendor has a service for each school type.
    pub school_types: Vec<SchoolType>,
    /// Whether what of the municipality is above its schools is read too (`GetMunicipalOrganization`).
    #[serde(default)]
    pub municipal_organisation: bool,
    /// Where the licence key is kept.
    #[serde(default)]
    pub licence_key: Option<SecretRef>,
    /// The header that the key is sent in, as the vendor tells.
    #[serde(default)]
    pub licence_key_header: Option<String>,
    /// Where the certificate is kept that the hub shows: certificate, then private key, in PEM.
    #[serde(default)]
    pub client_certificate: Option<SecretRef>,
    /// Calls without any key. Only where the certificate says it all, and for trials.
    #[serde(default)]
    pub anonymous: bool,
    /// Only schools in this municipality: four digits.
    #[serde(default)]
    pub municipality_code: Option<String>,
    /// Only schools that are governed like this.
    #[serde(default)]
    pub governed_by: Option<GovernedBy>,
    /// Whether changes are asked for. Otherwise every poll reads everything.
    #[serde(default = "yes")]
    pub changes: bool,
    /// How instants are written in questions.
    #[serde(default)]
    pub times: Times,
    /// Records that are handed on at once, 1 to 5,000.
    #[serde(default = "usual_page_size")]
    pub page_size: u32,
    /// How long one document may take, in seconds, 10 to 280.
    #[serde(default = "usual_timeout")]
    pub timeout_seconds: u64,
    /// How large one document may be, in MB, 1 to 2,000.
    #[serde(default = "usual_size")]
    pub max_document_mb: u64,
    /// Elements of a person that hold e-mails of the school, the most important first.
    #[serde(default = "emails")]
    pub emails: Vec<String>,
    /// Values of `useridtype` that mark a personal number.
    #[serde(default = "civic_number_types")]
    pub civic_number_types: Vec<String>,
    /// Values of `useridtype` that mark a name to sign in with.
    #[serde(default)]
    pub principal_name_types: Vec<String>,
    /// What further values of `grouptype/typevalue` mean.
    #[serde(default)]
    pub group_types: BTreeMap<String, GroupKind>,
    /// Whether `http` may be used with hosts other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// Who runs a school [Organization API v12 §9.1].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GovernedBy {
    /// A municipality.
    Municipal,
    /// An independent organiser.
    Private,
    /// The state.
    State,
    /// Anybody else.
    Other,
}

impl GovernedBy {
    /// The word that the vendor takes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Municipal => "municipal",
            Self::Private => "private",
            Self::State => "state",
            Self::Other => "other",
        }
    }
}

fn just_the_service() -> String {
    "{service}".to_owned()
}

const fn yes() -> bool {
    true
}

const fn usual_page_size() -> u32 {
    2_000
}

const fn usual_timeout() -> u64 {
    120
}

const fn usual_size() -> u64 {
    512
}

fn emails() -> Vec<String> {
    Rules::default().emails
}

fn civic_number_types() -> Vec<String> {
    Rules::default().civic_number_types
}

impl ImsEnterpriseConfig {
    /// Every key of the table.
    pub const KEYS: &[&str] = &[
        "base_url",
        "path",
        "school_types",
        "municipal_organisation",
        "licence_key",
        "licence_key_header",
        "client_certificate",
        "anonymous",
        "municipality_code",
        "governed_by",
        "changes",
        "times",
        "page_size",
        "timeout_seconds",
        "max_document_mb",
        "emails",
        "civic_number_types",
        "principal_name_types",
        "group_types",
        "allow_plain_http",
    ];

    /// The address below which the services are.
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
        let problem = |key, message| Err(ConfigProblem::at(key, message));
        if !self.path.contains("{service}") {
            return problem("path", "must contain {service}");
        }
        if self.school_types.is_empty() {
            return problem("school_types", "must name something to read, e.g. [\"FK\", \"GR\"]");
        }
        if !(1..=5_000).contains(&self.page_size) {
            return problem("page_size", "must be between 1 and 5000");
        }
        if !(10..=280).contains(&self.timeout_seconds) {
            return problem("timeout_seconds", "must be between 10 and 280");
        }
        if !(1..=2_000).contains(&self.max_document_mb) {
            return problem("max_document_mb", "must be between 1 and 2000");
        }
        if self.municipality_code.as_ref().is_some_and(|it| it.len() != 4 || it.bytes().any(|it| !it.is_ascii_digit()))
        {
            return problem("municipality_code", "must be four digits, e.g. \"0180\"");
        }
        self.key().map(drop)
    }

    /// The key and the header that it is sent in; `None`: none, because the configuration says so.
    ///
    /// # Errors
    /// [`ConfigProblem`] unless both are given, or neither and `anonymous`.
    pub fn key(&self) -> Result<Option<(String, SecretRef)>, ConfigProblem> {
        match (&self.licence_key_header, &self.licence_key, self.anonymous) {
            (Some(header), Some(key), false) if is_header(header) => Ok(Some((header.clone(), key.clone()))),
            (Some(_), Some(_), false) => Err(ConfigProblem::at("licence_key_header", "not the name of a header")),
            (None, None, true) => Ok(None),
            (None, None, false) => Err(ConfigProblem::of_the_whole(
                "no way to authenticate: give licence_key and licence_key_header, or anonymous = true",
            )),
            (_, _, true) => Err(ConfigProblem::at("anonymous", "a licence key is given too")),
            (None, ..) => {
                Err(ConfigProblem::at("licence_key_header", "missing; the vendor tells its name with the key"))
            }
            (_, None, _) => Err(ConfigProblem::at("licence_key", "missing")),
        }
    }

    /// How documents are understood.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules {
            emails: self.emails.clone(),
            civic_number_types: self.civic_number_types.clone(),
            principal_name_types: self.principal_name_types.clone(),
            group_types: self.group_types.clone(),
        }
    }

    pub(super) const fn most_bytes(&self) -> u64 {
        self.max_document_mb * 1_000_000
    }

    pub(super) const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// The school types in a fixed order, each once.
    pub(super) fn in_order(&self) -> Vec<SchoolType> {
        SchoolType::ALL.into_iter().filter(|it| self.school_types.contains(it)).collect()
    }
}

fn is_header(name: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&it);
    !name.is_empty() && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ImsEnterpriseConfig, ConfigProblem> {
        let config: ImsEnterpriseConfig = configuration::read(&text.parse().unwrap())?;
        config.check()?;
        Ok(config)
    }

    const SMALL: &str = "base_url = 'https://register.example/api'\nschool_types = ['GR', 'FK']\n";

    fn key_at_fault(more: &str) -> Option<String> {
        read(&format!("{SMALL}{more}")).unwrap_err().key
    }

    #[test]
    fn keys_are_those_of_the_settings() {
        let problem = read("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = problem.message.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, ImsEnterpriseConfig::KEYS);
    }

    #[test]
    fn school_types_are_read_in_one_order_whatever_the_settings_say() {
        let config = read(&format!("{SMALL}anonymous = true")).unwrap();

        assert_eq!(config.in_order(), [SchoolType::Fk, SchoolType::Gr]);
    }

    #[test]
    fn the_key_at_fault_is_named() {
        let faults = [
            ("anonymous = true\npath = 'services'", "path"),
            ("anonymous = true\npage_size = 0", "page_size"),
            ("anonymous = true\ntimeout_seconds = 900", "timeout_seconds"),
            ("anonymous = true\nmax_document_mb = 0", "max_document_mb"),
            ("anonymous = true\nmunicipality_code = '180'", "municipality_code"),
            ("anonymous = true\ngoverned_by = 'nobody'", "governed_by"),
            ("licence_key = { env = 'KEY' }", "licence_key_header"),
            ("licence_key_header = 'X-Key'", "licence_key"),
            ("licence_key_header = 'X Key'\nlicence_key = { env = 'KEY' }", "licence_key_header"),
            ("anonymous = true\nlicence_key = { env = 'KEY' }", "anonymous"),
        ];

        for (more, key) in faults {
            assert_eq!(key_at_fault(more).as_deref(), Some(key), "{more}");
        }
    }

    #[test]
    fn no_way_to_authenticate_is_refused() {
        assert!(read(SMALL).unwrap_err().message.starts_with("no way"));
    }

    #[test]
    fn a_secret_in_plain_text_is_refused_and_not_repeated() {
        let problem = read(&format!("{SMALL}licence_key = 'hunter2'")).unwrap_err();

        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
}
