//! From a row to what it says.

mod statements;

use jiff::civil::Date;
use jiff::fmt::strtime;
use roster::{Id, RecordKind, Validity};

use super::assembly::{Assembly, TooMany};
use super::identity::Named;
use super::plan::{Cells, Plan, PlannedMap};
use super::table::Entity;
use crate::lenient::{NoDate, day};

/// The longest identifier that is believed to be one, in bytes.
const LONGEST_IDENTIFIER: usize = 256;

/// Pupils are in school year 0 (förskoleklass) to 10.
const LAST_SCHOOL_YEAR: u8 = 10;

/// The year that stands for "for ever".
const FOR_EVER: i16 = 9_999;

/// What is counted in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Line,
    Element,
}

/// How rows are understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'s> {
    /// The date in Sweden: it settles the century of ten-digit personal numbers.
    pub(super) today: Date,
    /// How dates are written beside `YYYY-MM-DD` and `YYYYMMDD`.
    pub(super) dates: &'s [String],
    /// Within what persons' identifiers that are no UUIDs are unique.
    pub(super) persons: &'s str,
}

/// A row, and where it stands.
pub(super) struct Entry<'e> {
    pub(super) map: &'e PlannedMap,
    pub(super) cells: &'e dyn Cells,
    pub(super) reading: Reading<'e>,
    pub(super) at: At<'e>,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'e> {
    /// The file as it may be shown.
    pub(super) file: &'e str,
    /// The line or element, from 1.
    pub(super) line: u64,
    pub(super) unit: Unit,
}

/// Adds all that a row says. Gives whether some of it could not be read.
pub(super) fn take_row(
    plan: &Plan,
    cells: &dyn Cells,
    reading: Reading<'_>,
    at: At<'_>,
    into: &mut Assembly,
) -> Result<bool, TooMany> {
    let mut lost = false;
    let tells_records = plan.maps.iter().any(|map| is_record(map.entity));
    for map in plan.maps.iter().filter(|map| map.concerns(cells)) {
        let entry = Entry { map, cells, reading, at };
        // A pupil without a class, in a row that would say it too.
        if plan.maps.len() > 1 && entry.names_nothing() {
            continue;
        }
        // A row that gives a record is read, even if some part of it is not.
        let counts = is_record(map.entity) || !tells_records;
        lost |= !entry.take(into)? && counts;
    }
    Ok(lost)
}

/// A record is nothing without this field.
struct Lost(&'static str);

/// The kind of record that a row's word becomes, or is a part of.
pub(super) const fn kind(entity: Entity) -> RecordKind {
    match entity {
        Entity::Organisation => RecordKind::Organisation,
        Entity::Person | Entity::Enrolment => RecordKind::Person,
        Entity::Duty => RecordKind::Duty,
        Entity::Group | Entity::Term | Entity::Membership => RecordKind::Group,
    }
}

/// Whether a row's word is a record by itself, not a part of one.
pub(super) const fn is_record(entity: Entity) -> bool {
    matches!(entity, Entity::Organisation | Entity::Person | Entity::Group | Entity::Duty)
}

impl Entry<'_> {
    /// Whether the row has nothing where it would name what the map is about.
    fn names_nothing(&self) -> bool {
        let field = match self.map.entity {
            Entity::Person => return false,
            Entity::Organisation | Entity::Term | Entity::Group => "id",
            Entity::Enrolment => "school_unit",
            Entity::Duty => "organisation",
            Entity::Membership => "group",
        };
        self.text(field).is_none()
    }

    /// Adds what the row says. Gives whether it could be read.
    fn take(&self, into: &mut Assembly) -> Result<bool, TooMany> {
        into.count()?;
        let taken = match self.map.entity {
            Entity::Organisation => self.organisation(into),
            Entity::Term => self.term(into),
            Entity::Person => self.person(into),
            Entity::Enrolment => self.enrolment(into),
            Entity::Duty => self.duty(into),
            Entity::Group => self.group(into),
            Entity::Membership => self.membership(into),
        };
        let read = taken.is_ok();
        if let Err(Lost(field)) = taken {
            let (entity, kind) = (self.map.entity, kind(self.map.entity));
            let dated = matches!(field, "start" | "end");
            let code = if dated { "file_drop.end_date_unreadable" } else { "file_drop.record_unreadable" };
            let why = if dated { "no date; it is not taken as endless" } else { "missing or unreadable" };
            let id = self.id_of(entity);
            let reason = self.place(field, why);
            if is_record(entity) {
                into.notes.lose(kind, id, code, &reason);
            } else {
                into.notes.warn(kind, id, code, &reason);
            }
        }
        Ok(read)
    }

    fn id_of(&self, entity: Entity) -> Option<Id> {
        let (named, field) = match entity {
            Entity::Organisation => (Named::Organisation, "id"),
            Entity::Person => (Named::Person, "id"),
            Entity::Group => (Named::Group, "id"),
            Entity::Membership => (Named::Group, "group"),
            Entity::Enrolment => (Named::Person, "person"),
            Entity::Duty | Entity::Term => return None,
        };
        self.id(named, field).ok()
    }

    fn place(&self, field: &str, why: &str) -> String {
        let At { file, line, unit } = self.at;
        match (unit, self.map.column(field)) {
            (Unit::Element, _) => format!("{file}, element {line} ({field}): {why}"),
            (Unit::Line, Some(column)) => format!("{file}, line {line}, column {column} ({field}): {why}"),
            (Unit::Line, None) => format!("{file}, line {line} ({field}): {why}"),
        }
    }

    fn warn(&self, into: &mut Assembly, id: Option<Id>, code: &str, field: &str, why: &str) {
        into.notes.warn(kind(self.map.entity), id, code, &self.place(field, why));
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.map.text(self.cells, field)
    }

    fn owned(&self, field: &str) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// An identifier as it is written.
    fn native(&self, field: &'static str) -> Result<&str, Lost> {
        self.text(field).filter(|text| text.len() <= LONGEST_IDENTIFIER).ok_or(Lost(field))
    }

    fn id(&self, named: Named, field: &'static str) -> Result<Id, Lost> {
        self.native(field).map(|native| match named {
            Named::Person => Id::from_source(self.reading.persons, native),
            Named::Organisation | Named::Group => named.identity(native),
        })
    }

    /// Text that a record should have; empty, with a warning, when it is not there. A second source never has it.
    fn expected(&self, into: &mut Assembly, id: Id, field: &str) -> String {
        self.owned(field).unwrap_or_else(|| {
            if self.map.column(field).is_none() {
                return String::new();
            }
            self.warn(into, Some(id), "file_drop.field_missing", field, "empty");
            String::new()
        })
    }

    fn date(&self, field: &str) -> Result<Option<Date>, NoDate> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let compact = || (text.len() == 8).then(|| strtime::parse("%Y%m%d", text).and_then(|it| it.to_date()).ok());
        let other =
            || self.reading.dates.iter().find_map(|form| strtime::parse(form, text).and_then(|it| it.to_date()).ok());
        day(text).ok().or_else(|| compact().flatten()).or_else(other).map(Some).ok_or(NoDate)
    }

    /// From `start` to `end`, both inclusive. A beginning that is no date is left out; without an end that is none, it
    /// would last for ever.
    fn period(&self, into: &mut Assembly, id: Option<Id>) -> Result<Validity, Lost> {
        let end = self.date("end").map_err(|NoDate| Lost("end"))?.filter(|end| end.year() < FOR_EVER);
        let start = self.date("start").unwrap_or_else(|NoDate| {
            self.warn(into, id, "file_drop.field_unreadable", "start", "no date; it is left out");
            None
        });
        Ok(Validity::new(start, end))
    }

    fn terms(&self) -> Vec<String> {
        list(self.text("terms"))
    }

    fn twice(&self, into: &mut Assembly, id: Option<Id>, alike: bool) {
        if !alike {
            let why = "an earlier row has the same identity and says otherwise; that one is taken";
            self.warn(into, id, "file_drop.duplicate_id", "id", why);
        }
    }
}

/// The identity of a duty, which files do not name.
pub(super) fn duty_id(person: Id, organisation: Id, role: &str) -> Id {
    Id::derived(&["file-drop/duty", &person.to_string(), &organisation.to_string(), role])
}

/// A list within a cell.
fn list(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split([',', '|']).map(str::trim);
    parts.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}
