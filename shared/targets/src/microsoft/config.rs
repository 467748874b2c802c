//! The target's settings.

use outbound::{ClientCredentials, CredentialStyle, Credentials, SecretRef, Url};
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::base::base;
use crate::limits::rate;
use crate::name_template;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`MicrosoftConfig`].
pub const KEYS: &[&str] = &[
    "tenant_id",
    "client_id",
    "client_secret",
    "base_url",
    "login_url",
    "scope",
    "environment",
    "deliver_users",
    "user_name",
    "adopt_by_email",
    "users",
    "usage_location",
    "removed_users",
    "class_name",
    "mail_nickname",
    "teams",
    "removed_classes",
    "extra_owners",
    "requests_per_second",
    "burst",
    "allow_plain_http",
];

/// More owners than any class should have.
const MOST_OWNERS: usize = 20;

/// Where accounts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Users {
    /// From elsewhere: they are recognised, waited for, and never changed.
    #[default]
    Match,
    /// Those that are not there are made.
    Create,
}

/// What becomes of accounts that we made, when their owners are not wanted any more. Others are always left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedUsers {
    /// They stay as they are.
    #[default]
    Keep,
    /// They stay, and nobody can sign in to them.
    Disable,
    /// They are deleted; Microsoft keeps them for 30 days.
    Delete,
}

/// What becomes of classes that end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedClasses {
    /// Their team is archived; one without a team stays as it is.
    #[default]
    Archive,
    /// They are deleted with all that is in them; Microsoft keeps them for 30 days. Those that we did not make are archived.
    Delete,
    /// They stay as they are.
    Keep,
}

/// Settings of one Microsoft 365, as a tenant's configuration writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MicrosoftConfig {
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
    /// Which of the school's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names a user (`userPrincipalName`); the first one present.
    #[serde(default = "eppn_then_email")]
    pub user_name: Vec<UserNameChoice>,
    /// Whether an account is recognised by the user's e-mail addresses too, not only by its `userPrincipalName` (R31).
    #[serde(default = "yes")]
    pub adopt_by_email: bool,
    /// Where accounts come from.
    #[serde(default)]
    pub users: Users,
    /// The country whose laws hold for accounts that are made (ISO 3166-1, two letters): licences demand one.
    #[serde(default = "sweden")]
    pub usage_location: String,
    /// What becomes of accounts that we made, when their owners are not wanted any more.
    #[serde(default)]
    pub removed_users: RemovedUsers,
    /// What classes are called; `{name}`, `{kind}` and `{school_unit}` stand for the group's.
    #[serde(default = "its_name")]
    pub class_name: String,
    /// What their mail names begin with, in the same way. Something that no other class has is added.
    #[serde(default = "its_name")]
    pub mail_nickname: String,
    /// Whether classes have teams.
    #[serde(default)]
    pub teams: bool,
    /// What becomes of classes that end.
    #[serde(default)]
    pub removed_classes: RemovedClasses,
    /// Who owns every class beside its teachers: object identifiers or `userPrincipalName`s.
    #[serde(default)]
    pub extra_owners: Vec<String>,
    /// How often Graph may be called, on average.
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

fn public_graph() -> String {
    "https://graph.microsoft.com/v1.0".to_owned()
}

fn public_login() -> String {
    "https://login.microsoftonline.com".to_owned()
}

fn sweden() -> String {
    "SE".to_owned()
}

fn its_name() -> String {
    "{name}".to_owned()
}

fn eppn_then_email() -> Vec<UserNameChoice> {
    TargetPolicy::default().user_name
}

impl MicrosoftConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        if self.user_name.is_empty() {
            return Err(ConfigProblem::with("user_name", "at least one choice is needed"));
        }
        self.check_names()?;
        self.check_users()?;
        self.check_owners()?;
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

    fn check_names(&self) -> Result<(), ConfigProblem> {
        name_template::check("class_name", &self.class_name)?;
        if !name_template::is_known(&self.mail_nickname) {
            return Err(ConfigProblem::with("mail_nickname", "may have {name}, {kind} and {school_unit} in it"));
        }
        Ok(())
    }

    fn check_users(&self) -> Result<(), ConfigProblem> {
        if self.usage_location.len() != 2 || !self.usage_location.bytes().all(|it| it.is_ascii_uppercase()) {
            return Err(ConfigProblem::with("usage_location", "two capital letters, e.g. SE"));
        }
        if self.users == Users::Match && self.removed_users != RemovedUsers::Keep {
            let message = "means nothing where no account is made: it needs users = \"create\"";
            return Err(ConfigProblem::with("removed_users", message));
        }
        Ok(())
    }

    fn check_owners(&self) -> Result<(), ConfigProblem> {
        if self.extra_owners.len() > MOST_OWNERS {
            return Err(ConfigProblem::with("extra_owners", format!("at most {MOST_OWNERS}")));
        }
        let is_user = |it: &String| it.parse::<roster::Id>().is_ok() || it.contains('@');
        if !self.extra_owners.iter().all(is_user) {
            return Err(ConfigProblem::with("extra_owners", "each an object identifier, or a userPrincipalName"));
        }
        Ok(())
    }

    pub(super) fn base(&self) -> Result<Url, ConfigProblem> {
        base(&self.base_url)
    }

    /// How the hub proves who it is (OAuth 2.0 client credentials of the Microsoft identity platform).
    pub(super) fn credentials(&self) -> Result<Credentials, ConfigProblem> {
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
        if !self.tenant_id.starts_with(|it: char| it.is_ascii_alphanumeric()) || !self.tenant_id.chars().all(plain) {
            let message = "must be the directory's identifier, or one of its domains";
            return Err(ConfigProblem::with("tenant_id", message));
        }
        let url = format!("{}/{}/oauth2/v2.0/token", self.login_url.trim_end_matches('/'), self.tenant_id);
        base(&url).map_err(|problem| ConfigProblem::with("login_url", problem.message))?;
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "tenant_id = 'skola.example'\nclient_id = 'hub'\nclient_secret = { env = 'SECRET' }\n";

    fn read(more: &str) -> MicrosoftConfig {
        toml::from_str(&format!("{SMALL}{more}")).unwrap()
    }

    fn client(more: &str) -> ClientCredentials {
        match read(more).credentials().unwrap() {
            Credentials::Client(client) => client,
            Credentials::Static(_) => panic!("no client credentials"),
        }
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<MicrosoftConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn a_small_table_recognises_accounts_in_the_public_cloud_and_makes_none() {
        let config = read("");

        assert_eq!(
            (config.users, config.removed_users, config.removed_classes),
            (Users::Match, RemovedUsers::Keep, RemovedClasses::Archive)
        );
        assert_eq!(config.policy().unwrap().carries, Carries::PERSONS_AND_GROUPS);
        assert_eq!(client("").token_url, "https://login.microsoftonline.com/skola.example/oauth2/v2.0/token");
        assert_eq!(client("").scope.as_deref(), Some("https://graph.microsoft.com/.default"));
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
            ("user_name = []", "user_name"),
            ("class_name = '7A'", "class_name"),
            ("class_name = '{name} {year}'", "class_name"),
            ("mail_nickname = '{nick}'", "mail_nickname"),
            ("usage_location = 'Sverige'", "usage_location"),
            ("removed_users = 'delete'", "removed_users"),
            ("extra_owners = ['IT']", "extra_owners"),
            ("burst = 5", "burst"),
            ("base_url = 'https://graph.example/v1.0?x=1'", "base_url"),
            ("login_url = 'ftp://login.example'", "login_url"),
        ] {
            let config = read(table);

            let problem = config.policy().map(drop).and_then(|()| config.credentials().map(drop)).unwrap_err();

            assert_eq!(problem.key.as_deref(), Some(key), "{table}");
        }
    }

    #[test]
    fn a_tenant_that_leads_elsewhere_is_refused() {
        for tenant in ["../common", "", "..", "a/b"] {
            let config = MicrosoftConfig { tenant_id: tenant.to_owned(), ..read("") };

            assert_eq!(config.credentials().unwrap_err().key.as_deref(), Some("tenant_id"), "{tenant}");
        }
    }
}
