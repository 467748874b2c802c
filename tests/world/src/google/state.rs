//! What the domain holds, and what has been asked of it.

use crate::receiver::HistoryEntry;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where something comes from, and what became of it.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// It came over the API; otherwise somebody made it by hand.
    pub by_us: bool,
    /// It was made by hand, but whoever comes over the API may take it over.
    pub may_be_adopted: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// How many versions of it there have been.
    pub version: u64,
    /// The writes to it over the API, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl Provenance {
    pub(super) fn new(by_us: bool, now: Timestamp) -> Self {
        let history = if by_us { vec![HistoryEntry { at: now, method: "POST" }] } else { Vec::new() };
        Self { by_us, may_be_adopted: false, created: now, modified: now, version: 1, history }
    }

    /// Whether whoever comes over the API has no business with it.
    pub(super) fn is_foreign(&self) -> bool {
        !self.by_us && !self.may_be_adopted
    }

    /// Whether it is known somewhere, so long after it was made. What was made by hand has always been.
    pub(super) fn is_known(&self, now: Timestamp, lag: SignedDuration) -> bool {
        !self.by_us || now.duration_since(self.created) >= lag
    }

    pub(super) fn changed(&mut self, now: Timestamp) {
        self.modified = now;
        self.version += 1;
    }
}

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

/// An alias of a course.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CourseAlias {
    /// With its scope in front: `d:` or `p:`.
    pub text: String,
    /// The project that made it; only this one sees it, if it begins with `p:`.
    pub project: String,
}

/// A student or a teacher of a course.
#[derive(Clone, Debug)]
pub struct Participant {
    /// It came over the API; otherwise somebody added it by hand.
    pub by_us: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A course of Classroom.
#[derive(Clone)]
pub struct GoogleCourse {
    /// The id that Classroom assigned: digits.
    pub id: String,
    /// Its aliases.
    pub aliases: BTreeSet<CourseAlias>,
    /// The name.
    pub name: String,
    /// The id of its owner.
    pub owner_id: String,
    /// `ACTIVE`, `ARCHIVED`, `PROVISIONED`, `DECLINED` or `SUSPENDED`.
    pub state: String,
    /// The other texts that can be written: `section`, `room`, `subject`, `description`, `descriptionHeading`,
    /// `levels`.
    pub texts: BTreeMap<String, String>,
    /// With which a student may join.
    pub enrollment_code: String,
    /// Teachers by user id, the owner among them.
    pub teachers: BTreeMap<String, Participant>,
    /// Students by user id.
    pub students: BTreeMap<String, Participant>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl GoogleCourse {
    /// Whether it has this alias, in any project.
    pub fn has_alias(&self, alias: &str) -> bool {
        self.aliases.iter().any(|it| it.text == alias)
    }
}

/// An invitation to a course.
#[derive(Clone, Debug)]
pub struct GoogleInvitation {
    /// Its id.
    pub id: String,
    /// The course's id.
    pub course_id: String,
    /// The user's id.
    pub user_id: String,
    /// `STUDENT`, `TEACHER` or `OWNER`.
    pub role: String,
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
