//! What a receiver should hold, worked out from the truth alone, and how it differs from what it does.
//!
//! Compared: organisers, school units, users, employments, groups and activities that are the
//! sender's, and whether what is not the sender's was left alone. Not compared: school unit groups,
//! owners of activities, `schoolTypes`, and signatures.

mod compare;
mod from_register;
mod from_skolon;
mod received;
mod retold;
mod rooms;
mod scim;
#[cfg(test)]
mod tests;

pub use rooms::{Room, rooms_differ};

use crate::receiver::ReceiverState;
use crate::skolon::SkolonPlatform;
use crate::time::Time;
use crate::truth::Municipality;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Who is to exist at the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliverUsers {
    /// Everybody active.
    All,
    /// With Skolon: those with a licence that counts.
    LicensedOnly,
}

/// The agreement with a receiver, as far as it decides what it should hold.
#[derive(Clone, Debug)]
pub struct ExpectedOptions {
    /// Who is delivered.
    pub users: DeliverUsers,
    /// Whether people with protected personal data are withheld.
    pub withhold_protected: bool,
    /// E-mail types that are delivered, and used as user name by those without EPPN.
    pub email_types: Vec<&'static str>,
    /// The date that validity is judged by.
    pub today: Date,
}

impl Default for ExpectedOptions {
    fn default() -> Self {
        Self {
            users: DeliverUsers::All,
            withhold_protected: true,
            email_types: vec!["Skola elev", "Skola personal"],
            today: Time::real().today(),
        }
    }
}

/// A property by name with its values; comparable between what is expected and what is held.
pub(crate) type Properties = BTreeMap<&'static str, BTreeSet<String>>;
/// Objects by external id.
pub(crate) type Objects = BTreeMap<String, Properties>;

/// A user's employment at a unit in a role, whose id is the sender's own choice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnnamedEmployment {
    /// The user's external id.
    pub user: String,
    /// The school unit's external id.
    pub unit: String,
    /// The role, where the source knows one.
    pub role: Option<String>,
}

/// What a receiver should hold of what is the sender's.
#[derive(Clone, Default)]
pub struct Expected {
    pub(crate) organisations: Objects,
    pub(crate) units: Objects,
    pub(crate) users: Objects,
    pub(crate) employments: Objects,
    pub(crate) unnamed_employments: BTreeSet<UnnamedEmployment>,
    pub(crate) groups: Objects,
    pub(crate) activities: Objects,
    /// Teachers by group whose activity's id is the sender's own choice.
    pub(crate) generated_activities: BTreeMap<String, BTreeSet<String>>,
}

impl Expected {
    /// From the register's truth.
    pub fn from_register(truth: &Municipality, options: &ExpectedOptions) -> Self {
        from_register::expect(truth, options)
    }

    /// From Skolon's truth.
    pub fn from_skolon(platform: &SkolonPlatform, options: &ExpectedOptions) -> Self {
        from_skolon::expect(platform, options)
    }

    /// Every difference, in words with identities but without names or addresses. None means equal.
    pub fn differences(&self, receiver: &ReceiverState) -> Vec<String> {
        compare::differences(self, receiver)
    }

    /// External ids of the users.
    pub fn user_ids(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }

    /// The delivered e-mail addresses of a user.
    pub fn emails_of(&self, user: &str) -> impl Iterator<Item = &str> {
        let emails = self.users.get(user).and_then(|user| user.get("emails"));
        emails.into_iter().flatten().map(String::as_str)
    }

    /// How a user is to be called: display name and user name.
    pub fn names_of(&self, user: &str) -> Option<[&str; 2]> {
        let user = self.users.get(user)?;
        let one = |property| user.get(property).and_then(|values| values.first()).map(String::as_str);
        Some([one("displayName")?, one("userName")?])
    }

    /// External ids of the groups.
    pub fn group_ids(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// External ids of a group's members.
    pub fn members_of(&self, group: &str) -> impl Iterator<Item = &str> {
        let members = self.groups.get(group).and_then(|group| group.get("members"));
        members.into_iter().flatten().map(String::as_str)
    }

    /// Whether an organisation, user, group or activity is expected under this external id.
    pub fn has(&self, id: &str) -> bool {
        let named = [&self.organisations, &self.units, &self.users, &self.groups, &self.activities];
        named.into_iter().any(|objects| objects.contains_key(id))
    }

    /// How many objects are expected, all types together.
    pub fn len(&self) -> usize {
        let named = [&self.organisations, &self.units, &self.users, &self.employments, &self.groups, &self.activities];
        let named: usize = named.iter().map(|objects| objects.len()).sum();
        named + self.unnamed_employments.len() + self.generated_activities.len()
    }

    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A property with one value.
pub(crate) fn one(value: impl ToString) -> BTreeSet<String> {
    BTreeSet::from([value.to_string()])
}
