//! What a tenant has decided about one target.

use serde::Deserialize;

/// Which users a target receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliverUsers {
    /// Everybody with a role at a school.
    #[default]
    All,
    /// Only those who hold a licence in force (R33).
    LicensedOnly,
}

/// What may serve as a user's name to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserNameChoice {
    /// `eduPersonPrincipalName`, the first one.
    Eppn,
    /// The school's e-mail address, the preferred one.
    Email,
}

/// How often a target may be called.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Rate {
    /// Calls per second, on average.
    pub per_second: f64,
    /// Calls at once after a pause.
    pub burst: u32,
}

/// What a tenant has decided about one target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetPolicy {
    /// Which users it receives.
    pub deliver_users: DeliverUsers,
    /// What names a user, the first one present.
    pub user_name: Vec<UserNameChoice>,
    /// The identity provider through which its users sign in, e.g. `skolon`.
    pub sso_idp: Option<String>,
    /// How often it may be called; `None`: as often as it answers.
    pub rate: Option<Rate>,
}

impl Default for TargetPolicy {
    fn default() -> Self {
        Self {
            deliver_users: DeliverUsers::All,
            user_name: vec![UserNameChoice::Eppn, UserNameChoice::Email],
            sso_idp: None,
            rate: None,
        }
    }
}
