//! What the domain holds, and what has been asked of it.

use super::{GoogleCourse, GoogleInvitation, Provenance};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A user. Deliberately without `Debug`: it holds names.
#[derive(Clone)]
pub struct GoogleUser {
    /// The immutable id: 21 digits.
    pub id: String,
    /// `primaryEmail`, in lower case.
    pub primary_email: String,
    /// Other addresses, among them former primary ones.
    pub aliases: BTreeSet<String>,
    /// `name.givenName`.
    pub given_name: String,
    /// `name.familyName`.
    pub family_name: String,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// The path of its organizational unit.
    pub org_unit_path: String,
    /// Whether the user is a super administrator.
    pub is_admin: bool,
    /// How often a password was set.
    pub passwords: u32,
    /// All other attributes that were written, as they were written, such as `externalIds`.
    pub more: Map<String, Value>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl GoogleUser {
    /// The values of `externalIds`.
    pub fn external_ids(&self) -> Vec<&str> {
        let all = self.more.get("externalIds").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter_map(|it| it.get("value")?.as_str()).collect()
    }
}

/// A member of a group.
#[derive(Clone, Debug)]
pub struct GoogleMember {
    /// Its address when it was added.
    pub email: String,
    /// `MEMBER`, `MANAGER` or `OWNER`.
    pub role: String,
    /// `USER` or `GROUP`.
    pub kind: &'static str,
    /// It came over the API; otherwise somebody added it by hand.
    pub by_us: bool,
}

/// A group.
#[derive(Clone)]
pub struct GoogleGroup {
    /// The immutable id.
    pub id: String,
    /// Its address, in lower case.
    pub email: String,
    /// Other addresses, among them former ones.
    pub aliases: BTreeSet<String>,
    /// The name that is shown.
    pub name: String,
    /// The description.
    pub description: String,
    /// Members by the id of the user or the group; by address those from outside.
    pub members: BTreeMap<String, GoogleMember>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// An organizational unit.
#[derive(Clone, Debug)]
pub struct GoogleOrgUnit {
    /// `orgUnitId`.
    pub id: String,
    /// The last part of its path.
    pub name: String,
    /// The path of the unit above.
    pub parent: String,
    /// The description.
    pub description: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A copy of all that the domain holds.
#[derive(Clone, Default)]
pub struct GoogleState {
    /// Users by id.
    pub users: BTreeMap<String, GoogleUser>,
    /// Users that were deleted and may come back, by id, with the time of their deletion.
    pub deleted_users: BTreeMap<String, (GoogleUser, Timestamp)>,
    /// Groups by id.
    pub groups: BTreeMap<String, GoogleGroup>,
    /// Organizational units by path, without the one at the top.
    pub org_units: BTreeMap<String, GoogleOrgUnit>,
    /// Courses by id.
    pub courses: BTreeMap<String, GoogleCourse>,
    /// Invitations by id.
    pub invitations: BTreeMap<String, GoogleInvitation>,
}

impl GoogleState {
    /// The user with this address, primary or not.
    pub fn user(&self, address: &str) -> Option<&GoogleUser> {
        let address = address.to_lowercase();
        self.users.values().find(|it| it.primary_email == address || it.aliases.contains(&address))
    }

    /// The group with this address, or former address.
    pub fn group(&self, address: &str) -> Option<&GoogleGroup> {
        let address = address.to_lowercase();
        self.groups.values().find(|it| it.email == address || it.aliases.contains(&address))
    }

    /// The first course with this alias.
    pub fn course(&self, alias: &str) -> Option<&GoogleCourse> {
        self.courses.values().find(|it| it.has_alias(alias))
    }

    /// The first user with this external id.
    pub fn user_with_external_id(&self, value: &str) -> Option<&GoogleUser> {
        self.users.values().find(|it| it.external_ids().contains(&value))
    }

    /// The primary addresses of users, by id; ids of users that are gone stay as they are.
    pub fn addresses<'a>(&'a self, ids: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
        let address = |id: &String| self.users.get(id).map_or_else(|| id.clone(), |it| it.primary_email.clone());
        ids.into_iter().map(address).collect()
    }

    /// The addresses of a group's members.
    pub fn member_addresses(&self, group: &str) -> BTreeSet<String> {
        self.group(group).map(|it| it.members.values().map(|it| it.email.clone()).collect()).unwrap_or_default()
    }

    /// The primary addresses of a course's students.
    pub fn students_of(&self, alias: &str) -> BTreeSet<String> {
        self.course(alias).map(|it| self.addresses(it.students.keys())).unwrap_or_default()
    }

    /// The primary addresses of a course's teachers, the owner's among them.
    pub fn teachers_of(&self, alias: &str) -> BTreeSet<String> {
        self.course(alias).map(|it| self.addresses(it.teachers.keys())).unwrap_or_default()
    }
}

/// What has been asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoogleCounters {
    /// Calls by method and endpoint, such as `POST groups/{id}/members`, whatever came of them. Those within batches
    /// are not among them; a batch is `POST batch`.
    pub calls: BTreeMap<String, u64>,
    /// Calls within batches, likewise.
    pub in_batches: BTreeMap<String, u64>,
    /// Answers by status, without those within batches; those that were lost are not among them.
    pub answers: BTreeMap<u16, u64>,
    /// Writes that changed nothing, by method and endpoint.
    pub in_vain: BTreeMap<String, u64>,
    /// Calls that were over a quota, those within batches among them.
    pub over_quota: u64,
    /// Tokens that were given out.
    pub tokens: u64,
}
