//! What is served, when each object last became otherwise, and what is gone.

use super::Edition;
use super::render::render;
use crate::truth::Municipality;
use jiff::{Timestamp, Unit};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A list of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// `/academicSessions`.
    Sessions,
    /// `/orgs`.
    Orgs,
    /// `/courses`.
    Courses,
    /// `/users`.
    Users,
    /// `/classes`.
    Classes,
    /// `/enrollments`.
    Enrollments,
}

impl List {
    /// All of them.
    pub const ALL: [List; 6] =
        [List::Sessions, List::Orgs, List::Courses, List::Users, List::Classes, List::Enrollments];

    /// The path, the key in an answer, and the file.
    pub fn name(self) -> &'static str {
        match self {
            List::Sessions => "academicSessions",
            List::Orgs => "orgs",
            List::Courses => "courses",
            List::Users => "users",
            List::Classes => "classes",
            List::Enrollments => "enrollments",
        }
    }

    /// The key of a single object.
    pub(super) fn one(self) -> &'static str {
        match self {
            List::Sessions => "academicSession",
            List::Orgs => "org",
            List::Courses => "course",
            List::Users => "user",
            List::Classes => "class",
            List::Enrollments => "enrollment",
        }
    }
}

/// The fields of an object, without those that the ledger adds.
pub(super) type Fields = Map<String, Value>;

/// Objects by `sourcedId`.
pub(super) type Rendered = BTreeMap<List, BTreeMap<String, Fields>>;

/// An object as served.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) fields: Fields,
    pub(super) modified: Timestamp,
    pub(super) gone: bool,
}

/// Everything that is served.
pub(super) struct Ledger(BTreeMap<List, BTreeMap<String, Entry>>);

impl Entry {
    pub(super) fn object(&self, id: &str) -> Value {
        let mut object = self.fields.clone();
        object.insert("sourcedId".to_owned(), json!(id));
        object.insert("status".to_owned(), json!(self.status()));
        object.insert("dateLastModified".to_owned(), json!(self.modified_text()));
        Value::Object(object)
    }

    pub(super) fn status(&self) -> &'static str {
        if self.gone { "tobedeleted" } else { "active" }
    }

    pub(super) fn modified_text(&self) -> String {
        self.modified.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }
}

impl Ledger {
    pub(super) fn begin(truth: &Municipality, edition: Edition) -> Self {
        let modified = truth.initial_stamp().modified;
        let entry = |fields| Entry { fields, modified, gone: false };
        let lists = render(truth, edition).into_iter();
        Self(lists.map(|(list, all)| (list, all.into_iter().map(|(id, it)| (id, entry(it))).collect())).collect())
    }

    /// Follows the truth: what is otherwise now, new or gone, bears the time of now.
    pub(super) fn follow(&mut self, truth: &Municipality, edition: Edition, tells_deletions: bool) {
        let now = truth.time.now();
        let modified = now.round(Unit::Millisecond).unwrap_or(now);
        for (list, mut all) in render(truth, edition) {
            let entries = self.0.entry(list).or_default();
            for (id, entry) in entries.iter_mut() {
                match all.remove(id) {
                    Some(fields) if fields == entry.fields && !entry.gone => {}
                    Some(fields) => *entry = Entry { fields, modified, gone: false },
                    None if !entry.gone => (entry.gone, entry.modified) = (true, modified),
                    None => {}
                }
            }
            if !tells_deletions {
                entries.retain(|_, entry| !entry.gone);
            }
            entries.extend(all.into_iter().map(|(id, fields)| (id, Entry { fields, modified, gone: false })));
        }
    }

    pub(super) fn list(&self, list: List) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.get(&list).into_iter().flatten()
    }

    pub(super) fn find(&self, list: List, id: &str) -> Option<&Entry> {
        self.0.get(&list)?.get(id)
    }
}
