//! What is known already, and how a snapshot differs from it.

use std::collections::{BTreeSet, HashMap};

use roster::{Record, RecordKey, RecordKind};
use sha2::{Digest, Sha256};

use super::Snapshot;
use crate::Unreadable;
use crate::ims_enterprise::index::Index;

/// What a snapshot said, by fingerprints: a register is not kept twice.
pub struct Known {
    records: HashMap<RecordKey, [u8; 32]>,
    unreadable: Vec<Unreadable>,
}

impl Known {
    pub(in crate::ims_enterprise) fn of(snapshot: &Snapshot) -> Self {
        let records = snapshot.records().map(|it| (it.key(), fingerprint(&it))).collect();
        Self { records, unreadable: snapshot.notes.unreadable.clone() }
    }

    fn is_new(&self, record: &Record) -> bool {
        self.records.get(&record.key()) != Some(&fingerprint(record))
    }
}

fn fingerprint(record: &Record) -> [u8; 32] {
    let written = match record {
        Record::Organisation(it) => serde_json::to_vec(it),
        Record::Person(it) => serde_json::to_vec(it),
        Record::Group(it) => serde_json::to_vec(it),
        _ => Ok(Vec::new()),
    };
    Sha256::digest(written.unwrap_or_default()).into()
}

impl Snapshot {
    pub(in crate::ims_enterprise) fn into_index(self) -> Index {
        self.index
    }

    fn records(&self) -> impl Iterator<Item = Record> {
        let persons = self.persons.iter().filter_map(|it| self.person(*it)).map(Record::Person);
        let groups = self.groups.iter().filter_map(|it| self.group(*it)).map(Record::Group);
        self.organisations.iter().cloned().chain(persons).chain(groups)
    }

    /// From now on only what differs from what is known is told. Gives what is gone; nothing is gone of which something
    /// could not be read.
    #[must_use]
    pub fn since(&mut self, known: &Known) -> Vec<RecordKey> {
        let complete = self.complete();
        let lost = self.notes.unreadable.iter().filter(|it| it.lost).filter_map(|it| it.id.as_deref());
        let lost: BTreeSet<&str> = lost.collect();
        let now: BTreeSet<RecordKey> = self.records().map(|it| it.key()).collect();
        let is_gone = |key: &&RecordKey| {
            complete.contains(&key.kind) && !now.contains(key) && !lost.contains(key.id.to_string().as_str())
        };
        let mut removed: Vec<RecordKey> = known.records.keys().filter(is_gone).copied().collect();
        removed.sort_unstable();
        let new: BTreeSet<RecordKey> = self.records().filter(|it| known.is_new(it)).map(|it| it.key()).collect();
        let is_new = |kind, id| new.contains(&RecordKey { kind, id });
        self.organisations.retain(|it| new.contains(&it.key()));
        let rows = &self.index.persons;
        self.persons.retain(|it| rows.get(*it).is_some_and(|row| is_new(RecordKind::Person, row.id)));
        let rows = &self.index.groups;
        self.groups.retain(|it| rows.get(*it).is_some_and(|row| is_new(RecordKind::Group, row.id)));
        self.notes.unreadable.retain(|it| !known.unreadable.contains(it));
        removed
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("records", &self.records.len()).finish_non_exhaustive()
    }
}
