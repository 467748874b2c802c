//! What is kept between reads: which organisation each of Skolon's own numbers is.

use std::collections::BTreeMap;

use roster::Id;
use serde::{Deserialize, Serialize};

use super::feed::Feed;

/// Identities by feed and native number. As large as there are schools, some dozens of bytes each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    #[serde(default)]
    organisations: BTreeMap<String, Id>,
}

impl Memory {
    /// What an earlier read remembered; `None`: nothing, or nothing readable.
    pub(super) fn recall(text: Option<&str>) -> Option<Self> {
        serde_json::from_str(text?).ok()
    }

    /// A record of the organisation or school feed has been seen.
    pub(super) fn learn(&mut self, feed: Feed, native: &str, id: Id) {
        self.organisations.insert(key(feed, native), id);
    }

    /// The identity behind a native number.
    pub(super) fn find(&self, feed: Feed, native: &str) -> Option<Id> {
        self.organisations.get(&key(feed, native)).copied()
    }

    /// The memory to keep, if it differs from what it was.
    pub(super) fn keep(&self, before: Option<&str>) -> Option<String> {
        if Self::recall(before).as_ref() == Some(self) { None } else { serde_json::to_string(self).ok() }
    }
}

fn key(feed: Feed, native: &str) -> String {
    format!("{}/{native}", feed.entity())
}
