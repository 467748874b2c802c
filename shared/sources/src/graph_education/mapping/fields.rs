//! Reading one object's fields, and writing down what could not be read.

use roster::{Id, RecordKind, Validity};

use crate::Unreadable;
use crate::lenient::{Field, NoDate, Text};

/// Why an object is left out.
#[derive(Debug)]
pub(super) struct Lost {
    code: &'static str,
    reason: String,
}

impl Lost {
    pub(super) fn object() -> Self {
        Self { code: UNREADABLE, reason: "it is no object as Graph describes it".to_owned() }
    }

    pub(super) fn field(name: &str) -> Self {
        let reason = format!("{name} is missing or cannot be read, and the object is nothing without it");
        Self { code: UNREADABLE, reason }
    }

    pub(super) fn not_found() -> Self {
        let reason = "it was told of a moment ago and is not found now; it stays as it was".to_owned();
        Self { code: "graph_education.not_found", reason }
    }

    fn end_date() -> Self {
        let reason = "term.endDate is not a date; without it this would be valid for ever".to_owned();
        Self { code: "graph_education.end_date_unreadable", reason }
    }
}

const UNREADABLE: &str = "graph_education.record_unreadable";

/// One object's fields.
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

    /// The same, of an object whose identity is known.
    pub(super) const fn of(kind: RecordKind, id: Id, notes: &'n mut Vec<Unreadable>) -> Self {
        Self { kind, id: Some(id), notes }
    }

    /// The object as a whole is left out.
    pub(super) fn lost(&mut self, lost: Lost) {
        self.write(lost.code, lost.reason, true);
    }

    /// Something about the object deserves a warning.
    pub(super) fn warn(&mut self, code: &str, reason: &str) {
        self.write(code, reason.to_owned(), false);
    }

    fn write(&mut self, code: &str, reason: String, lost: bool) {
        // Only a UUID: what stands in its place could be anything.
        let id = self.id.map(|id| id.to_string());
        self.notes.push(Unreadable { kind: self.kind, id, code: code.to_owned(), reason, lost });
    }

    pub(super) fn unreadable(&mut self, name: &str) {
        self.warn("graph_education.field_unreadable", &format!("{name} cannot be read and is left out"));
    }

    /// The object's own identity: always a UUID in the directory.
    pub(super) fn identity(&mut self, id: Field<Text<'_>>) -> Result<Id, Lost> {
        self.id = id.read().and_then(|text| text.0.parse().ok());
        self.id.ok_or_else(|| Lost::field("id"))
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

    /// Text that an object should have; empty, with a warning, when it is not there.
    pub(super) fn required_text(&mut self, name: &str, field: Field<Text<'_>>) -> String {
        let absent = field == Field::Absent;
        let text = self.text(name, field);
        if absent {
            self.warn("graph_education.field_missing", &format!("{name} is missing"));
        }
        text.unwrap_or_default()
    }

    /// A mark that decides about the whole object: one that cannot be read is neither yes nor no.
    pub(super) fn is_removed<T>(&self, mark: &Field<T>) -> Result<bool, Lost> {
        match mark {
            Field::Absent => Ok(false),
            Field::Read(_) => Ok(true),
            Field::Unreadable => Err(Lost::field("@removed")),
        }
    }

    /// The period of a term.
    pub(super) fn period(&mut self, start: Field<Text<'_>>, end: Field<Text<'_>>) -> Result<Validity, Lost> {
        let end = end.date().map_err(|NoDate| Lost::end_date())?;
        let start = start.date().unwrap_or_else(|NoDate| {
            self.unreadable("term.startDate");
            None
        });
        Ok(Validity::new(start, end))
    }
}
