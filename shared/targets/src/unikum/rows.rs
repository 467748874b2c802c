//! Operations → lines, and lines → files. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rules::object::{ObjectKey, Ties, WantedObject};
use rules::plan::Operation;
use rules::window::{Line, Turn};

use super::config::RelationColumn;
use super::kinds::{KNOWN_BY, USER, begins_with_the_other};
use super::mapping::NUMBER;
use crate::files::WrittenFile;

/// How one organiser's rows are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) municipality: String,
    pub(super) relation_columns: Vec<RelationColumn>,
}

/// The personal number in a person's row. `None`: it is no person.
pub(super) fn number(wanted: &WantedObject) -> Option<&str> {
    if wanted.key.kind != USER {
        return None;
    }
    wanted.body.expose().get(NUMBER)?.as_str()
}

/// By what Unikum may know an object: a person by numbers, all others by our key.
fn names<'o>(key: &'o ObjectKey, ties: &'o Ties) -> BTreeSet<&'o str> {
    if key.kind == USER {
        return ties.get(KNOWN_BY).into_iter().flatten().map(String::as_str).collect();
    }
    BTreeSet::from([key.key.as_str()])
}

/// What an object may be related to: type, from, to.
fn relations<'o>(key: &'o ObjectKey, ties: &'o Ties) -> BTreeSet<[&'o str; 3]> {
    let mut relations = BTreeSet::new();
    for name in names(key, ties) {
        for (relation, others) in ties.iter().filter(|(relation, _)| *relation != KNOWN_BY) {
            let turned = begins_with_the_other(relation);
            let of =
                |other: &'o String| if turned { [relation, other.as_str(), name] } else { [relation, name, other] };
            relations.extend(others.iter().map(of));
        }
    }
    relations
}

impl Rows {
    /// The lines of an operation. An object is never taken away, for which there is no row: it is let go of, and a row
    /// about it that still waits is not written.
    pub(super) fn lines(&self, operation: &Operation) -> Vec<Line> {
        match operation {
            // Nobody knows what of an earlier try has come out: all of it is said again.
            Operation::Create(wanted) => self.changed(&wanted.may_have, false, wanted),
            Operation::Update { wanted, delivered } => {
                self.changed(&delivered.ties, !delivered.fingerprint.is_empty(), wanted)
            }
            Operation::Delete(delivered) => {
                let (key, ties) = (&delivered.key, &delivered.ties);
                let unsaid = names(key, ties).into_iter().map(|name| object(key, name, String::new()));
                let gone = relations(key, ties).into_iter().map(|it| self.relation(Turn::Removal, it));
                unsaid.chain(gone).collect()
            }
        }
    }

    /// `before`: what it may have been related to; `is_certain`: that all of it came out.
    fn changed(&self, before: &Ties, is_certain: bool, wanted: &WantedObject) -> Vec<Line> {
        let key = &wanted.key;
        let (old, now) = (relations(key, before), relations(key, &wanted.ties));
        let (known, called) = (names(key, before), names(key, &wanted.ties));
        let unsaid = known.difference(&called).map(|name| object(key, name, String::new()));
        let said = called.iter().map(|name| object(key, name, row(wanted)));
        let gone = old.difference(&now).map(|it| self.relation(Turn::Removal, *it));
        let new = now.iter().filter(|it| !is_certain || !old.contains(*it));
        let new = new.map(|it| self.relation(Turn::Addition, *it));
        unsaid.chain(said).chain(gone).chain(new).collect()
    }

    fn relation(&self, turn: Turn, [relation, from, to]: [&str; 3]) -> Line {
        let operation = if turn == Turn::Removal { "remove" } else { "add" };
        let cells = self.relation_columns.iter().map(|column| match column {
            RelationColumn::Operation => operation,
            RelationColumn::Type => relation,
            RelationColumn::From => from,
            RelationColumn::To => to,
            RelationColumn::Unused => "",
        });
        Line::new(turn, from, &[relation, from, to], cells.collect::<Vec<_>>().join("\t"))
    }

    /// Both files of a window; one may be empty, since a pair is what is expected. None where nothing is to be said.
    pub(super) fn files(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        let said = lines.iter().filter(|it| !it.text.as_str().is_empty());
        let (objects, relations): (Vec<&Line>, Vec<&Line>) = said.partition(|it| it.turn == Turn::Object);
        if objects.is_empty() && relations.is_empty() {
            return Vec::new();
        }
        let stem = format!("{}_{}", self.municipality, minute.strftime("%Y%m%d_%H%M"));
        vec![file(format!("{stem}.principals"), &objects), file(format!("{stem}.relations"), &relations)]
    }
}

/// The row about an object; empty: it is not to be said.
fn object(key: &ObjectKey, name: &str, text: String) -> Line {
    Line::new(Turn::Object, name, &[key.kind.as_str(), name], text)
}

fn row(wanted: &WantedObject) -> String {
    let cells = wanted.body.expose().as_array().map(Vec::as_slice).unwrap_or_default();
    cells.iter().filter_map(|cell| cell.as_str()).collect::<Vec<_>>().join("\t")
}

fn file(name: String, lines: &[&Line]) -> WrittenFile {
    let content = lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect::<String>().into_bytes();
    WrittenFile { name, content }
}
