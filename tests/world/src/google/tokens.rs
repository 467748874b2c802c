//! Access tokens: who they were given to, for what and until when.

use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// What a token stands for.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// The project of the service account.
    pub(super) project: String,
    /// The id of the user in whose name it acts.
    pub(super) user_id: String,
    pub(super) scopes: BTreeSet<String>,
    pub(super) expires: Timestamp,
}

#[derive(Default)]
pub(super) struct Tokens {
    valid: HashMap<String, Grant>,
    /// How often tokens were answered 401.
    refused: HashMap<String, usize>,
}

impl Tokens {
    pub(super) fn issue(&mut self, token: String, grant: Grant) {
        self.valid.insert(token, grant);
    }

    /// What a token stands for now.
    pub(super) fn grant(&self, token: &str, now: Timestamp) -> Option<Grant> {
        self.valid.get(token).filter(|it| now < it.expires).cloned()
    }

    pub(super) fn revoke(&mut self, token: &str) {
        self.valid.remove(token);
    }

    pub(super) fn revoke_all(&mut self) {
        self.valid.clear();
    }

    /// Counts that a token is refused. Returns how often it had been before.
    pub(super) fn refuse(&mut self, token: &str) -> usize {
        let times = self.refused.entry(token.to_owned()).or_default();
        *times += 1;
        *times - 1
    }
}
