//! Reading one record's fields, and writing down what could not be read.

use roster::{Id, RecordKind, Validity};

use crate::Unreadable;
use crate::lenient::{Field, List, NoDate, Reference, Text};

/// Why a record, or a part of one, is left out.
#[derive(Debug)]
pub(super) struct Lost {
    code: &'static str,
    reason: String,
}

impl Lost {
    /// The record is no object, or not readable as one.
    pub(super) fn record() -> Self {
        Self {
            code: "ss12000.record_unreadable",
            reason: "the record is not an object as the standard describes it".to_owned(),
        }
    }

    fn field(name: &str) -> Self {
        Self {
            code: "ss12000.record_unreadable",
            reason: format!("{name} is missing or cannot be read, and the record is nothing without it"),
        }
    }

    fn end_date() -> Self {
        Self {
            code: "ss12000.end_date_unreadable",
            reason: "endDate is not a date; without it this would be valid for ever".to_owned(),
        }
    }
}

/// One record's fields.
#[derive(Debug)]
pub(super) struct Fields<'n> {
    kind: RecordKind,
    id: Option<Id>,
    notes: &'n mut Vec<Unreadable>,
}

impl<'n> Fields<'n> {
    pub(super) const fn new(kind: RecordKind, notes: &'n mut Vec<Unreadable>) -> Self {
        Self { kind, id: None, notes }
    }

    /// The record as a whole is left out.
    pub(super) fn lost(&mut self, lost: Lost) {
        self.write(lost.code, lost.reason, true);
    }

    /// Something about the record deserves a warning.
    pub(super) fn warn(&mut self, code: &str, reason: String) {
        self.write(code, reason, false);
    }

    fn write(&mut self, code: &str, reason: String, lost: bool) {
        self.notes.push(Unreadable {
            kind: self.kind,
            // Only a UUID: what stands in its place could be a personal number.
            id: self.id.map(|id| id.to_string()),
            code: code.to_owned(),
            reason,
            lost,
        });
    }

    /// A field is left out.
    pub(super) fn unreadable(&mut self, name: &str) {
        self.warn("ss12000.field_unreadable", format!("{name} cannot be read and is left out"));
    }

    /// The record's own identity.
    pub(super) fn identity(&mut self, id: Field<Text<'_>>) -> Result<Id, Lost> {
        let id = id.read().and_then(|text| text.0.parse().ok());
        self.id = id;
        id.ok_or_else(|| Lost::field("id"))
    }

    /// Text; `None` when absent, blank or unreadable.
    pub(super) fn text(&mut self, name: &str, field: Field<Text<'_>>) -> Option<String> {
        match field {
            Field::Absent => None,
            Field::Read(text) => text.filled().map(str::to_owned),
            Field::Unreadable => {
                self.unreadable(name);
                None
            }
        }
    }

    /// Text that the standard requires; empty, with a warning, when it is not there.
    pub(super) fn required_text(&mut self, name: &str, field: Field<Text<'_>>) -> String {
        let absent = field == Field::Absent;
        let text = self.text(name, field);
        if absent {
            self.warn("ss12000.field_missing", format!("{name} is required by the standard and missing"));
        }
        text.unwrap_or_default()
    }

    /// A reference that may be missing.
    pub(super) fn reference(&mut self, name: &str, field: Field<Reference>) -> Option<Id> {
        match field {
            Field::Absent => None,
            Field::Read(Reference(Some(id))) => Some(id),
            Field::Read(Reference(None)) | Field::Unreadable => {
                self.unreadable(name);
                None
            }
        }
    }

    /// A reference that the record is nothing without.
    pub(super) fn required_reference(&self, name: &str, field: Field<Reference>) -> Result<Id, Lost> {
        field.read().and_then(|reference| reference.0).ok_or_else(|| Lost::field(name))
    }

    /// The readable elements of a list that may be left out.
    pub(super) fn list<T>(&mut self, name: &str, field: Field<List<T>>) -> Vec<T> {
        match field {
            Field::Absent => Vec::new(),
            Field::Read(list) => self.elements(name, list),
            Field::Unreadable => {
                self.unreadable(name);
                Vec::new()
            }
        }
    }

    /// The readable elements of a list that decides who belongs where: it must not become empty by mistake.
    pub(super) fn deciding_list<T>(&mut self, name: &str, field: Field<List<T>>) -> Result<Vec<T>, Lost> {
        match field {
            Field::Unreadable => Err(Lost::field(name)),
            readable => Ok(self.list(name, readable)),
        }
    }

    fn elements<T>(&mut self, name: &str, list: List<T>) -> Vec<T> {
        let mut read = Vec::with_capacity(list.len());
        for element in list {
            match element {
                Field::Read(value) => read.push(value),
                Field::Absent => {}
                Field::Unreadable => self.unreadable(name),
            }
        }
        read
    }

    /// The period of the record, or of a part of it.
    pub(super) fn period(&mut self, start: Field<Text<'_>>, end: Field<Text<'_>>) -> Result<Validity, Lost> {
        let end = end.date().map_err(|NoDate| Lost::end_date())?;
        let start = start.date().unwrap_or_else(|NoDate| {
            self.unreadable("startDate");
            None
        });
        Ok(Validity::new(start, end))
    }

    /// The period of a part of the record; without it the part is left out, with a warning.
    pub(super) fn part_period(&mut self, part: &str, start: Field<Text<'_>>, end: Field<Text<'_>>) -> Option<Validity> {
        match self.period(start, end) {
            Ok(validity) => Some(validity),
            Err(lost) => {
                self.warn(lost.code, format!("an element of {part} is left out: {}", lost.reason));
                None
            }
        }
    }
}
