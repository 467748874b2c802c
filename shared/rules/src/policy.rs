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
    /// The personal or coordination number, twelve digits, where it checks. Nothing that a tenant's file may choose: only
    /// for targets that know people by nothing else.
    #[serde(skip)]
    CivicNumber,
}

/// How often a target may be called.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Rate {
    /// Calls per second, on average.
    pub per_second: f64,
    /// Calls at once after a pause.
    pub burst: u32,
}

/// What a target has as objects of its own, beside persons and groups. What is no object there is not waited for, and
/// nobody refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carries {
    /// Principals, schools and school units. Otherwise it is enough that the roster knows them.
    pub organisations: bool,
    /// Employments, by which teachers are referred to. Otherwise they are referred to as the persons they are.
    pub employments: bool,
    /// Activities, which tell who teaches a group. Otherwise the group itself does.
    pub activities: bool,
}

impl Carries {
    /// As SS 12000 has it.
    pub const EVERYTHING: Self = Self { organisations: true, employments: true, activities: true };
    /// Persons and groups only.
    pub const PERSONS_AND_GROUPS: Self = Self { organisations: false, employments: false, activities: false };
}

/// What a tenant has decided about one target, and what the target is.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetPolicy {
    /// What it has as objects.
    pub carries: Carries,
    /// Which users it receives.
    pub deliver_users: DeliverUsers,
    /// What names a user, the first one present. Empty: users need no name there.
    pub user_name: Vec<UserNameChoice>,
    /// Whether it is told personal and coordination numbers.
    pub civic_numbers: bool,
    /// Whether it is told temporary numbers (TF) as well.
    pub temporary_numbers: bool,
    /// The identity provider through which its users sign in, e.g. `skolon`.
    pub sso_idp: Option<String>,
    /// How often it may be called; `None`: as often as it answers.
    pub rate: Option<Rate>,
}

impl Default for TargetPolicy {
    fn default() -> Self {
        Self {
            carries: Carries::EVERYTHING,
            deliver_users: DeliverUsers::All,
            user_name: vec![UserNameChoice::Eppn, UserNameChoice::Email],
            civic_numbers: false,
            temporary_numbers: false,
            sso_idp: None,
            rate: None,
        }
    }
}
