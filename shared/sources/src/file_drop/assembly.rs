//! What the rows of all files say, put together.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Duty, Enrolment, Id, Membership, Organisation, Person, RecordKind, Validity};

use crate::notes::Notes;

/// More than any register has of anything; memory for what is read grows with it.
const MOST: usize = 5_000_000;

/// A group, and the terms that it lasts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupPart {
    pub(super) group: roster::Group,
    pub(super) terms: Vec<String>,
}

/// A place at a school unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnrolmentPart {
    pub(super) person: Id,
    pub(super) enrolment: Enrolment,
    pub(super) terms: Vec<String>,
}

/// A duty, which has a person here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DutyPart {
    pub(super) person: Id,
    pub(super) duty: Duty,
    pub(super) terms: Vec<String>,
}

/// Everything that was said, by what it is about.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    /// Kinds that the files speak of at all: of others nothing is known.
    pub(super) told: BTreeSet<RecordKind>,
    /// Whether there are terms to refer to.
    pub(super) terms_told: bool,
    pub(super) notes: Notes,
    pub(super) terms: BTreeMap<String, Validity>,
    pub(super) organisations: BTreeMap<Id, Organisation>,
    pub(super) persons: BTreeMap<Id, Person>,
    pub(super) groups: BTreeMap<Id, GroupPart>,
    pub(super) enrolments: Vec<EnrolmentPart>,
    pub(super) duties: Vec<DutyPart>,
    pub(super) memberships: Vec<(Id, Membership)>,
    parts: usize,
}

/// There is more than any register has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

impl Assembly {
    /// Nothing but what could not be read.
    pub(super) fn noting(notes: Notes) -> Self {
        Self { notes, ..Self::default() }
    }

    /// Counts one more thing that is said.
    pub(super) const fn count(&mut self) -> Result<(), TooMany> {
        self.parts += 1;
        if self.parts > MOST { Err(TooMany) } else { Ok(()) }
    }

    /// Keeps the first of what has the same identity. Gives whether they are alike: if not, something is wrong.
    pub(super) fn keep<K: Ord, T: PartialEq>(all: &mut BTreeMap<K, T>, id: K, value: T) -> bool {
        match all.entry(id) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(value);
                true
            }
            std::collections::btree_map::Entry::Occupied(entry) => *entry.get() == value,
        }
    }
}
