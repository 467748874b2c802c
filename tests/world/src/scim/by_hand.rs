//! What people do at the provider, past those who come over the API.

use super::{ScimKind, ScimResource, ScimServer};
use crate::lock;
use serde_json::{Value, json};
use std::sync::Arc;

impl ScimServer {
    /// Somebody makes a user by hand, however odd. Returns its id: its own `id`, where it has one.
    pub fn plant_user(&self, user: Value) -> String {
        self.plant(ScimKind::User, user)
    }

    /// Somebody makes a group by hand, however odd. Returns its id: its own `id`, where it has one.
    pub fn plant_group(&self, group: Value) -> String {
        self.plant(ScimKind::Group, group)
    }

    /// Whoever comes over the API may take over what was made by hand. Returns whether it is there.
    pub fn allow_adoption(&self, kind: ScimKind, id: &str) -> bool {
        let mut store = lock(&self.store);
        let resource = store.state.all_mut(kind).get_mut(id);
        resource.map(|it| it.may_be_adopted = true).is_some()
    }

    /// Somebody edits a resource by hand: these attributes are as given from now on, and those that are null are gone.
    /// Returns whether it is there.
    pub fn edit(&self, kind: ScimKind, id: &str, changes: Value) -> bool {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        let Some(mut resource) = store.get(kind, id).cloned() else { return false };
        let mut body = Value::clone(&resource.body);
        if let (Some(fields), Value::Object(changes)) = (body.as_object_mut(), changes) {
            fields.extend(changes);
            fields.retain(|_, value| !value.is_null());
        }
        (resource.body, resource.modified) = (Arc::new(body), now);
        resource.version += 1;
        store.put(kind, id, resource);
        true
    }

    /// Somebody deletes a resource by hand; a user is in no group any more. Returns whether it was there.
    pub fn remove(&self, kind: ScimKind, id: &str) -> bool {
        let now = self.options().time.now();
        lock(&self.store).delete(kind, id, now)
    }

    fn plant(&self, kind: ScimKind, mut body: Value) -> String {
        let options = self.options();
        let now = options.time.now();
        let mut store = lock(&self.store);
        let own = body.get("id").and_then(Value::as_str).map(str::to_owned);
        let id = own.unwrap_or_else(|| store.next_id(options.seed));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("id".to_owned(), json!(id));
            fields.entry("schemas").or_insert_with(|| json!([kind.schema()]));
        }
        let resource = ScimResource {
            body: Arc::new(body),
            by_us: false,
            may_be_adopted: false,
            version: 1,
            created: now,
            modified: now,
            history: Vec::new(),
        };
        store.put(kind, &id, resource);
        id
    }
}
