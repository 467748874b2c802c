//! Settings of an SS 12000 source.

use outbound::{ClientCredentials, CredentialStyle, Credentials, SecretRef, Url};
use serde::Deserialize;

use super::profile::{Base, Profile, TokenUrl, Vendor};
use super::resource::Resource;
use crate::{ConfigProblem, configuration};

/// Settings of an SS 12000 source, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ss12000Config {
    /// Whose SS 12000 it is.
    #[serde(default)]
    pub profile: Vendor,
    /// The provider's address with its path, e.g. `https://register.example/v2.0`. With a vendor's profile its server
    /// only, and usually nothing.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The customer's name in the vendor's addresses, e.g. `SE00100` (IST).
    #[serde(default)]
    pub customer: Option<String>,
    /// Where tokens are fetched (OAuth 2.0 client credentials).
    #[serde(default)]
    pub token_url: Option<String>,
    /// Who the hub is there.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Where the hub's secret is kept.
    #[serde(default)]
    pub client_secret: Option<SecretRef>,
    /// What is asked for, as the token server spells it. At IST it also decides which fields come.
    #[serde(default)]
    pub scope: Option<String>,
    /// How id and secret are sent.
    #[serde(default)]
    pub token_style: CredentialStyle,
    /// Where a token is kept that was issued once and for all, instead of client credentials.
    #[serde(default)]
    pub static_token: Option<SecretRef>,
    /// Where the certificate is kept that the hub shows: certificate, then private key, in PEM.
    #[serde(default)]
    pub client_certificate: Option<SecretRef>,
    /// Calls without any token. Only for a provider that is reached in another protected way, and for trials.
    #[serde(default)]
    pub anonymous: bool,
    /// The kinds of e-mail that are the school's, the most important first. All others never enter the hub.
    #[serde(default = "school_email_types")]
    pub email_types: Vec<String>,
    /// Records per page asked for, 1 to 5,000. The provider may give fewer.
    #[serde(default = "usual_page_size")]
    pub page_size: u32,
    /// What is read.
    #[serde(default = "all_resources")]
    pub resources: Vec<Resource>,
    /// Whether the provider is told what became of a read (`/log`, `/statistics`), where it wants to know.
    #[serde(default)]
    pub report_back: bool,
    /// Whether `http` may be used with hosts other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

fn school_email_types() -> Vec<String> {
    ["Skola elev", "Skola personal"].map(str::to_owned).into()
}

const fn usual_page_size() -> u32 {
    1_000
}

fn all_resources() -> Vec<Resource> {
    Resource::ALL.into()
}

impl Ss12000Config {
    /// Every key of the table.
    pub const KEYS: &[&str] = &[
        "profile",
        "base_url",
        "customer",
        "token_url",
        "client_id",
        "client_secret",
        "scope",
        "token_style",
        "static_token",
        "client_certificate",
        "anonymous",
        "email_types",
        "page_size",
        "resources",
        "report_back",
        "allow_plain_http",
    ];

    /// The provider's address.
    ///
    /// # Errors
    /// [`ConfigProblem`] when it is none, or the profile needs what is not there.
    pub fn base(&self) -> Result<Url, ConfigProblem> {
        let given = self.base_url.as_deref();
        let of_customer = matches!(self.profile().base, Base::OfCustomer(..));
        if !of_customer && self.customer.is_some() {
            return Err(ConfigProblem::at("customer", "the profile has no customers in its addresses"));
        }
        let (base, last) = match (self.profile().base, given) {
            (Base::Configured, None) => return Err(ConfigProblem::at("base_url", "missing")),
            (Base::Configured, Some(given)) => (given, None),
            (Base::Server(usual), given) => (given.unwrap_or(usual), None),
            (Base::OfCustomer(usual, last), given) => (given.unwrap_or(usual), Some(last)),
        };
        let mut url = configuration::address("base_url", base)?;
        if let Some(last) = last {
            let customer = self.customer.as_deref().map(str::trim).filter(|it| is_customer(it));
            let customer = customer.ok_or_else(|| {
                ConfigProblem::at("customer", "the profile needs the customer's name, e.g. SE00100: letters and digits")
            })?;
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.pop_if_empty().extend([customer, last]);
            }
        }
        Ok(url)
    }

    pub(super) const fn profile(&self) -> &'static Profile {
        self.profile.profile()
    }

    /// Where tokens are fetched: as configured, or as the profile has it.
    fn token_url(&self) -> Result<Option<String>, ConfigProblem> {
        if let Some(url) = &self.token_url {
            return Ok(Some(url.clone()));
        }
        Ok(match self.profile().token_url {
            TokenUrl::Configured => None,
            TokenUrl::At(url) => Some(url.to_owned()),
            TokenUrl::OnServer(path) => {
                let mut url = self.base()?;
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.pop_if_empty().extend(path.split('/'));
                }
                Some(url.into())
            }
        })
    }

    /// What does not show in a single key.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn check(&self) -> Result<(), ConfigProblem> {
        self.base()?;
        if !(1..=5_000).contains(&self.page_size) {
            return Err(ConfigProblem::at("page_size", "must be between 1 and 5000"));
        }
        if self.resources.is_empty() {
            return Err(ConfigProblem::at("resources", "must name something to read"));
        }
        self.credentials().map(drop)
    }

    /// How the hub proves who it is; `None`: not at all, because the configuration says so.
    ///
    /// # Errors
    /// [`ConfigProblem`] unless exactly one way is given, and all of it.
    pub fn credentials(&self) -> Result<Option<Credentials>, ConfigProblem> {
        let client = self.token_url.is_some() || self.client_id.is_some() || self.client_secret.is_some();
        match (client, &self.static_token, self.anonymous) {
            (true, None, false) => self.client().map(Some),
            (false, Some(token), false) => Ok(Some(Credentials::Static(token.clone()))),
            (false, None, true) => Ok(None),
            (false, None, false) => Err(ConfigProblem::of_the_whole(
                "no way to authenticate: give token_url, client_id and client_secret, or static_token, or anonymous = true",
            )),
            _ => Err(ConfigProblem::of_the_whole(
                "more than one way to authenticate: give client credentials, static_token or anonymous, not several",
            )),
        }
    }

    fn client(&self) -> Result<Credentials, ConfigProblem> {
        let missing =
            |key| ConfigProblem::at(key, "missing; client credentials need token_url, client_id and client_secret");
        let token_url = self.token_url()?.ok_or_else(|| missing("token_url"))?;
        configuration::address("token_url", &token_url)?;
        Ok(Credentials::Client(ClientCredentials {
            token_url,
            client_id: self.client_id.clone().ok_or_else(|| missing("client_id"))?,
            client_secret: self.client_secret.clone().ok_or_else(|| missing("client_secret"))?,
            scope: self.scope.clone(),
            style: self.token_style,
        }))
    }
}

/// What can stand in a path without meaning anything there.
fn is_customer(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Ss12000Config, ConfigProblem> {
        let config: Ss12000Config = configuration::read(&text.parse().unwrap())?;
        config.check()?;
        Ok(config)
    }

    const SMALL: &str = "base_url = 'https://register.example/v2.0'\nanonymous = true\n";

    #[test]
    fn keys_are_those_of_the_settings() {
        let problem = read("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = problem.message.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, Ss12000Config::KEYS);
    }

    #[test]
    fn a_small_table_reads_everything_in_pages_of_a_thousand() {
        let config = read(SMALL).unwrap();

        assert_eq!((config.page_size, config.resources), (1_000, Resource::ALL.to_vec()));
    }

    #[test]
    fn the_key_at_fault_is_named() {
        let problem = read(&format!("{SMALL}page_size = 'many'")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("page_size"));
    }

    #[test]
    fn a_page_of_nothing_is_refused() {
        let problem = read(&format!("{SMALL}page_size = 0")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("page_size"));
    }

    #[test]
    fn no_way_to_authenticate_is_refused() {
        let problem = read("base_url = 'https://register.example'").unwrap_err();

        assert!(problem.message.starts_with("no way"), "{problem}");
    }

    #[test]
    fn two_ways_to_authenticate_are_refused() {
        let problem = read(&format!("{SMALL}static_token = {{ env = 'TOKEN' }}")).unwrap_err();

        assert!(problem.message.starts_with("more than one"), "{problem}");
    }

    #[test]
    fn half_of_the_client_credentials_names_the_missing_half() {
        let problem = read("base_url = 'https://register.example'\nclient_id = 'hub'").unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("token_url"));
    }

    const CLIENT: &str = "client_id = 'hub'\nclient_secret = { env = 'A_SECRET' }\n";

    fn addresses(text: &str) -> (String, String) {
        let config = read(&format!("{CLIENT}{text}")).unwrap();
        (config.base().unwrap().into(), config.token_url().unwrap().unwrap())
    }

    #[test]
    fn a_vendors_profile_knows_its_addresses() {
        let edlevo = addresses("profile = 'edlevo'");
        let training = addresses("profile = 'edlevo'\nbase_url = 'https://utb-education.service.tieto.com/'");
        let ist = addresses("profile = 'ist'\ncustomer = 'SE00100'");

        insta::assert_snapshot!([edlevo, training, ist].map(|(base, token)| format!("{base} {token}")).join("\n"), @r"
        https://education.service.tieto.com/ https://education.service.tieto.com/WE.Education.IdentityServer.Web/connect/token
        https://utb-education.service.tieto.com/ https://utb-education.service.tieto.com/WE.Education.IdentityServer.Web/connect/token
        https://api.ist.com/ss12000v2-api/source/SE00100/v2.0 https://skolid.se/connect/token
        ");
    }

    #[test]
    fn a_customer_is_asked_for_where_addresses_have_one_and_nowhere_else() {
        let missing = read(&format!("{CLIENT}profile = 'ist'")).unwrap_err();
        let a_path = read(&format!("{CLIENT}profile = 'ist'\ncustomer = '../SE00200'")).unwrap_err();
        let needless = read(&format!("{SMALL}customer = 'SE00100'")).unwrap_err();

        let keys = [missing, a_path, needless].map(|it| it.key);
        assert_eq!(keys, [const { Some("customer") }; 3].map(|it| it.map(str::to_owned)));
    }

    #[test]
    fn the_standard_has_no_address_of_its_own() {
        let problem = read("anonymous = true").unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("base_url"));
    }

    #[test]
    fn a_secret_in_plain_text_is_refused_and_not_repeated() {
        let problem = read(&format!("{SMALL}static_token = 'hunter2'")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("static_token"));
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }

    #[test]
    fn a_secret_in_the_place_of_its_keeper_is_not_repeated_in_the_key() {
        let problem = read(&format!("{SMALL}static_token = {{ hunter2 = 1 }}")).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("static_token"));
    }

    #[test]
    fn an_address_with_a_password_in_it_is_refused() {
        let problem = read("base_url = 'https://hub:hunter2@register.example'\nanonymous = true").unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("base_url"));
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
    }
}
