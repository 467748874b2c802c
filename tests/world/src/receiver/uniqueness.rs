//! User names and e-mail addresses are unique over all accounts, in any case of letters.

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Who holds which name or address.
#[derive(Default)]
pub(crate) struct Uniqueness(HashMap<String, String>);

impl Uniqueness {
    /// Whether somebody else than `id` holds one of the account's names or addresses.
    pub(crate) fn is_taken(&self, id: &str, body: &Value) -> bool {
        let by_other = |key: &String| self.0.get(key).is_some_and(|holder| holder != id);
        keys(body).iter().any(by_other)
    }

    pub(crate) fn hold(&mut self, id: &str, body: &Value) {
        for key in keys(body) {
            self.0.insert(key, id.to_owned());
        }
    }

    pub(crate) fn release(&mut self, body: &Value) {
        for key in keys(body) {
            self.0.remove(&key);
        }
    }
}

fn keys(body: &Value) -> BTreeSet<String> {
    let name = body["userName"].as_str().map(|name| format!("name {}", name.to_lowercase()));
    name.into_iter().chain(addresses(body)).collect()
}

/// The account's addresses in lower case.
pub(crate) fn addresses(body: &Value) -> BTreeSet<String> {
    let emails = body["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lower = |email: &Value| email["value"].as_str().map(str::to_lowercase);
    emails.iter().filter_map(lower).collect()
}
