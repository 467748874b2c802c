//! Everything that a register's documents say, told page by page.

mod group;
mod known;
mod organisation;
mod person;
mod units;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::Date;
use roster::{Id, Record, RecordKey, RecordKind};

pub use self::known::Known;
use self::units::Units;
use super::index::Index;
use super::touched::Touched;
use crate::Unreadable;
use crate::notes::Notes;

/// What a register has, whole.
pub struct Snapshot {
    index: Index,
    notes: Notes,
    today: Date,
    digest: [u8; 32],
    units: Units,
    /// Person, group and place among the group's members, in order of person.
    stays: Vec<(u32, u32, u32)>,
    organisations: Vec<Record>,
    /// Persons to be told, in order of identity.
    persons: Vec<u32>,
    /// Groups to be told, in order of identity.
    groups: Vec<u32>,
}

/// A page of a snapshot.
#[derive(Debug, Default)]
pub struct Portion {
    /// Organisations first, then persons, then groups.
    pub records: Vec<Record>,
    /// What could not be read: all of it on the first page.
    pub unreadable: Vec<Unreadable>,
    /// Whether there is a page after this one.
    pub more: bool,
}

impl Snapshot {
    pub(super) fn of(index: Index, mut notes: Notes, today: Date, digest: [u8; 32]) -> Self {
        let units = Units::of(&index, today, &mut notes);
        let stays = stays(&index);
        let mut snapshot = Self {
            index,
            notes,
            today,
            digest,
            units,
            stays,
            organisations: Vec::new(),
            persons: Vec::new(),
            groups: Vec::new(),
        };
        snapshot.note_dangling();
        snapshot.organisations = snapshot.all_organisations();
        snapshot.persons = snapshot.all_persons();
        snapshot.groups = snapshot.all_groups();
        snapshot
    }

    /// A fingerprint of the documents. Two snapshots of the same have the same pages.
    #[must_use]
    pub fn digest(&self) -> String {
        self.digest.iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// One page, from 0, of `size` records.
    #[must_use]
    pub fn page(&self, number: usize, size: usize) -> Portion {
        let from = number.saturating_mul(size);
        let until = from.saturating_add(size);
        let (organisations, persons) = (self.organisations.len(), self.persons.len());
        let total = organisations + persons + self.groups.len();
        let records = (from..until.min(total)).filter_map(|at| {
            if let Some(record) = self.organisations.get(at) {
                return Some(record.clone());
            }
            match self.persons.get(at - organisations) {
                Some(person) => self.person(*person).map(Record::Person),
                None => self.group(*self.groups.get(at - organisations - persons)?).map(Record::Group),
            }
        });
        Portion {
            records: records.collect(),
            unreadable: if number == 0 { self.notes.unreadable.clone() } else { Vec::new() },
            more: until < total,
        }
    }

    /// The kinds of which everything is known: what is not in the snapshot is not in the register.
    #[must_use]
    pub fn complete(&self) -> Vec<RecordKind> {
        let kinds = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group];
        kinds.into_iter().filter(|kind| !self.notes.blurred.contains(kind)).collect()
    }

    /// Whether the register has a record.
    #[must_use]
    pub fn has(&self, key: RecordKey) -> bool {
        match key.kind {
            RecordKind::Organisation => self.organisations.iter().any(|it| it.key() == key),
            RecordKind::Person => self.index.persons.find(key.id).is_some_and(|it| self.persons.contains(&it)),
            RecordKind::Group => self.index.groups.find(key.id).is_some_and(|it| self.groups.contains(&it)),
            _ => false,
        }
    }

    /// From now on only what has been touched is told, and whoever is where that was: every group when a person was deleted, everybody when a list was
    /// replaced, everything when a group was deleted. Gives what is gone: marked as deleted or left, and not in the snapshot any more.
    pub(super) fn narrow(&mut self, touched: &Touched) -> Vec<RecordKey> {
        let key = |kind, id: &Id| RecordKey { kind, id: *id };
        let both = |id: &Id| [key(RecordKind::Organisation, id), key(RecordKind::Group, id)];
        let gone = touched.gone_persons.iter().map(|id| key(RecordKind::Person, id));
        let gone = gone.chain(touched.gone_groups.iter().flat_map(both));
        let lost: BTreeSet<String> = self.notes.unreadable.iter().filter_map(|it| it.id.clone()).collect();
        let known = |it: &RecordKey| lost.contains(&it.id.to_string()) || self.notes.blurred.contains(&it.kind);
        let removed = gone.filter(|it| !self.has(*it) && !known(it)).collect();
        let every_person = touched.group_deleted || touched.list_replaced;
        let every_group = touched.group_deleted || touched.person_deleted;
        let organisations = self.organisations_around(touched);
        self.organisations.retain(|it| every_group || organisations.contains(&it.key().id));
        let moved = self.moved(touched);
        let mut told = std::mem::take(&mut self.persons);
        let is_touched = |it: &u32| self.index.persons.get(*it).is_some_and(|row| touched.persons.contains(&row.id));
        let is_in_moved = |it: &u32| self.stays_of(*it).iter().any(|(_, group, _)| moved.contains(group));
        told.retain(|it| every_person || is_touched(it) || is_in_moved(it));
        self.persons = told;
        let groups = &self.index.groups;
        let is_touched = |it: &u32| groups.get(*it).is_some_and(|row| touched.groups.contains(&row.id));
        self.groups.retain(|it| every_group || is_touched(it) || moved.contains(it));
        self.notes = Notes::default();
        removed
    }

    /// Groups that may be something else, or elsewhere, than before; with all that are below them.
    fn moved(&self, touched: &Touched) -> BTreeSet<u32> {
        let mut moved: BTreeSet<u32> = touched.moved.iter().filter_map(|id| self.index.groups.find(*id)).collect();
        loop {
            let known = moved.len();
            for (number, row) in (0u32..).zip(&self.index.groups.rows) {
                if row.parents.iter().any(|it| moved.contains(&it.group)) {
                    moved.insert(number);
                }
            }
            if moved.len() == known {
                return moved;
            }
        }
    }

    fn note_dangling(&mut self) {
        let mut told = BTreeSet::new();
        for (person, group, _) in &self.stays {
            let unknown = self.index.persons.get(*person).is_none_or(|row| row.face.is_none());
            if unknown && told.insert((*person, *group)) {
                let id = self.index.groups.get(*group).map(|row| row.id);
                let reason = "a member is nobody that the documents tell of";
                self.notes.warn(RecordKind::Group, id, "ims_enterprise.dangling", reason);
            }
        }
        for row in self.index.groups.rows.iter().filter(|row| row.head.is_none() && !row.deleted) {
            let reason = "a group is named that the documents do not tell of";
            self.notes.warn(RecordKind::Group, Some(row.id), "ims_enterprise.dangling", reason);
        }
    }
}

/// Who is where, of the groups that are told of.
fn stays(index: &Index) -> Vec<(u32, u32, u32)> {
    let mut stays = Vec::with_capacity(index.members);
    for (group, row) in (0u32..).zip(&index.groups.rows).filter(|(_, row)| row.head.is_some()) {
        stays.extend((0u32..).zip(&row.members).map(|(place, member)| (member.person, group, place)));
    }
    stays.sort_unstable();
    stays
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("organisations", &self.organisations.len())
            .field("persons", &self.persons.len())
            .field("groups", &self.groups.len())
            .finish_non_exhaustive()
    }
}
