//! What people do in the tenant, past those who come over the API.

use super::links::Link;
use super::operations::Task;
use super::schema::{Kind, PASSWORD};
use super::server::MicrosoftServer;
use super::store::Store;
use super::user::changed;
use super::{MicrosoftGroup, MicrosoftUser};
use crate::lock;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

impl MicrosoftServer {
    /// Somebody makes a user by hand, however odd. Returns its id: its own `id`, where it has one.
    pub fn plant_user(&self, user: Value) -> String {
        let (mut fields, id) = self.planted(user);
        let has_password = fields.remove(PASSWORD).is_some();
        let user = MicrosoftUser {
            body: Arc::new(changed(&Value::Object(Map::new()), fields)),
            has_password,
            by_us: false,
            may_be_adopted: false,
            created: self.options().time.now(),
            history: Vec::new(),
        };
        lock(&self.store).put_user(&id, user);
        id
    }

    /// Somebody makes a group by hand, however odd, with these members and owners. Returns its id: its own `id`, where it
    /// has one. Properties that only a class has make it one.
    pub fn plant_group(&self, group: Value, members: &[&str], owners: &[&str]) -> String {
        let (fields, id) = self.planted(group);
        let is_classes = |name: &str| Kind::Class.property(name).is_some() && Kind::Group.property(name).is_none();
        let (mut class, body): (Map<_, _>, Map<_, _>) = fields.into_iter().partition(|(name, _)| is_classes(name));
        if !class.is_empty() {
            class.insert("id".to_owned(), json!(id));
        }
        let ids = |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
        let group = MicrosoftGroup {
            body: Arc::new(Value::Object(body)),
            class: (!class.is_empty()).then(|| Arc::new(Value::Object(class))),
            members: ids(members),
            owners: ids(owners),
            team: None,
            by_us: false,
            may_be_adopted: false,
            created: self.options().time.now(),
            history: Vec::new(),
        };
        lock(&self.store).put_group(&id, group);
        id
    }

    /// Somebody makes a team of a group by hand, at once. Returns whether there is such a group without a team.
    pub fn plant_team(&self, group: &str, specialization: &str) -> bool {
        let options = self.options();
        let (now, mut store) = (options.time.now(), lock(&self.store));
        if store.state.groups.get(group).is_none_or(|group| group.team.is_some()) {
            return false;
        }
        let failing = std::mem::take(&mut store.failing_operations);
        store.begin(options.seed, group, Task::Create(specialization.to_owned()), now, SignedDuration::ZERO);
        store.failing_operations = failing;
        true
    }

    /// Whoever comes over the API may take over what was made by hand. Returns whether it is there.
    pub fn allow_adoption(&self, id: &str) -> bool {
        let mut store = lock(&self.store);
        let user = store.state.users.get_mut(id).map(|user| user.may_be_adopted = true);
        let group = store.state.groups.get_mut(id).map(|group| group.may_be_adopted = true);
        user.or(group).is_some()
    }

    /// Somebody edits a user by hand: these properties are as given from now on, and those that are null are gone.
    /// Returns whether it is there.
    pub fn edit_user(&self, id: &str, changes: Value) -> bool {
        let mut store = lock(&self.store);
        let Some(mut user) = store.state.users.get(id).cloned() else { return false };
        user.body = Arc::new(changed(&user.body, object(changes)));
        store.put_user(id, user);
        true
    }

    /// Somebody edits a group by hand: these properties of the group are as given from now on, and those that are null are
    /// gone. Returns whether it is there.
    pub fn edit_group(&self, id: &str, changes: Value) -> bool {
        self.alter_group(id, |group| group.body = Arc::new(changed(&group.body, object(changes))))
    }

    /// Somebody edits by hand what only a class has. Returns whether it is there.
    pub fn edit_class(&self, id: &str, changes: Value) -> bool {
        self.alter_group(id, |group| {
            let before = group.class.clone().unwrap_or_default();
            group.class = Some(Arc::new(changed(&before, object(changes))));
        })
    }

    /// Somebody adds a user to a group by hand, or takes one out; a team follows at once. Returns whether the group is
    /// there.
    pub fn set_link(&self, group: &str, link: Link, user: &str, is_linked: bool) -> bool {
        let now = self.options().time.now();
        let done = self.alter_group(group, |group| {
            let linked = link.of_mut(group);
            if is_linked {
                linked.insert(user.to_owned());
            } else {
                linked.remove(user);
            }
        });
        let mut store = lock(&self.store);
        store.follow_later(group, user, now);
        store.settle(now);
        done
    }

    /// Somebody archives a team by hand, or unarchives it. Returns whether there is one.
    pub fn set_archived(&self, group: &str, is_archived: bool) -> bool {
        let mut store = lock(&self.store);
        let team = store.state.groups.get_mut(group).and_then(|group| group.team.as_mut());
        team.map(|team| team.is_archived = is_archived).is_some()
    }

    /// Somebody deletes a user by hand. Returns whether it was there.
    pub fn remove_user(&self, id: &str) -> bool {
        lock(&self.store).delete_user(id)
    }

    /// Somebody deletes a group, its class and its team by hand. Returns whether it was there.
    pub fn remove_group(&self, id: &str) -> bool {
        lock(&self.store).delete_group(id)
    }

    fn planted(&self, body: Value) -> (Map<String, Value>, String) {
        let mut fields = object(body);
        let own = fields.get("id").and_then(Value::as_str).map(str::to_owned);
        let id = own.unwrap_or_else(|| lock(&self.store).next_id(self.options().seed));
        fields.insert("id".to_owned(), json!(id));
        (fields, id)
    }

    fn alter_group(&self, id: &str, alter: impl FnOnce(&mut MicrosoftGroup)) -> bool {
        let mut store = lock(&self.store);
        let store: &mut Store = &mut store;
        let Some(mut group) = store.state.groups.get(id).cloned() else { return false };
        alter(&mut group);
        store.put_group(id, group);
        true
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
