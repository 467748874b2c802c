//! Where something comes from, and what became of it.

use crate::receiver::HistoryEntry;
use jiff::{SignedDuration, Timestamp};

/// Where something comes from, and what became of it.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// It came over the API; otherwise somebody made it by hand.
    pub by_us: bool,
    /// It was made by hand, but whoever comes over the API may take it over.
    pub may_be_adopted: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// How many versions of it there have been.
    pub version: u64,
    /// The writes to it over the API, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl Provenance {
    pub(super) fn new(by_us: bool, now: Timestamp) -> Self {
        let history = if by_us { vec![HistoryEntry { at: now, method: "POST" }] } else { Vec::new() };
        Self { by_us, may_be_adopted: false, created: now, modified: now, version: 1, history }
    }

    /// Whether whoever comes over the API has no business with it.
    pub(super) fn is_foreign(&self) -> bool {
        !self.by_us && !self.may_be_adopted
    }

    /// Whether it is known somewhere, so long after it was made. What was made by hand has always been.
    pub(super) fn is_known(&self, now: Timestamp, lag: SignedDuration) -> bool {
        !self.by_us || now.duration_since(self.created) >= lag
    }

    pub(super) fn changed(&mut self, now: Timestamp) {
        self.modified = now;
        self.version += 1;
    }
}
