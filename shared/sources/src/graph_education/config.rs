//! Settings of a Microsoft Graph education source.

use std::collections::BTreeMap;

use outbound::{ClientCredentials, CredentialStyle, Credentials, SecretRef, Url};
use serde::Deserialize;

use super::choice::Choice;
use crate::{ConfigProblem, configuration};

/// Settings of a Graph education source, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphEducationConfig {
    /// The directory (tenant) at Microsoft: its identifier, or one of its domains.
    pub tenant_id: String,
    /// The application's (client) identifier.
    pub client_id: String,
    /// Where the application's secret is kept.
    pub client_secret: SecretRef,
    /// Graph's address with its version; another one in national clouds.
    #[serde(default = "public_graph")]
    pub base_url: String,
    /// Where tokens are fetched; another one in national clouds.
    #[serde(default = "public_login")]
    pub login_url: String,
    /// What the token is asked for; usually `.default` below Graph's host.
    #[serde(default)]
    pub scope: Option<String>,
    /// Objects per page asked for, 1 to 999. Graph may give fewer.
    #[serde(default = "usual_page_size")]
    pub page_size: u32,
    /// How changed memberships of classes become known.
    #[serde(default)]
    pub membership: MembershipChanges,
    /// With [`MembershipChanges::Rereading`]: the schools whose classes are read again each time, 1 to 100.
    #[serde(default = "usual_schools_per_read")]
    pub schools_per_read: u32,
    /// Minutes between two looks at who and what is where; 0: only the nightly compare looks.
    #[serde(default = "usual_listing_minutes")]
    pub listing_minutes: u32,
    /// The schools that are read, by object identifier, `externalId` or `schoolNumber`; empty: all.
    #[serde(default)]
    pub schools: Vec<String>,
    /// Which classes are read.
    #[serde(default)]
    pub classes: ClassFilter,
    /// School unit codes of schools whose `externalId` and `schoolNumber` are none, by either of them or the object
    /// identifier.
    #[serde(default)]
    pub school_unit_codes: BTreeMap<String, String>,
    /// What a class is called as a kind of group, unless its name says more.
    #[serde(default = "teaching_group")]
    pub group_kind: String,
    /// Names (regular expressions) of classes that are school classes (`Klass`).
    #[serde(default)]
    pub home_class_names: Vec<String>,
    /// Whether many classes at once may turn out to be without any member.
    #[serde(default)]
    pub allow_empty_classes: bool,
    /// Whether `http` may be used with hosts other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// How changed memberships of classes become known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MembershipChanges {
    /// The directory's groups are asked what changed (`/groups/delta`); needs `GroupMember.Read.All`.
    #[default]
    GroupDelta,
    /// The classes of some schools are read again each time, in turn.
    Rereading,
}

/// Which classes are read: those that meet all that is given. What is empty restricts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassFilter {
    /// Object identifiers or `externalId`s.
    pub only: Vec<String>,
    /// Beginnings of `mailNickname`.
    pub mail_nickname_prefixes: Vec<String>,
    /// `externalSource`: `sis`, `manual`.
    pub external_sources: Vec<String>,
    /// Beginnings of `externalId`.
    pub external_id_prefixes: Vec<String>,
    /// Regular expressions, one of which the name matches.
    pub names: Vec<String>,
}

fn public_graph() -> String {
    "https://graph.microsoft.com/v1.0".to_owned()
}

fn public_login() -> String {
    "https://login.microsoftonline.com".to_owned()
}

const fn usual_page_size() -> u32 {
    200
}

const fn usual_schools_per_read() -> u32 {
    5
}

const fn usual_listing_minutes() -> u32 {
    15
}

fn teaching_group() -> String {
    "Undervisning".to_owned()
}

impl GraphEducationConfig {
    /// Every key of the table.
    pub const KEYS: &[&str] = &[
        "tenant_id",
        "client_id",
        "client_secret",
        "base_url",
        "login_url",
        "scope",
        "page_size",
        "membership",
        "schools_per_read",
        "listing_minutes",
        "schools",
        "classes",
        "school_unit_codes",
        "group_kind",
        "home_class_names",
        "allow_empty_classes",
        "allow_plain_http",
    ];

    /// Graph's address.
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
        let base = self.base()?;
        if base.query().is_some() || base.fragment().is_some() {
            return Err(ConfigProblem::at("base_url", "must hold no query"));
        }
        self.token_url()?;
        within("page_size", self.page_size, 1..=999)?;
        within("schools_per_read", self.schools_per_read, 1..=100)?;
        within("listing_minutes", self.listing_minutes, 0..=1_440)?;
        let not_a_code = self.school_unit_codes.values().find(|code| !is_school_unit_code(code));
        if not_a_code.is_some() {
            return Err(ConfigProblem::at("school_unit_codes", "a school unit code has eight digits"));
        }
        Choice::of(self).map(drop)
    }

    /// How the hub proves who it is (OAuth 2.0 client credentials of the Microsoft identity platform).
    ///
    /// # Errors
    /// [`ConfigProblem`] when the token's address cannot be told.
    pub fn credentials(&self) -> Result<Credentials, ConfigProblem> {
        let host = self.base()?.origin().ascii_serialization();
        Ok(Credentials::Client(ClientCredentials {
            token_url: self.token_url()?,
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            scope: Some(self.scope.clone().unwrap_or_else(|| format!("{host}/.default"))),
            style: CredentialStyle::Body,
        }))
    }

    fn token_url(&self) -> Result<String, ConfigProblem> {
        let plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '.';
        if self.tenant_id.is_empty() || !self.tenant_id.chars().all(plain) {
            return Err(ConfigProblem::at("tenant_id", "must be the directory's identifier, or one of its domains"));
        }
        let url = format!("{}/{}/oauth2/v2.0/token", self.login_url.trim_end_matches('/'), self.tenant_id);
        configuration::address("login_url", &url)?;
        Ok(url)
    }
}

/// Eight digits, as Skolverket issues them.
pub(super) fn is_school_unit_code(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|it| it.is_ascii_digit())
}

fn within(key: &str, value: u32, range: std::ops::RangeInclusive<u32>) -> Result<(), ConfigProblem> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(ConfigProblem::at(key, format!("must be between {} and {}", range.start(), range.end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "tenant_id = 'skola.example'\nclient_id = 'hub'\nclient_secret = { env = 'GRAPH_SECRET' }\n";

    fn read(more: &str) -> Result<GraphEducationConfig, ConfigProblem> {
        let config: GraphEducationConfig = configuration::read(&format!("{SMALL}{more}").parse().unwrap())?;
        config.check()?;
        Ok(config)
    }

    fn client(more: &str) -> ClientCredentials {
        match read(more).unwrap().credentials().unwrap() {
            Credentials::Client(client) => client,
            Credentials::Static(_) => panic!("no client credentials"),
        }
    }

    #[test]
    fn keys_are_those_of_the_settings() {
        let problem = read("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = problem.message.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, GraphEducationConfig::KEYS);
    }

    #[test]
    fn a_small_table_speaks_to_the_public_cloud() {
        let client = client("");

        assert_eq!(client.token_url, "https://login.microsoftonline.com/skola.example/oauth2/v2.0/token");
        assert_eq!(client.scope.as_deref(), Some("https://graph.microsoft.com/.default"));
    }

    #[test]
    fn a_national_cloud_is_asked_for_its_own_scope() {
        let client =
            client("base_url = 'https://graph.microsoft.us/v1.0'\nlogin_url = 'https://login.microsoftonline.us/'");

        assert_eq!(client.token_url, "https://login.microsoftonline.us/skola.example/oauth2/v2.0/token");
        assert_eq!(client.scope.as_deref(), Some("https://graph.microsoft.us/.default"));
    }

    #[test]
    fn the_key_at_fault_is_named() {
        for (table, key) in [
            ("page_size = 1000", "page_size"),
            ("schools_per_read = 0", "schools_per_read"),
            ("listing_minutes = 2000", "listing_minutes"),
            ("membership = 'guess'", "membership"),
            ("classes.names = ['(']", "classes.names"),
            ("home_class_names = ['[']", "home_class_names"),
            ("classes.name = ['7A']", "classes.name"),
            ("school_unit_codes = { S1 = '123' }", "school_unit_codes"),
            ("base_url = 'https://graph.example/v1.0?x=1'", "base_url"),
            ("login_url = 'ftp://login.example'", "login_url"),
        ] {
            assert_eq!(read(table).unwrap_err().key.as_deref(), Some(key), "{table}");
        }
    }

    #[test]
    fn a_tenant_that_leads_elsewhere_is_refused() {
        let table = SMALL.replace("skola.example", "../common");

        let config: GraphEducationConfig = configuration::read(&table.parse().unwrap()).unwrap();

        assert_eq!(config.check().unwrap_err().key.as_deref(), Some("tenant_id"));
    }
}
