//! Operations → lines: a line is a row of a list. Pure.

use std::collections::BTreeMap;

use roster::Id;
use rules::object::{DeliveredObject, ObjectKey, Ties, WantedObject};
use rules::plan::Operation;
use rules::window::{Line, Turn};
use serde::{Deserialize, Serialize};

use super::mapping::{CLASS, ORG, USER};
use super::tables::List;

/// What ties a class to its school.
pub(super) const AT: &str = "at";

/// A row of a list: what its columns are is said by the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) list: List,
    pub(super) id: String,
    /// Empty: it is gone.
    pub(super) cells: BTreeMap<String, String>,
}

impl Row {
    pub(super) fn new(list: List, id: impl ToString) -> Self {
        Self { list, id: id.to_string(), cells: BTreeMap::new() }
    }

    /// Sets a cell. What would end a line must not stand in one.
    pub(super) fn with(mut self, column: &str, text: &str) -> Self {
        let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|it| !it.is_empty());
        let text = words.collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.cells.insert(column.to_owned(), text);
        }
        self
    }

    pub(super) fn is_gone(&self) -> bool {
        self.cells.is_empty()
    }

    fn line(&self, turn: Turn, with: &str) -> Line {
        let text = serde_json::to_string(self).unwrap_or_default();
        Line::new(turn, with, &[self.list.name(), &self.id], text)
    }
}

/// The rows that an object's content is.
pub(super) fn rows(wanted: &WantedObject) -> Vec<Row> {
    Vec::<Row>::deserialize(wanted.body.expose()).unwrap_or_default()
}

/// The rows that an object's ties are: who has which role in a class or at a school.
fn tied(key: &ObjectKey, ties: &Ties) -> BTreeMap<String, Row> {
    let lists = ties.iter().filter(|(role, _)| role.as_str() != AT);
    let each = lists.flat_map(|(role, others)| others.iter().map(move |other| (role.as_str(), other.as_str())));
    let row = |(role, other): (&str, &str)| {
        if key.kind == CLASS { enrollment(&key.key, ties, other, role) } else { role_at(&key.key, other, role) }
    };
    each.map(row).map(|it| (it.id.clone(), it)).collect()
}

fn enrollment(class: &str, ties: &Ties, user: &str, role: &str) -> Row {
    let school = ties.get(AT).and_then(|it| it.first()).map(String::as_str).unwrap_or_default();
    Row::new(List::Enrollments, Id::derived(&["enrollment", class, user, role]))
        .with("classSourcedId", class)
        .with("schoolSourcedId", school)
        .with("userSourcedId", user)
        .with("role", role)
        .with("primary", "false")
}

fn role_at(user: &str, org: &str, role: &str) -> Row {
    Row::new(List::Roles, Id::derived(&["role", user, org, role]))
        .with("userSourcedId", user)
        .with("roleType", "primary")
        .with("role", role)
        .with("orgSourcedId", org)
}

/// The lines of an operation. What may have been told and is not so any more is gone.
pub(super) fn lines(operation: &Operation) -> Vec<Line> {
    match operation {
        // Nobody knows what of an earlier try has come out: all of it is said again.
        Operation::Create(wanted) => said(wanted, &wanted.may_have),
        Operation::Update { wanted, delivered } => said(wanted, &delivered.ties),
        Operation::Delete(delivered) => gone(delivered),
    }
}

fn said(wanted: &WantedObject, before: &Ties) -> Vec<Line> {
    let key = &wanted.key;
    let (old, now) = (tied(key, before), tied(key, &wanted.ties));
    // What several share is kept in one place, so that it is one line.
    let objects = rows(wanted).into_iter().map(|it| it.line(Turn::Object, &it.id));
    let left = old.into_iter().filter(|(id, _)| !now.contains_key(id)).map(|(_, row)| no_more(&row, &key.key));
    let objects: Vec<Line> = objects.chain(left).collect();
    objects.into_iter().chain(now.values().map(|it| it.line(Turn::Addition, &key.key))).collect()
}

fn gone(delivered: &DeliveredObject) -> Vec<Line> {
    let key = &delivered.key;
    let own = match &key.kind {
        kind if *kind == USER => Some(List::Users),
        kind if *kind == CLASS => Some(List::Classes),
        kind if *kind == ORG => Some(List::Orgs),
        _ => None,
    };
    let own = own.map(|list| Row::new(list, &key.key).line(Turn::Object, &key.key));
    own.into_iter().chain(tied(key, &delivered.ties).values().map(|it| no_more(it, &key.key))).collect()
}

fn no_more(row: &Row, with: &str) -> Line {
    Row::new(row.list, &row.id).line(Turn::Removal, with)
}

/// Whether a line says that something is gone.
pub(super) fn is_over(line: &Line) -> bool {
    serde_json::from_str::<Row>(line.text.as_str()).is_ok_and(|row| row.is_gone())
}
