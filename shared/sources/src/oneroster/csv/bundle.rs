//! The files of one zip, read; and later ones put on top of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use jiff::civil::Date;
use roster::{Id, RecordKind, Validity};

use super::archive::{Archive, Bounds};
use super::manifest::{File, Manifest, Mode};
use super::notes::Notes;
use super::table::{Row, Table};
use super::{CsvProblem, rows};
use crate::lenient::{Field, Text};
use crate::oneroster::config::OneRosterVersion;
use crate::oneroster::conventions::Conventions;
use crate::oneroster::mapping::{
    self, Class, Enrollment, Fields, Lost, Org, Reading, RoleAt, Status, User, is_usable, status_of,
};

/// What the files of one zip, or of several, say.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub(super) version: OneRosterVersion,
    pub(super) modes: BTreeMap<File, Mode>,
    pub(super) orgs: BTreeMap<Id, Org>,
    pub(super) sessions: BTreeMap<Id, Validity>,
    pub(super) users: BTreeMap<Id, User>,
    /// Whose, and what.
    pub(super) roles: BTreeMap<Id, (Id, RoleAt)>,
    pub(super) classes: BTreeMap<Id, Class>,
    pub(super) enrollments: BTreeMap<Id, Enrollment>,
    /// What is marked as gone, by file.
    gone: BTreeMap<File, BTreeSet<Id>>,
    pub(super) notes: Notes,
}

impl Bundle {
    /// Reads a zip. `today` is the date in Sweden: it settles the century of ten-digit personal numbers.
    ///
    /// # Errors
    /// [`CsvProblem`]; nothing of a zip that cannot be read whole is read.
    pub fn read<R: Read + Seek>(
        zip: R,
        bounds: Bounds,
        conventions: &Conventions,
        today: Date,
    ) -> Result<Self, CsvProblem> {
        let mut archive = Archive::open(zip, bounds)?;
        let missing = |name: &str| CsvProblem::new("oneroster.file_missing", format!("there is no {name}.csv"));
        let manifest = Manifest::read(&archive.file("manifest.csv")?.ok_or_else(|| missing("manifest"))?)?;
        let mut bundle = Self::empty(manifest);
        let reading = Reading { conventions, today };
        for file in File::ALL {
            if bundle.mode(file) == Mode::Absent {
                continue;
            }
            let bytes = archive.file(&format!("{}.csv", file.name()))?.ok_or_else(|| missing(file.name()))?;
            bundle.take(file, &bytes, &reading)?;
        }
        Ok(bundle)
    }

    fn empty(Manifest { version, modes }: Manifest) -> Self {
        Self {
            version,
            modes,
            orgs: BTreeMap::new(),
            sessions: BTreeMap::new(),
            users: BTreeMap::new(),
            roles: BTreeMap::new(),
            classes: BTreeMap::new(),
            enrollments: BTreeMap::new(),
            gone: BTreeMap::new(),
            notes: Notes::default(),
        }
    }

    /// What is known of a file.
    #[must_use]
    pub fn mode(&self, file: File) -> Mode {
        self.modes.get(&file).copied().unwrap_or_default()
    }

    fn take(&mut self, file: File, bytes: &[u8], reading: &Reading<'_>) -> Result<(), CsvProblem> {
        let table = Table::read(file.name(), bytes, rows::required(file, self.version))?;
        table.each(|row| {
            let mut notes = Vec::new();
            let mut fields = Fields::new(kind(file), &mut notes);
            let read = row.ok_or_else(broken_row).and_then(|row| self.row(file, row, &mut fields, reading));
            match read {
                Ok(()) => {}
                // A part of a record costs a warning, the record itself more.
                Err(lost) if is_part(file) => fields.warn(lost.code, lost.reason),
                Err(lost) => fields.lost(lost),
            }
            self.notes.add(file, notes);
        })
    }

    fn row(&mut self, file: File, row: Row<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<(), Lost> {
        match file {
            File::Sessions => {
                let (id, status, when) = mapping::session(&rows::session(row), fields, reading)?;
                self.keep(file, id, status, |it| &mut it.sessions, when, fields)
            }
            File::Orgs => {
                let org = mapping::org(rows::org(row), fields, reading)?;
                self.keep(file, org.organisation.id, org.status, |it| &mut it.orgs, org, fields)
            }
            File::Users => {
                let user = mapping::user(rows::user(row, self.version), fields, reading)?;
                self.keep(file, user.person.id, user.status, |it| &mut it.users, user, fields)
            }
            File::Classes => {
                let class = mapping::class(rows::class(row), fields, reading)?;
                self.keep(file, class.group.id, class.status, |it| &mut it.classes, class, fields)
            }
            File::Roles => self.role(row, fields, reading),
            File::Enrollments => {
                let wire = rows::enrollment(row);
                let id = part_identity(file, &wire.sourced_id)?;
                let status = status_of(&wire.status).unwrap_or(Status::Here);
                if status == Status::Gone {
                    self.gone.entry(file).or_default().insert(id);
                    return Ok(());
                }
                let enrollment = mapping::enrollment(wire, fields, reading)?;
                self.keep(file, id, status, |it| &mut it.enrollments, enrollment, fields)
            }
        }
    }

    fn role(&mut self, row: Row<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<(), Lost> {
        let id = part_identity(File::Roles, &row.field("sourcedId"))?;
        if status_of(&row.field("status")) == Some(Status::Gone) {
            self.gone.entry(File::Roles).or_default().insert(id);
            return Ok(());
        }
        let user = row.text("userSourcedId").filter(|text| is_usable(text));
        let user = mapping::identity(RecordKind::Person, user.ok_or_else(|| Lost::field("userSourcedId"))?);
        let Some(role) = mapping::role_at(rows::role(row), fields, reading) else { return Ok(()) };
        self.keep(File::Roles, id, Status::Here, |it| &mut it.roles, (user, role), fields)
    }

    /// Keeps a row. The first of two with the same identity stays; unless they are alike, something is wrong.
    fn keep<T: PartialEq>(
        &mut self,
        file: File,
        id: Id,
        status: Status,
        table: impl FnOnce(&mut Self) -> &mut BTreeMap<Id, T>,
        value: T,
        fields: &mut Fields<'_>,
    ) -> Result<(), Lost> {
        if status == Status::Gone {
            self.gone.entry(file).or_default().insert(id);
            return Ok(());
        }
        match table(self).entry(id) {
            std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(value)),
            std::collections::btree_map::Entry::Occupied(entry) if *entry.get() == value => {}
            std::collections::btree_map::Entry::Occupied(_) => {
                fields.warn("oneroster.duplicate_id", "two rows have the same sourcedId; the first one is taken");
            }
        }
        Ok(())
    }

    /// Puts a later zip on top: what it has in bulk replaces, what it has as delta adds, alters and takes away.
    ///
    /// # Errors
    /// `oneroster.base_needed` when it alters what is not known, `oneroster.version_changed`; the bundle is as it was.
    pub fn apply(&mut self, later: Self) -> Result<(), CsvProblem> {
        if later.version != self.version {
            let why = "a later zip is of another edition; a bulk of all files is needed";
            return Err(CsvProblem::new("oneroster.version_changed", why));
        }
        let needed = |file: &File| later.mode(*file) == Mode::Delta && self.mode(*file) == Mode::Absent;
        if let Some(file) = File::ALL.into_iter().find(needed) {
            return Err(base_needed(file));
        }
        let Self { modes, orgs, sessions, users, roles, classes, enrollments, gone, notes, .. } = later;
        let none = BTreeSet::new();
        for (file, mode) in &modes {
            let gone = gone.get(file).unwrap_or(&none);
            let change = Change { mode: *mode, gone };
            match file {
                File::Sessions => change.make(&mut self.sessions, &sessions),
                File::Orgs => change.make(&mut self.orgs, &orgs),
                File::Users => change.make(&mut self.users, &users),
                File::Roles => change.make(&mut self.roles, &roles),
                File::Classes => change.make(&mut self.classes, &classes),
                File::Enrollments => change.make(&mut self.enrollments, &enrollments),
            }
            if *mode == Mode::Bulk {
                self.modes.insert(*file, Mode::Bulk);
                self.notes.blurred.remove(file);
            }
        }
        self.notes.blurred.extend(&notes.blurred);
        for note in notes.kept {
            let file = file_of(note.kind);
            self.notes.add(file, vec![note]);
        }
        Ok(())
    }
}

/// What a later file does to an earlier one.
struct Change<'g> {
    mode: Mode,
    gone: &'g BTreeSet<Id>,
}

impl Change<'_> {
    fn make<T: Clone>(&self, table: &mut BTreeMap<Id, T>, later: &BTreeMap<Id, T>) {
        match self.mode {
            Mode::Absent => return,
            Mode::Bulk => table.clear(),
            Mode::Delta => table.retain(|id, _| !self.gone.contains(id)),
        }
        table.extend(later.iter().map(|(id, value)| (*id, value.clone())));
    }
}

pub(super) fn base_needed(file: File) -> CsvProblem {
    let why = format!("{}.csv has only what changed, and what it changes is not known", file.name());
    CsvProblem::new("oneroster.base_needed", why)
}

fn broken_row() -> Lost {
    let reason = "a row is not as long as the header, or has a line break in a cell".to_owned();
    Lost { code: "oneroster.row_unreadable", reason }
}

/// The identity of a row that is no record, within its file.
fn part_identity(file: File, sourced_id: &Field<Text<'_>>) -> Result<Id, Lost> {
    match sourced_id {
        Field::Read(text) if is_usable(&text.0) => Ok(Id::from_source(&format!("oneroster/{}", file.name()), &text.0)),
        _ => Err(Lost::field("sourcedId")),
    }
}

/// The kind of record that a file's rows become, or are a part of.
pub(super) const fn kind(file: File) -> RecordKind {
    match file {
        File::Orgs => RecordKind::Organisation,
        File::Users | File::Roles => RecordKind::Person,
        File::Sessions | File::Classes | File::Enrollments => RecordKind::Group,
    }
}

/// Whether a file's rows are parts of records that other files have.
const fn is_part(file: File) -> bool {
    matches!(file, File::Sessions | File::Roles | File::Enrollments)
}

const fn file_of(kind: RecordKind) -> File {
    match kind {
        RecordKind::Organisation => File::Orgs,
        RecordKind::Person => File::Users,
        _ => File::Classes,
    }
}
