//! One tenant's store: carries out writes, keeps count, and notes every breach of the contract.

mod portal;
mod writes;

use super::references::Reference;
use super::uniqueness::Uniqueness;
use super::{Held, HistoryEntry, ReceiverOptions, ReceiverState, ResourceType};
use crate::lock;
use crate::moods::MoodSwitch;
use crate::time::Time;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// What has been asked of a tenant.
#[derive(Clone, Debug, Default)]
pub struct ReceiverCounters {
    /// Requests by method and type, such as `PUT Users`, whatever came of them.
    pub requests: BTreeMap<String, u64>,
    /// Objects created.
    pub created: BTreeMap<ResourceType, u64>,
    /// Objects replaced.
    pub updated: BTreeMap<ResourceType, u64>,
    /// Replacements that changed nothing.
    pub updated_in_vain: BTreeMap<ResourceType, u64>,
    /// Objects deleted.
    pub deleted: BTreeMap<ResourceType, u64>,
    /// Accounts from before that were connected to a person.
    pub adopted: u64,
    /// Creates answered 409 because the external id was held already.
    pub repeated_creates: u64,
    /// Writes answered 409 because a user name or an e-mail address was somebody else's.
    pub conflicts: u64,
    /// Creates of something that had been deleted before.
    pub recreated: u64,
    /// Requests answered with an error by the receiver itself, by status.
    pub refused: BTreeMap<u16, u64>,
}

/// A handle on one tenant.
#[derive(Clone)]
pub struct ReceiverTenant {
    options: Arc<ReceiverOptions>,
    store: Arc<Mutex<Store>>,
    moods: MoodSwitch,
    time: Time,
}

#[derive(Default)]
struct Store {
    state: ReceiverState,
    accounts: Uniqueness,
    referenced: HashMap<Reference, usize>,
    histories: HashMap<(ResourceType, String), Vec<HistoryEntry>>,
    counters: ReceiverCounters,
    violations: Vec<String>,
}

/// A status and a plain-text or JSON body.
pub(crate) type Outcome = (u16, Option<Value>, String);

impl ReceiverTenant {
    pub(crate) fn new(options: ReceiverOptions, moods: MoodSwitch, time: Time) -> Self {
        Self { options: Arc::new(options), store: Arc::default(), moods, time }
    }

    /// Its options, among them the API key.
    pub fn options(&self) -> &ReceiverOptions {
        &self.options
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// A copy of all it holds.
    pub fn state(&self) -> ReceiverState {
        lock(&self.store).state.clone()
    }

    /// What has been asked so far.
    pub fn counters(&self) -> ReceiverCounters {
        lock(&self.store).counters.clone()
    }

    /// Every breach of the contract so far, in words, without personal data.
    pub fn contract_violations(&self) -> Vec<String> {
        lock(&self.store).violations.clone()
    }

    /// The writes to an object by its receiver's id, oldest first, also after its deletion.
    pub fn history(&self, kind: ResourceType, id: &str) -> Vec<HistoryEntry> {
        let store = lock(&self.store);
        let found = store.histories.get(&(kind, id.to_owned()));
        found.cloned().unwrap_or_default()
    }

    pub(crate) fn count(&self, method: &str, kind: ResourceType) {
        let key = format!("{method} {}", kind.path());
        *lock(&self.store).counters.requests.entry(key).or_default() += 1;
    }

    /// Notes a breach found outside the store and refuses the request.
    pub(crate) fn refuse(&self, status: u16, what: &str, why: &str) -> Outcome {
        lock(&self.store).violation(status, what, why)
    }

    /// A page of a type: `startIndex` counts from 1.
    pub(crate) fn list(&self, kind: ResourceType, start: usize, count: usize) -> Value {
        let store = lock(&self.store);
        let total = store.state.all(kind).count();
        let page = store.state.all(kind).skip(start - 1).take(count);
        let resources: Vec<Value> = page.map(rendered).collect();
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        })
    }

    pub(crate) fn get(&self, kind: ResourceType, id: &str) -> Option<Value> {
        lock(&self.store).state.find(kind, id).map(rendered)
    }
}

fn account(user_name: &str, email: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name,
        "displayName": user_name,
        "name": {"givenName": user_name, "familyName": "(från förr)"},
        "emails": [{"value": email}],
    })
}

fn rendered(held: &Held) -> Value {
    let mut body = Value::clone(&held.body);
    body["id"] = json!(held.id);
    body
}
