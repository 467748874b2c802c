//! What could not be read, written down once and within bounds.

use std::collections::BTreeSet;

use roster::{Id, RecordKind};

use crate::Unreadable;

/// As many warnings as are told one by one. What is lost is always told: it must not be taken as gone.
const MOST_WARNINGS: usize = 1_000;

/// What could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// One by one.
    pub(crate) unreadable: Vec<Unreadable>,
    /// Kinds of which something was lost whose identity nobody knows: nothing of them may be taken as gone.
    pub(crate) blurred: BTreeSet<RecordKind>,
    warnings: usize,
}

impl Notes {
    /// A field, a member or a reference is left out.
    pub(crate) fn warn(&mut self, kind: RecordKind, id: Option<Id>, code: &str, reason: &str) {
        self.warnings += 1;
        if self.warnings <= MOST_WARNINGS {
            self.write(kind, id, code, reason, false);
        }
    }

    /// A record is left out.
    pub(crate) fn lose(&mut self, kind: RecordKind, id: Option<Id>, code: &str, reason: &str) {
        if id.is_none() {
            self.blurred.insert(kind);
        }
        self.write(kind, id, code, reason, true);
    }

    fn write(&mut self, kind: RecordKind, id: Option<Id>, code: &str, reason: &str, lost: bool) {
        // Only as a UUID: the source's own name for somebody may be a personal number.
        let id = id.map(|id| id.to_string());
        self.unreadable.push(Unreadable { kind, id, code: code.to_owned(), reason: reason.to_owned(), lost });
    }
}
