//! What could not be read, without growing beyond what anybody looks at.

use std::collections::BTreeSet;

use super::manifest::File;
use crate::Unreadable;

/// Notes kept. A million rows may all have the same fault.
const MOST_NOTES: usize = 10_000;

/// Notes, and the files that something is lost of whose identity nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Notes {
    pub(super) kept: Vec<Unreadable>,
    pub(super) blurred: BTreeSet<File>,
}

impl Notes {
    /// Adds notes on a file. What there is no room for is not remembered as still being there: its file is blurred.
    pub(super) fn add(&mut self, file: File, notes: Vec<Unreadable>) {
        for note in notes {
            let room = self.kept.len() < MOST_NOTES;
            if note.lost && (note.id.is_none() || !room) {
                self.blurred.insert(file);
            }
            if room {
                self.kept.push(note);
            }
        }
    }
}
