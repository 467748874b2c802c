//! Targets that take tables: what an operation means is rows, and a package of them is a zip archive of CSV files.
//!
//! A row has an identity, by which a newer one takes the place of an older one, and one without cells says that it is gone.

mod adapter;
mod words;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use roster::Id;
use rules::object::{Body, DeliveredObject, ObjectKey, ObjectKind, Ties, WantedObject};
use rules::plan::Operation;
use rules::window::{Line, Turn};
use serde::{Deserialize, Serialize};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) use self::adapter::{Format, Packaged};
pub(crate) use self::words::{Period, grades, organisation};

/// An organisation.
pub(crate) const ORG: ObjectKind = ObjectKind::new("org");
/// A user.
pub(crate) const USER: ObjectKind = ObjectKind::new("user");
/// A class: a group.
pub(crate) const CLASS: ObjectKind = ObjectKind::new("class");

/// Kind and key of an object.
pub(crate) fn key(kind: &ObjectKind, id: Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}

/// An object whose content is rows.
pub(crate) fn object(kind: &ObjectKind, id: Id, rows: &[Row], ties: Ties) -> WantedObject {
    WantedObject { ties, ..WantedObject::new(key(kind, id), Body::new(serde_json::json!(rows))) }
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The list, by the name of its file.
    pub(crate) list: String,
    /// Its identity, whether or not that stands in the list.
    pub(crate) id: String,
    /// By the names of their columns; none: it is gone.
    pub(crate) cells: BTreeMap<String, String>,
}

impl Row {
    pub(crate) fn new(list: &str, id: impl ToString) -> Self {
        Self { list: list.to_owned(), id: id.to_string(), cells: BTreeMap::new() }
    }

    /// Sets a cell. What would end a line must not stand in one.
    pub(crate) fn with(mut self, column: &str, text: &str) -> Self {
        let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|it| !it.is_empty());
        let text = words.collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.cells.insert(column.to_owned(), text);
        }
        self
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.cells.is_empty()
    }

    /// A cell; empty where there is none.
    pub(crate) fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map(String::as_str).unwrap_or_default()
    }

    /// The row that a line says.
    pub(crate) fn of(line: &Line) -> Option<Self> {
        serde_json::from_str(line.text.as_str()).ok()
    }

    fn line(&self, turn: Turn, with: &str) -> Line {
        let text = serde_json::to_string(self).unwrap_or_default();
        Line::new(turn, with, &[&self.list, &self.id], text)
    }
}

/// Whether a line says that something is gone.
pub(crate) fn is_over(line: &Line) -> bool {
    Row::of(line).is_some_and(|row| row.is_gone())
}

/// What a format makes of objects.
pub(crate) trait Tables {
    /// The list that objects of a kind stand in under their own keys.
    fn own(kind: &ObjectKind) -> &'static str;

    /// The rows that an object's ties are, by their identities: who has which role in a class or at a school.
    fn tied(key: &ObjectKey, ties: &Ties) -> BTreeMap<String, Row>;
}

/// The rows that an object's content is.
pub(crate) fn rows(wanted: &WantedObject) -> Vec<Row> {
    Vec::<Row>::deserialize(wanted.body.expose()).unwrap_or_default()
}

/// The lines of an operation. What may have been told and is not so any more is gone.
pub(crate) fn lines<T: Tables>(operation: &Operation) -> Vec<Line> {
    match operation {
        // Nobody knows what of an earlier try has come out: all of it is said again.
        Operation::Create(wanted) => said::<T>(wanted, &wanted.may_have),
        Operation::Update { wanted, delivered } => said::<T>(wanted, &delivered.ties),
        Operation::Delete(delivered) => gone::<T>(delivered),
    }
}

fn said<T: Tables>(wanted: &WantedObject, before: &Ties) -> Vec<Line> {
    let key = &wanted.key;
    let (old, now) = (T::tied(key, before), T::tied(key, &wanted.ties));
    // What several share is kept in one place, so that it is one line.
    let objects = rows(wanted).into_iter().map(|it| it.line(Turn::Object, &it.id));
    let left = old.values().filter(|it| !now.contains_key(&it.id)).map(|it| no_more(it, &key.key));
    objects.chain(left).chain(now.values().map(|it| it.line(Turn::Addition, &key.key))).collect()
}

fn gone<T: Tables>(delivered: &DeliveredObject) -> Vec<Line> {
    let key = &delivered.key;
    let own = Row::new(T::own(&key.kind), &key.key).line(Turn::Object, &key.key);
    std::iter::once(own).chain(T::tied(key, &delivered.ties).values().map(|it| no_more(it, &key.key))).collect()
}

fn no_more(row: &Row, with: &str) -> Line {
    Row::new(&row.list, &row.id).line(Turn::Removal, with)
}

/// A CSV file: a header, and what `cells` makes of each row. Its lines end as RFC 4180 has it.
pub(crate) fn csv<'r>(
    header: &[&str],
    rows: impl Iterator<Item = &'r Row>,
    cells: impl Fn(&'r Row) -> Vec<&'r str>,
) -> Option<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(header).ok()?;
    for row in rows {
        table.write_record(cells(row)).ok()?;
    }
    table.into_inner().ok()
}

/// A zip archive of CSV files, by their names without ending. `None`: one of them could not be written.
pub(crate) fn zip<'n>(files: impl Iterator<Item = (&'n str, Option<Vec<u8>>)>) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(format!("{name}.csv"), SimpleFileOptions::default()).ok()?;
        zip.write_all(&content?).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}
