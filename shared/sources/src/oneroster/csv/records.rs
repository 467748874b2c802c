//! From the files together to records.

use std::collections::BTreeMap;

use jiff::civil::Date;
use roster::{Id, Membership, Record, RecordKind};

use super::CsvProblem;
use super::bundle::{Bundle, base_needed};
use super::manifest::{File, Mode};
use super::notes::Notes;
use crate::Unreadable;
use crate::hierarchy::in_cycle;
use crate::oneroster::config::OneRosterVersion;
use crate::oneroster::conventions::Conventions;
use crate::oneroster::mapping::{self, Above, Fields, Reading};

/// What a drop of files says, as a read of everything would.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// The records.
    pub records: Vec<Record>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The kinds of which everything was read; only these may yield removals.
    pub complete: Vec<RecordKind>,
}

/// From the files to the records of one kind.
type Map = fn(&Bundle, &Reading<'_>, &mut Contents, &mut Notes);

impl Bundle {
    /// The records of everything in it. A kind is only given when all its files are there: persons need `users` (and in
    /// 1.2 `roles`), groups need `classes`, `enrollments` and `academicSessions`.
    ///
    /// # Errors
    /// `oneroster.base_needed` when a file has only what changed.
    pub fn records(&self, conventions: &Conventions, today: Date) -> Result<Contents, CsvProblem> {
        if let Some(file) = File::ALL.into_iter().find(|file| self.mode(*file) == Mode::Delta) {
            return Err(base_needed(file));
        }
        let reading = Reading { conventions, today };
        let mut contents = Contents::default();
        let mut notes = self.notes.clone();
        let kinds: [(RecordKind, &[File], Map); 3] = [
            (RecordKind::Organisation, &[File::Orgs], Self::organisations),
            (RecordKind::Person, self.files_of_persons(), Self::persons),
            (RecordKind::Group, &[File::Classes, File::Enrollments, File::Sessions], Self::groups),
        ];
        for (kind, files, read) in kinds {
            if files.iter().any(|file| self.mode(*file) == Mode::Absent) {
                continue;
            }
            read(self, &reading, &mut contents, &mut notes);
            // The first file says what there is; what is lost of the others is only a part of it.
            if !files.first().is_some_and(|file| notes.blurred.contains(file)) {
                contents.complete.push(kind);
            }
        }
        contents.unreadable = notes.kept;
        Ok(contents)
    }

    const fn files_of_persons(&self) -> &'static [File] {
        match self.version {
            OneRosterVersion::V1p1 => &[File::Users],
            OneRosterVersion::V1p2 => &[File::Users, File::Roles],
        }
    }

    fn organisations(&self, _: &Reading<'_>, contents: &mut Contents, notes: &mut Notes) {
        let in_cycle = in_cycle(self.orgs.keys(), |id| self.orgs.get(id).and_then(|it| it.organisation.parent));
        for (id, org) in &self.orgs {
            let mut found = Vec::new();
            let mut fields = Fields::of(RecordKind::Organisation, *id, &mut found);
            let mut organisation = org.organisation.clone();
            if in_cycle.contains(id) {
                organisation.parent = None;
                fields.warn("oneroster.organisation_cycle", "the organisation is below itself; its parent is left out");
            }
            if organisation.parent.is_some_and(|parent| !self.orgs.contains_key(&parent)) {
                organisation.parent = None;
                fields.warn("oneroster.reference_unknown", "the parent is not among the organisations");
            }
            notes.add(File::Orgs, found);
            contents.records.push(Record::Organisation(organisation));
        }
    }

    fn persons(&self, reading: &Reading<'_>, contents: &mut Contents, notes: &mut Notes) {
        let mut roles: BTreeMap<Id, Vec<_>> = BTreeMap::new();
        for (person, role) in self.roles.values() {
            if self.users.contains_key(person) {
                roles.entry(*person).or_default().push(role.clone());
            } else {
                unknown(RecordKind::Person, File::Roles, "the user of a role is not among the users", notes);
            }
        }
        let above = self.above();
        for (id, user) in &self.users {
            let mut found = Vec::new();
            let mut user = user.clone();
            user.roles.extend(roles.remove(id).unwrap_or_default());
            user.roles.sort_unstable();
            user.roles.dedup();
            let mut fields = Fields::of(RecordKind::Person, *id, &mut found);
            let person = mapping::person(user, &above, reading, &mut fields);
            notes.add(File::Users, found);
            contents.records.push(Record::Person(person));
        }
    }

    /// Where no role counts: organisations that are no schools, and such as are not there.
    fn above(&self) -> Above {
        let mut above: Above = self.orgs.values().filter(|it| !it.is_school).map(|it| it.organisation.id).collect();
        if self.mode(File::Orgs) != Mode::Absent {
            let named = self.users.values().flat_map(|it| &it.roles).chain(self.roles.values().map(|(_, role)| role));
            above.extend(named.map(|role| role.org).filter(|org| !self.orgs.contains_key(org)));
        }
        above
    }

    fn groups(&self, _: &Reading<'_>, contents: &mut Contents, notes: &mut Notes) {
        let mut members = self.members(notes);
        for (id, class) in &self.classes {
            let mut found = Vec::new();
            let mut fields = Fields::of(RecordKind::Group, *id, &mut found);
            let here = members.remove(id).unwrap_or_default();
            match mapping::group(class.clone(), |term| self.sessions.get(&term).copied(), here, &mut fields) {
                Ok(group) => contents.records.push(Record::Group(group)),
                Err(lost) => fields.lost(lost),
            }
            notes.add(File::Classes, found);
        }
    }

    fn members(&self, notes: &mut Notes) -> BTreeMap<Id, Vec<Membership>> {
        let mut members: BTreeMap<Id, Vec<Membership>> = BTreeMap::new();
        let persons = self.mode(File::Users) != Mode::Absent;
        for enrollment in self.enrollments.values() {
            let class = enrollment.class.filter(|class| self.classes.contains_key(class));
            let Some(class) = class else {
                unknown(
                    RecordKind::Group,
                    File::Enrollments,
                    "the class of an enrollment is not among the classes",
                    notes,
                );
                continue;
            };
            if persons && !self.users.contains_key(&enrollment.person) {
                unknown(
                    RecordKind::Group,
                    File::Enrollments,
                    "the user of an enrollment is not among the users",
                    notes,
                );
                continue;
            }
            members.entry(class).or_default().extend(mapping::membership(enrollment));
        }
        members
    }
}

fn unknown(kind: RecordKind, file: File, reason: &str, notes: &mut Notes) {
    let code = "oneroster.reference_unknown".to_owned();
    notes.add(file, vec![Unreadable { kind, id: None, code, reason: reason.to_owned(), lost: false }]);
}
