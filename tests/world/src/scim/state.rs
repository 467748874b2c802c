//! What a service provider holds, and what has been asked of it.

use super::ScimKind;
use crate::receiver::HistoryEntry;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A user or a group. Deliberately without `Debug`: bodies hold names.
#[derive(Clone)]
pub struct ScimResource {
    /// All attributes, with `id` and `schemas`, without `meta`.
    pub body: Arc<Value>,
    /// It came over the API; otherwise somebody made it by hand.
    pub by_us: bool,
    /// It was made by hand, but whoever comes over the API may take it over.
    pub may_be_adopted: bool,
    /// The number in its version.
    pub version: u64,
    /// `meta.created`.
    pub created: Timestamp,
    /// `meta.lastModified`.
    pub modified: Timestamp,
    /// The writes to it over the API, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl ScimResource {
    /// The weak entity tag.
    pub(super) fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }

    /// Whether it is to be seen, so long after its creation. What was made by hand has always been.
    pub(super) fn is_seen(&self, now: Timestamp, lag: SignedDuration) -> bool {
        !self.by_us || now.duration_since(self.created) >= lag
    }

    /// Whether whoever comes over the API has no business with it.
    pub(super) fn is_foreign(&self) -> bool {
        !self.by_us && !self.may_be_adopted
    }

    /// An attribute's text.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.body.get(attribute)?.as_str()
    }

    /// The ids of its members.
    pub fn members(&self) -> BTreeSet<&str> {
        let members = self.body.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        members.iter().filter_map(|member| member.get("value")?.as_str()).collect()
    }
}

/// A copy of all that a provider holds.
#[derive(Clone, Default)]
pub struct ScimState {
    /// Users by id.
    pub users: BTreeMap<String, ScimResource>,
    /// Groups by id.
    pub groups: BTreeMap<String, ScimResource>,
}

impl ScimState {
    /// All of a type, by id, in the order in which they were created.
    pub fn all(&self, kind: ScimKind) -> &BTreeMap<String, ScimResource> {
        match kind {
            ScimKind::User => &self.users,
            ScimKind::Group => &self.groups,
        }
    }

    pub(super) fn all_mut(&mut self, kind: ScimKind) -> &mut BTreeMap<String, ScimResource> {
        match kind {
            ScimKind::User => &mut self.users,
            ScimKind::Group => &mut self.groups,
        }
    }

    /// Those of a type that came over the API.
    pub fn by_us(&self, kind: ScimKind) -> impl Iterator<Item = (&String, &ScimResource)> {
        self.all(kind).iter().filter(|(_, resource)| resource.by_us)
    }

    /// The first of a type with this `externalId`.
    pub fn with_external_id(&self, kind: ScimKind, external_id: &str) -> Option<(&String, &ScimResource)> {
        self.all(kind).iter().find(|(_, resource)| resource.text("externalId") == Some(external_id))
    }
}

/// What has been asked of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScimCounters {
    /// Calls by method and endpoint, such as `PATCH Groups`, whatever came of them.
    pub calls: BTreeMap<String, u64>,
    /// Operations within bulk requests, likewise.
    pub in_bulk: BTreeMap<String, u64>,
    /// Answers by status; those that were lost are not among them.
    pub answers: BTreeMap<u16, u64>,
    /// Writes that changed nothing, by method and endpoint.
    pub in_vain: BTreeMap<String, u64>,
}
