//! Reading one object's fields, and writing down what could not be read.

use jiff::ToSpan;
use roster::{Id, RecordKind, Validity};

use super::{Status, identity};
use crate::Unreadable;
use crate::lenient::{Field, List, NoDate, Text};
use crate::oneroster::conventions::EndDates;
use crate::oneroster::wire::Guid;

/// The longest identifier, in bytes; the standard allows 255 characters [OneRoster 1.1 §4.13.10].
pub(crate) const MAX_SOURCED_ID: usize = 512;

/// Why an object, or a part of one, is left out.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Lost {
    pub(crate) fn record() -> Self {
        let reason = "the record is not an object as the standard describes it".to_owned();
        Self { code: "oneroster.record_unreadable", reason }
    }

    pub(crate) fn field(name: &str) -> Self {
        let reason = format!("{name} is missing or cannot be read, and the record is nothing without it");
        Self { code: "oneroster.record_unreadable", reason }
    }

    fn end_date() -> Self {
        let reason = "the end is not a date; without it this would be valid for ever".to_owned();
        Self { code: "oneroster.end_date_unreadable", reason }
    }
}

/// One object's fields.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    kind: RecordKind,
    id: Option<Id>,
    notes: &'n mut Vec<Unreadable>,
}

impl<'n> Fields<'n> {
    pub(crate) const fn new(kind: RecordKind, notes: &'n mut Vec<Unreadable>) -> Self {
        Self { kind, id: None, notes }
    }

    /// The same, of a record that is known already.
    pub(crate) const fn of(kind: RecordKind, id: Id, notes: &'n mut Vec<Unreadable>) -> Self {
        Self { kind, id: Some(id), notes }
    }

    /// The record as a whole is left out.
    pub(crate) fn lost(&mut self, lost: Lost) {
        self.write(lost.code, lost.reason, true);
    }

    /// Something about the record deserves a warning.
    pub(crate) fn warn(&mut self, code: &str, reason: impl Into<String>) {
        self.write(code, reason.into(), false);
    }

    fn write(&mut self, code: &str, reason: String, lost: bool) {
        // Only the identity in the roster: what stands as `sourcedId` could be a personal number.
        let id = self.id.map(|id| id.to_string());
        self.notes.push(Unreadable { kind: self.kind, id, code: code.to_owned(), reason, lost });
    }

    /// A field is left out.
    pub(crate) fn unreadable(&mut self, name: &str) {
        self.warn("oneroster.field_unreadable", format!("{name} cannot be read and is left out"));
    }

    /// The object's own identity.
    pub(crate) fn identity(&mut self, sourced_id: &Field<Text<'_>>) -> Result<Id, Lost> {
        let native = match sourced_id {
            Field::Read(text) => text.filled().filter(|text| is_usable(text)),
            Field::Absent | Field::Unreadable => None,
        };
        self.id = native.map(|native| identity(self.kind, native));
        self.id.ok_or_else(|| Lost::field("sourcedId"))
    }

    /// Whether the object is there. A word that is not known takes nothing away.
    pub(crate) fn status(&mut self, status: &Field<Text<'_>>) -> Status {
        status_of(status).unwrap_or_else(|| {
            self.warn("oneroster.status_unknown", "status is neither active nor tobedeleted; taken as active");
            Status::Here
        })
    }

    /// Text; `None` when absent, blank or unreadable.
    pub(crate) fn text(&mut self, name: &str, field: Field<Text<'_>>) -> Option<String> {
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
    pub(crate) fn required_text(&mut self, name: &str, field: Field<Text<'_>>) -> String {
        let unreadable = field == Field::Unreadable;
        let text = self.text(name, field);
        if text.is_none() && !unreadable {
            self.missing(name);
        }
        text.unwrap_or_default()
    }

    /// A field that the standard requires is not there.
    pub(crate) fn missing(&mut self, name: &str) {
        self.warn("oneroster.field_missing", format!("{name} is required by the standard and missing"));
    }

    /// A reference that may be missing.
    pub(crate) fn reference(&mut self, name: &str, kind: RecordKind, field: &Field<Guid<'_>>) -> Option<Id> {
        if *field == Field::Absent {
            return None;
        }
        let id = referred(field).map(|native| identity(kind, native));
        if id.is_none() {
            self.unreadable(name);
        }
        id
    }

    /// The readable elements of a list that may be left out.
    pub(crate) fn list<T>(&mut self, name: &str, field: Field<List<T>>) -> Vec<T> {
        self.deciding_list(name, field).unwrap_or_else(|_| {
            self.unreadable(name);
            Vec::new()
        })
    }

    /// The readable elements of a list that decides who belongs where: it must not become empty by mistake.
    pub(crate) fn deciding_list<T>(&mut self, name: &str, field: Field<List<T>>) -> Result<Vec<T>, Lost> {
        let list = match field {
            Field::Absent => return Ok(Vec::new()),
            Field::Read(list) => list,
            Field::Unreadable => return Err(Lost::field(name)),
        };
        let mut read = Vec::with_capacity(list.len());
        for element in list {
            match element {
                Field::Read(value) => read.push(value),
                Field::Absent => {}
                Field::Unreadable => self.unreadable(name),
            }
        }
        Ok(read)
    }

    /// The period of the object.
    pub(crate) fn period(
        &mut self,
        start: &Field<Text<'_>>,
        end: &Field<Text<'_>>,
        ends: EndDates,
    ) -> Result<Validity, Lost> {
        let end = end.date().map_err(|NoDate| Lost::end_date())?;
        let end = match (end, ends) {
            (Some(day), EndDates::Exclusive) => Some(day.checked_sub(1.day()).map_err(|_| Lost::end_date())?),
            (end, _) => end,
        };
        let start = start.date().unwrap_or_else(|NoDate| {
            self.unreadable("the first day");
            None
        });
        Ok(Validity::new(start, end))
    }

    /// The period of a part of the record; without it the part is left out, with a warning.
    pub(crate) fn part_period(
        &mut self,
        part: &str,
        start: &Field<Text<'_>>,
        end: &Field<Text<'_>>,
        ends: EndDates,
    ) -> Option<Validity> {
        match self.period(start, end, ends) {
            Ok(validity) => Some(validity),
            Err(lost) => {
                self.warn(lost.code, format!("{part} is left out: {}", lost.reason));
                None
            }
        }
    }
}

/// `None`: a word that is not known.
pub(crate) fn status_of(status: &Field<Text<'_>>) -> Option<Status> {
    match status {
        Field::Absent => Some(Status::Here),
        Field::Unreadable => None,
        Field::Read(text) => match text.filled().unwrap_or("active").to_lowercase().as_str() {
            "active" => Some(Status::Here),
            "tobedeleted" | "inactive" => Some(Status::Gone),
            _ => None,
        },
    }
}

/// What a reference names, if it can be read.
pub(crate) fn referred<'g>(field: &'g Field<Guid<'_>>) -> Option<&'g str> {
    match field {
        Field::Read(guid) => Some(guid.0.trim()).filter(|text| is_usable(text)),
        Field::Absent | Field::Unreadable => None,
    }
}

/// Whether a text can be an identifier, and a segment of a path.
pub(crate) fn is_usable(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_SOURCED_ID && !matches!(text, "." | "..") && !text.contains(char::is_control)
}
