//! Where the service keeps what it holds, and what it notes of those who ask.

use super::operations::{Following, Operation};
use super::quota::Usage;
use super::schema::Kind;
use super::{MicrosoftCounters, MicrosoftGroup, MicrosoftState, MicrosoftUser};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The properties that are looked up by their value.
const SOUGHT: &[(Kind, &str)] = &[
    (Kind::User, "userPrincipalName"),
    (Kind::User, "mail"),
    (Kind::User, "employeeId"),
    (Kind::Group, "uniqueName"),
    (Kind::Group, "mailNickname"),
    (Kind::Class, "externalId"),
];

#[derive(Default)]
pub(super) struct Store {
    pub(super) state: MicrosoftState,
    index: HashMap<(Kind, &'static str, String), BTreeSet<String>>,
    pub(super) operations: BTreeMap<String, Operation>,
    /// Teams that have not yet followed their groups.
    pub(super) followings: Vec<Following>,
    pub(super) usage: Usage,
    pub(super) counters: MicrosoftCounters,
    pub(super) violations: Vec<String>,
    pub(super) failing_operations: u64,
    pub(super) befallen_parts: (u64, u16),
    given: u64,
    requests: u64,
}

impl Store {
    /// The next `request-id`.
    pub(super) fn next_request(&mut self) -> String {
        self.requests += 1;
        Uuid::from_u128((0x7e9_4000_8000 << 48) | u128::from(self.requests)).to_string()
    }

    /// The next id: a UUID, and later ones come after earlier ones.
    pub(super) fn next_id(&mut self, seed: u64) -> String {
        self.given += 1;
        let high = (u128::from(seed) & 0xffff_ffff) << 96;
        Uuid::from_u128(high | (0x3655_4000_8000 << 48) | u128::from(self.given)).to_string()
    }

    /// The ids of those that hold a value, in any case of letters; `None`: the property is not looked up.
    pub(super) fn holders(&self, kind: Kind, property: &str, value: &str) -> Option<BTreeSet<String>> {
        let (_, name) = SOUGHT.iter().find(|it| **it == (kind, property))?;
        Some(self.index.get(&(kind, *name, value.to_lowercase())).cloned().unwrap_or_default())
    }

    pub(super) fn put_user(&mut self, id: &str, user: MicrosoftUser) {
        self.take_user(id);
        self.hold(Kind::User, id, &user.body);
        self.state.users.insert(id.to_owned(), user);
    }

    pub(super) fn take_user(&mut self, id: &str) -> Option<MicrosoftUser> {
        let user = self.state.users.remove(id)?;
        self.release(Kind::User, id, &user.body);
        Some(user)
    }

    pub(super) fn put_group(&mut self, id: &str, group: MicrosoftGroup) {
        self.take_group(id);
        self.hold(Kind::Group, id, &group.body);
        if let Some(class) = &group.class {
            self.hold(Kind::Class, id, class);
        }
        self.state.groups.insert(id.to_owned(), group);
    }

    pub(super) fn take_group(&mut self, id: &str) -> Option<MicrosoftGroup> {
        let group = self.state.groups.remove(id)?;
        self.release(Kind::Group, id, &group.body);
        if let Some(class) = &group.class {
            self.release(Kind::Class, id, class);
        }
        Some(group)
    }

    /// Deletes a user, who is in no group and no team any more, and can be restored.
    pub(super) fn delete_user(&mut self, id: &str) -> bool {
        let Some(user) = self.take_user(id) else { return false };
        self.state.deleted_users.insert(id.to_owned(), user);
        for group in self.state.groups.values_mut() {
            group.members.remove(id);
            group.owners.remove(id);
            if let Some(team) = &mut group.team {
                team.members.remove(id);
            }
        }
        true
    }

    /// Deletes a group, its class and its team; a Microsoft 365 group can be restored.
    pub(super) fn delete_group(&mut self, id: &str) -> bool {
        let Some(group) = self.take_group(id) else { return false };
        if group.is_unified() {
            self.state.deleted_groups.insert(id.to_owned(), group);
        }
        true
    }

    /// Does what should have happened by now.
    pub(super) fn settle(&mut self, now: Timestamp) {
        self.settle_operations(now);
        self.settle_followings(now);
    }

    /// Notes a breach, each once.
    pub(super) fn note(&mut self, what: String) {
        if !self.violations.contains(&what) {
            self.violations.push(what);
        }
    }

    fn hold(&mut self, kind: Kind, id: &str, body: &Value) {
        for (name, value) in sought(kind, body) {
            self.index.entry((kind, name, value)).or_default().insert(id.to_owned());
        }
    }

    fn release(&mut self, kind: Kind, id: &str, body: &Value) {
        for (name, value) in sought(kind, body) {
            if let Some(ids) = self.index.get_mut(&(kind, name, value)) {
                ids.remove(id);
            }
        }
    }
}

fn sought(kind: Kind, body: &Value) -> impl Iterator<Item = (&'static str, String)> {
    let own = SOUGHT.iter().filter(move |(of, _)| *of == kind);
    own.filter_map(|(_, name)| Some((*name, body.get(name)?.as_str()?.to_lowercase())))
}
