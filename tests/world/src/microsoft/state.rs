//! What the service holds, and what has been asked of it.

use crate::receiver::HistoryEntry;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A user. Deliberately without `Debug`: bodies hold names.
#[derive(Clone)]
pub struct MicrosoftUser {
    /// All properties that are set, with `id`, without passwords.
    pub body: Arc<Value>,
    /// Whether a password was ever given.
    pub has_password: bool,
    /// It came over the API; otherwise somebody made it by hand.
    pub by_us: bool,
    /// It was made by hand, but whoever comes over the API may take it over.
    pub may_be_adopted: bool,
    /// When it was created.
    pub created: Timestamp,
    /// The writes to it over the API, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl MicrosoftUser {
    /// A property's text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.body.get(property)?.as_str()
    }

    /// `accountEnabled`.
    pub fn is_enabled(&self) -> bool {
        self.body.get("accountEnabled") == Some(&Value::Bool(true))
    }

    /// `onPremisesSyncEnabled`: another directory is its master.
    pub fn is_mastered_on_premises(&self) -> bool {
        self.body.get("onPremisesSyncEnabled") == Some(&Value::Bool(true))
    }

    pub(super) fn is_seen(&self, now: Timestamp, lag: SignedDuration) -> bool {
        !self.by_us || now.duration_since(self.created) >= lag
    }

    pub(super) fn is_foreign(&self) -> bool {
        !self.by_us && !self.may_be_adopted
    }
}

/// What somebody is in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TeamRole {
    /// Without a role.
    Member,
    /// `owner`.
    Owner,
}

/// The team of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MicrosoftTeam {
    /// Such as `educationClass`, after its template.
    pub specialization: String,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Whether the site of an archived team can only be read by members.
    pub is_site_read_only: bool,
    /// Who is in it, by the user's id.
    pub members: BTreeMap<String, TeamRole>,
    /// When it was there at last.
    pub created: Timestamp,
}

/// A group, which may be a class, and may have a team. Deliberately without `Debug`: bodies hold names.
#[derive(Clone)]
pub struct MicrosoftGroup {
    /// All properties that are set, with `id`.
    pub body: Arc<Value>,
    /// What a class has beside its group's properties; `None`: it is no class.
    pub class: Option<Arc<Value>>,
    /// The ids of its members; a class's pupils, and its teachers where they were added.
    pub members: BTreeSet<String>,
    /// The ids of its owners, who are a class's teachers.
    pub owners: BTreeSet<String>,
    /// Its team.
    pub team: Option<MicrosoftTeam>,
    /// It came over the API; otherwise somebody made it by hand.
    pub by_us: bool,
    /// It was made by hand, but whoever comes over the API may take it over.
    pub may_be_adopted: bool,
    /// When it was created.
    pub created: Timestamp,
    /// The writes to it, its class and its team over the API, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl MicrosoftGroup {
    /// The text of a property of the group.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.body.get(property)?.as_str()
    }

    /// The text of a property that only a class has, such as `externalId`.
    pub fn class_text(&self, property: &str) -> Option<&str> {
        self.class.as_ref()?.get(property)?.as_str()
    }

    /// Whether it is a Microsoft 365 group.
    pub fn is_unified(&self) -> bool {
        let types = self.body.get("groupTypes").and_then(Value::as_array);
        types.is_some_and(|types| types.iter().any(|it| it == "Unified"))
    }

    /// Whether it has a team that is archived.
    pub fn is_archived(&self) -> bool {
        self.team.as_ref().is_some_and(|team| team.is_archived)
    }

    pub(super) fn is_mastered_on_premises(&self) -> bool {
        self.body.get("onPremisesSyncEnabled") == Some(&Value::Bool(true))
    }

    pub(super) fn is_seen(&self, now: Timestamp, lag: SignedDuration) -> bool {
        !self.by_us || now.duration_since(self.created) >= lag
    }

    pub(super) fn is_foreign(&self) -> bool {
        !self.by_us && !self.may_be_adopted
    }
}

/// A copy of all that the service holds.
#[derive(Clone, Default)]
pub struct MicrosoftState {
    /// Users by id.
    pub users: BTreeMap<String, MicrosoftUser>,
    /// Groups by id, classes among them.
    pub groups: BTreeMap<String, MicrosoftGroup>,
    /// Users that were deleted and can be restored.
    pub deleted_users: BTreeMap<String, MicrosoftUser>,
    /// Microsoft 365 groups that were deleted and can be restored.
    pub deleted_groups: BTreeMap<String, MicrosoftGroup>,
}

impl MicrosoftState {
    /// The first user with this text in a property, such as `employeeId`.
    pub fn user_with(&self, property: &str, text: &str) -> Option<(&String, &MicrosoftUser)> {
        self.users.iter().find(|(_, user)| user.text(property) == Some(text))
    }

    /// The first group with this text in a property, such as `uniqueName`.
    pub fn group_with(&self, property: &str, text: &str) -> Option<(&String, &MicrosoftGroup)> {
        self.groups.iter().find(|(_, group)| group.text(property) == Some(text))
    }

    /// The first class with this `externalId`.
    pub fn class_with(&self, external_id: &str) -> Option<(&String, &MicrosoftGroup)> {
        self.groups.iter().find(|(_, group)| group.class_text("externalId") == Some(external_id))
    }

    /// The classes.
    pub fn classes(&self) -> impl Iterator<Item = (&String, &MicrosoftGroup)> {
        self.groups.iter().filter(|(_, group)| group.class.is_some())
    }

    /// The users that came over the API.
    pub fn users_by_us(&self) -> impl Iterator<Item = (&String, &MicrosoftUser)> {
        self.users.iter().filter(|(_, user)| user.by_us)
    }

    /// The groups that came over the API.
    pub fn groups_by_us(&self) -> impl Iterator<Item = (&String, &MicrosoftGroup)> {
        self.groups.iter().filter(|(_, group)| group.by_us)
    }
}

/// What has been asked of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MicrosoftCounters {
    /// Calls by method and path, identities left out, such as `PATCH groups/{id}`, whatever came of them.
    pub calls: BTreeMap<String, u64>,
    /// Requests within batches, likewise.
    pub in_batches: BTreeMap<String, u64>,
    /// Answers by status; those within batches and those that were lost are not among them.
    pub answers: BTreeMap<u16, u64>,
    /// Writes that changed nothing, by method and path.
    pub in_vain: BTreeMap<String, u64>,
    /// Tokens issued.
    pub tokens: u64,
}
