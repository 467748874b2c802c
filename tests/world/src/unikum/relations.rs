//! Relations: who is what in what, added and removed (help page 80000377940).

use super::rows::Row;
use super::state::UnikumState;

/// What a relation leads from or to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Person,
    Class,
    School,
    /// What no file brings, such as the municipality.
    Beyond,
}

/// Every type of relation with what it leads from and to.
const TYPES: [(&str, End, End); 10] = [
    ("school_in_org", End::School, End::Beyond),
    ("class_in_school", End::Class, End::School),
    ("student_in_school", End::Person, End::School),
    ("staff_in_school", End::Person, End::School),
    ("student_in_class", End::Person, End::Class),
    ("teacher_in_class", End::Person, End::Class),
    ("mentor_for", End::Person, End::Person),
    ("guardian_for", End::Person, End::Person),
    ("external_user_in_school", End::Person, End::School),
    ("administrator_for", End::Person, End::Beyond),
];

/// A relation that a row adds or removes.
pub(super) struct Relation<'f> {
    pub(super) adds: bool,
    pub(super) kind: &'static str,
    ends: [(End, &'f str); 2],
}

/// Reads a relation's row, or says what is wrong with it.
pub(super) fn read<'f>(row: &Row<'f>, columns: &[&str]) -> Result<Relation<'f>, String> {
    if row.cells.len() != columns.len() {
        return Err(format!("{} columns instead of {}", row.cells.len(), columns.len()));
    }
    let text = |wanted: &str| {
        let cell = columns.iter().position(|it| *it == wanted).and_then(|it| row.cells.get(it).copied());
        cell.filter(|it| !it.is_empty()).ok_or_else(|| format!("no {wanted}"))
    };
    let adds = match text("operation")? {
        "add" => true,
        "remove" => false,
        _ => return Err("an operation that is neither add nor remove".to_owned()),
    };
    let kind = text("type")?;
    let known = TYPES.into_iter().find(|(word, _, _)| *word == kind);
    let (kind, from, to) = known.ok_or("a type of relation that does not exist")?;
    Ok(Relation { adds, kind, ends: [(from, text("from")?), (to, text("to")?)] })
}

impl<'f> Relation<'f> {
    /// What it is, whether added or removed.
    pub(super) fn key(&self) -> (&'static str, &'f str, &'f str) {
        let [(_, from), (_, to)] = self.ends;
        (self.kind, from, to)
    }

    /// Whom it is about.
    pub(super) fn persons(&self) -> impl Iterator<Item = &'f str> {
        self.ends.into_iter().filter(|(end, _)| *end == End::Person).map(|(_, id)| id)
    }

    /// What it needs and nobody brought.
    pub(super) fn fault(&self, state: &UnikumState) -> Option<&'static str> {
        let is_there = |(end, id): (End, &str)| match end {
            End::Person => state.persons.contains_key(id),
            End::Class => state.classes.contains_key(id),
            End::School => state.schools.contains_key(id),
            End::Beyond => true,
        };
        let [from, to] = self.ends;
        match (is_there(from), is_there(to)) {
            (true, true) => None,
            (false, true) => Some("leads from what no pair has brought"),
            (true, false) => Some("leads to what no pair has brought"),
            (false, false) => Some("leads from and to what no pair has brought"),
        }
    }
}
