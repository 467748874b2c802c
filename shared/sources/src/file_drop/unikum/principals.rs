//! Objects: persons, groups and schools, told apart by the last column.

use roster::{
    CivicNumber, Email, Id, Organisation, OrganisationType, Person, PersonStatus, Personal, RecordKind, Validity,
};

use super::register::{Class, Pupil, Register};
use crate::file_drop::identity::Named;
use crate::file_drop::rows::Row;

/// Columns of a person, a group and a school, with that of the row's type.
const WIDTHS: [(&str, usize); 3] = [("user", 19), ("class", 7), ("school", 15)];

/// Pupils are in school year 0 (förskoleklass) to 10.
const LAST_SCHOOL_YEAR: u8 = 10;

impl Register {
    /// Takes in an object. What was known of it is overwritten.
    pub(super) fn principal(&mut self, row: Row<'_>, at: &str) {
        let kind = row.cell(row.len().saturating_sub(1)).unwrap_or_default();
        let known = WIDTHS.iter().find(|(word, width)| word.eq_ignore_ascii_case(kind) && row.len() == *width);
        match known {
            Some(("user", _)) => self.user(row, at),
            Some(("class", _)) => self.class(row, at),
            Some(_) => self.school(row, at),
            None => self.broken(&format!("{at}: neither a user of 19 columns, a class of 7 nor a school of 15")),
        }
    }

    /// A row that nothing is known of, not even what it is about.
    pub(super) fn broken(&mut self, reason: &str) {
        self.unreadable += 1;
        for kind in [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Duty] {
            self.notes.lose(kind, None, "file_drop.row_unreadable", reason);
        }
    }

    fn user(&mut self, row: Row<'_>, at: &str) {
        let text = |column: usize| row.cell(column - 1);
        let Some(native) = text(4) else {
            let reason = format!("{at}, column 4: missing or unreadable");
            return self.notes.lose(RecordKind::Person, None, "file_drop.record_unreadable", &reason);
        };
        let (id, civic_number) = self.person_id(native);
        for column in [1, 2].into_iter().filter(|column| text(*column).is_none()) {
            let reason = format!("{at}, column {column}: empty");
            self.notes.warn(RecordKind::Person, Some(id), "file_drop.field_missing", &reason);
        }
        let civic_number = civic_number.map(|(number, warning)| {
            if let Some(warning) = warning {
                let reason = format!("{at}, column 4: it is kept as it is, but {warning}");
                self.notes.warn(RecordKind::Person, Some(id), warning.code(), &reason);
            }
            number
        });
        let email = text(3).and_then(Personal::filled).map(|address| Email { address, kind: String::new() });
        let person = Person {
            id,
            given_name: Personal::new(text(1).unwrap_or_default().to_owned()),
            family_name: Personal::new(text(2).unwrap_or_default().to_owned()),
            principal_names: Vec::new(),
            emails: email.into_iter().collect(),
            civic_number,
            security_marking: None,
            status: PersonStatus::Active,
            enrolments: Vec::new(),
            duties: Vec::new(),
            login_identity: None,
            external_ids: Vec::new(),
        };
        let school_year = text(16).and_then(|year| match year {
            "F" | "f" => Some(0),
            year => year.parse().ok().filter(|year| *year <= LAST_SCHOOL_YEAR),
        });
        self.persons.insert(id, Pupil { person, school_year });
    }

    fn class(&mut self, row: Row<'_>, at: &str) {
        let Some(native) = row.cell(0) else {
            let reason = format!("{at}, column 1: missing or unreadable");
            return self.notes.lose(RecordKind::Group, None, "file_drop.record_unreadable", &reason);
        };
        let id = Named::Group.identity(native);
        let name = row.cell(1).unwrap_or_default().to_owned();
        self.classes.insert(id, Class { name, school_type: row.cell(2).map(school_type) });
    }

    fn school(&mut self, row: Row<'_>, at: &str) {
        let Some(native) = row.cell(0) else {
            let reason = format!("{at}, column 1: missing or unreadable");
            return self.notes.lose(RecordKind::Organisation, None, "file_drop.record_unreadable", &reason);
        };
        let id = Named::Organisation.identity(native);
        let is_code = |code: &&str| code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit());
        let organisation = Organisation {
            id,
            name: row.cell(2).unwrap_or_default().to_owned(),
            kind: OrganisationType::SchoolUnit,
            parent: None,
            school_unit_code: row.cell(1).filter(is_code).map(str::to_owned),
            school_types: row.cell(3).map(school_type).into_iter().collect(),
            municipality_code: None,
            organisation_number: None,
            validity: Validity::ALWAYS,
        };
        self.schools.insert(id, organisation);
    }

    /// A person's identity, with or without hyphen, and the personal number that it is.
    pub(super) fn person_id(&self, native: &str) -> (Id, Option<Read>) {
        let read = CivicNumber::read(native, self.today);
        let canonical = read.as_ref().map_or(native, |(number, _)| number.value().as_str());
        (Named::Person.identity(canonical), read)
    }
}

type Read = (CivicNumber, Option<roster::civic_number::CivicNumberWarning>);

/// SS 12000's code of a dotted school type; an unknown one is kept as it came.
fn school_type(text: &str) -> String {
    let code = match text.to_lowercase().as_str() {
        "se.forskoleverksamhet.forskola" => "FS",
        "se.grundskoleutbildning.grundskola" => "GR",
        "se.grundskoleutbildning.sarskola.grundsarskola" => "GRS",
        "se.gymnasieutbildning.gymnasieskola" => "GY",
        "se.vuxenutbildning" => "VUX",
        _ => text,
    };
    code.to_owned()
}
