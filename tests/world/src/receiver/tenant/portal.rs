//! What people do at the portal, past the sender.

use super::{ReceiverTenant, Store, account};
use crate::lock;
use crate::receiver::{Held, Origin, ResourceType};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

impl ReceiverTenant {
    /// A person at the portal makes a group of accounts that exist there. Returns its id.
    pub fn portal_makes_group(&self, name: &str, members: &[String]) -> String {
        let memberships: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        let body = json!({
            "displayName": name,
            "studentGroupType": "Övrigt",
            "studentMemberships": memberships,
        });
        self.place(ResourceType::StudentGroups, Origin::ByHand, body)
    }

    /// Somebody has an account that no source knows. Returns its id.
    pub fn portal_makes_account(&self, user_name: &str, email: &str) -> String {
        self.place(ResourceType::Users, Origin::ByHand, account(user_name, email))
    }

    /// An account from before, with somebody's e-mail address. Returns its id.
    pub fn account_from_before(&self, user_name: &str, email: &str) -> String {
        self.place(ResourceType::Users, Origin::PreExisting, account(user_name, email))
    }

    /// A person at the portal removes an account of the sender's, and with it its memberships. One with an employment
    /// cannot be removed there. Returns whether it was.
    pub fn portal_removes_account(&self, id: &str) -> bool {
        let mut store = lock(&self.store);
        let Some(account) = store.state.find(ResourceType::Users, id).cloned() else { return false };
        let is_employed = store.state.all(ResourceType::Employments).any(|it| names(&account, &it.body["user"]));
        if is_employed || !account.origin.is_senders() {
            return false;
        }
        let groups: Vec<Held> = store.state.all(ResourceType::StudentGroups).cloned().collect();
        for group in groups {
            store.take_out(&group, &account);
        }
        store.disconnect(ResourceType::Users, &account.body);
        store.state.aliases.retain(|_, held| *held != account.id);
        store.state.objects.entry(ResourceType::Users).or_default().remove(&account.id).is_some()
    }

    /// A person at the portal takes a member out of a group of the sender's. Returns whether there was such a member.
    pub fn portal_takes_out(&self, group: &str, member: &str) -> bool {
        let mut store = lock(&self.store);
        let group = store.state.find(ResourceType::StudentGroups, group).cloned();
        let member = store.state.find(ResourceType::Users, member).cloned();
        match (group, member) {
            (Some(group), Some(member)) if group.origin.is_senders() => store.take_out(&group, &member),
            _ => false,
        }
    }

    /// Puts an object in place that is not the sender's.
    fn place(&self, kind: ResourceType, origin: Origin, body: Value) -> String {
        let mut store = lock(&self.store);
        let number = store.state.originals.len() as u128;
        // The receiver's own ids: UUIDs in a range of their own, so that they are told apart at a glance.
        let id = Uuid::from_u128(0xaaaa_0000_0000_4000_8000_0000_0000_0000 + number).to_string();
        let body = Arc::new(body);
        store.accounts.hold(&id, &body);
        store.state.originals.insert((kind, id.clone()), body.clone());
        let held = Held { id: id.clone(), external_id: None, origin, body, history: Vec::new() };
        store.state.objects.entry(kind).or_default().insert(id.clone(), held);
        id
    }
}

impl Store {
    fn take_out(&mut self, group: &Held, member: &Held) -> bool {
        let mut body = Value::clone(&group.body);
        let Some(memberships) = body["studentMemberships"].as_array_mut() else { return false };
        let before = memberships.len();
        memberships.retain(|it| !names(member, it));
        if memberships.len() == before {
            return false;
        }
        self.disconnect(ResourceType::StudentGroups, &group.body);
        self.connect(ResourceType::StudentGroups, &group.id, &body);
        let body = Arc::new(body);
        if let Some(original) = self.state.originals.get_mut(&(ResourceType::StudentGroups, group.id.clone())) {
            *original = body.clone();
        }
        let groups = self.state.objects.entry(ResourceType::StudentGroups).or_default();
        groups.insert(group.id.clone(), Held { body, ..group.clone() });
        true
    }
}

/// Whether a reference names an object, by the receiver's id or the sender's.
fn names(held: &Held, reference: &Value) -> bool {
    let named = reference["value"].as_str();
    named.is_some_and(|it| it == held.id || held.external_id.as_deref() == Some(it))
}
