//! Where a provider keeps what it holds, and what it notes of those who ask.

use super::index::Index;
use super::{ScimCounters, ScimKind, ScimResource, ScimState};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Store {
    pub(super) state: ScimState,
    pub(super) index: Index,
    pub(super) counters: ScimCounters,
    pub(super) violations: Vec<String>,
    given: u64,
}

impl Store {
    /// The next id: a UUID, and later ones come after earlier ones.
    pub(super) fn next_id(&mut self, seed: u64) -> String {
        self.given += 1;
        let high = (u128::from(seed) & 0xffff_ffff) << 96;
        Uuid::from_u128(high | (0x5c1e_4000_8000 << 48) | u128::from(self.given)).to_string()
    }

    pub(super) fn get(&self, kind: ScimKind, id: &str) -> Option<&ScimResource> {
        self.state.all(kind).get(id)
    }

    pub(super) fn put(&mut self, kind: ScimKind, id: &str, resource: ScimResource) {
        self.take(kind, id);
        self.index.hold(kind, id, &resource.body);
        self.state.all_mut(kind).insert(id.to_owned(), resource);
    }

    pub(super) fn take(&mut self, kind: ScimKind, id: &str) -> Option<ScimResource> {
        let resource = self.state.all_mut(kind).remove(id)?;
        self.index.release(kind, id, &resource.body);
        Some(resource)
    }

    /// Removes a resource, and a user from all groups.
    pub(super) fn delete(&mut self, kind: ScimKind, id: &str, now: jiff::Timestamp) -> bool {
        let was_there = self.take(kind, id).is_some();
        if kind == ScimKind::User {
            for group in self.state.groups.values_mut().filter(|group| group.members().contains(id)) {
                let mut body = Value::clone(&group.body);
                if let Some(members) = body.get_mut("members").and_then(Value::as_array_mut) {
                    members.retain(|member| member.get("value") != Some(&json!(id)));
                }
                (group.body, group.modified) = (Arc::new(body), now);
                group.version += 1;
            }
        }
        was_there
    }

    /// Notes a breach, each once.
    pub(super) fn note(&mut self, what: String) {
        if !self.violations.contains(&what) {
            self.violations.push(what);
        }
    }
}
