//! What changes an object that a receiver has: operations of a `PATCH`, or the whole object anew. Pure.

use std::collections::BTreeSet;

use rules::object::{DeliveredObject, WantedObject};
use serde_json::{Map, Value, json};

use super::kinds::{MEMBERS, PATCH};

/// What is to be changed of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change<'w> {
    /// As it should be.
    pub(super) wanted: &'w WantedObject,
    /// Members that may not be there yet.
    pub(super) join: Vec<&'w String>,
    /// Members that we put there, and that are not wanted any more.
    pub(super) leave: Vec<&'w String>,
}

/// How operations are written for one receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// How many members are named in one call.
    pub(super) at_once: usize,
    /// Whether those who leave are named by value.
    pub(super) leave_by_value: bool,
}

impl<'w> Change<'w> {
    /// From what was delivered. `None`: nothing is known of what is there, and everybody wanted is named.
    pub(super) fn of(wanted: &'w WantedObject, delivered: Option<&'w DeliveredObject>) -> Self {
        let members = |ties: &'w rules::object::Ties| ties.get(MEMBERS).into_iter().flatten();
        let tied: BTreeSet<&String> = members(wanted.tied_before(delivered)).collect();
        // Without a fingerprint it is not known how the last change of it ended.
        let certain = delivered.is_some_and(|it| !it.fingerprint.is_empty());
        let should: BTreeSet<&String> = members(&wanted.ties).collect();
        let join = should.iter().filter(|it| !certain || !tied.contains(*it)).copied().collect();
        Self { wanted, join, leave: tied.difference(&should).copied().collect() }
    }

    /// The same, of those to leave only who is there.
    pub(super) fn where_there(&self, present: &Value) -> Self {
        let there: Vec<&str> = members_of(present).iter().filter_map(|it| it["value"].as_str()).collect();
        let leave = self.leave.iter().filter(|id| there.contains(&id.as_str())).copied().collect();
        Self { leave, ..self.clone() }
    }

    /// Bodies of one `PATCH` and those after it. What is no list is in the first; whoever leaves goes before who joins.
    pub(super) fn patches(&self, manner: Manner) -> (Value, Vec<Value>) {
        let leaving = self.leave.chunks(manner.at_once).map(|some| leave(some, manner.leave_by_value));
        let joining = self.join.chunks(manner.at_once).map(|some| vec![join(some)]);
        let mut lists: Vec<Vec<Value>> = leaving.chain(joining).collect();
        if self.leave.len() + self.join.len() <= manner.at_once {
            lists = vec![lists.concat()];
        }
        let mut lists = lists.into_iter();
        let first = attributes(self.wanted).into_iter().chain(lists.next().unwrap_or_default()).collect();
        (patch(first), lists.map(patch).collect())
    }

    /// The object anew, from what it is at the receiver now: whatever else stands in it is kept.
    pub(super) fn applied_to(&self, present: &Value) -> Value {
        let mut fields = present.as_object().cloned().unwrap_or_else(Map::new);
        fields.remove("meta");
        let content = self.wanted.body.expose().as_object();
        for (name, value) in content.into_iter().flatten().filter(|(name, _)| *name != "schemas") {
            match (fields.get_mut(name), value) {
                (Some(Value::Object(there)), Value::Object(parts)) => there.extend(parts.clone()),
                _ => drop(fields.insert(name.clone(), value.clone())),
            }
        }
        fields.entry("schemas").or_insert_with(|| self.wanted.body.expose()["schemas"].clone());
        if self.wanted.ties.contains_key(MEMBERS) {
            let there = members_of(present);
            let is = |it: &Value, id: &String| it["value"].as_str() == Some(id);
            let stay = there.iter().filter(|it| !self.leave.iter().any(|id| is(it, id))).cloned();
            let new = self.join.iter().filter(|id| !there.iter().any(|it| is(it, id))).map(|id| json!({ "value": id }));
            fields.insert(MEMBERS.to_owned(), stay.chain(new).collect());
        }
        Value::Object(fields)
    }
}

fn members_of(present: &Value) -> &[Value] {
    present[MEMBERS].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The same of an account as it is at the receiver now.
pub(super) fn disabled_of(present: &Value) -> Value {
    let mut fields = present.as_object().cloned().unwrap_or_else(Map::new);
    fields.remove("meta");
    fields.insert("active".to_owned(), Value::Bool(false));
    Value::Object(fields)
}

/// That an account stays, and nobody can sign in to it.
pub(super) fn disabled() -> Value {
    patch(vec![replace("active", &Value::Bool(false))])
}

fn patch(operations: Vec<Value>) -> Value {
    json!({ "schemas": [PATCH], "Operations": operations })
}

fn attributes(wanted: &WantedObject) -> Vec<Value> {
    let fields = wanted.body.expose().as_object().into_iter().flatten();
    fields.filter(|(name, _)| *name != "schemas").flat_map(|(name, value)| attribute(name, value)).collect()
}

/// Parts of a complex attribute one by one: a middle name that somebody else wrote is kept.
fn attribute(name: &str, value: &Value) -> Vec<Value> {
    match value {
        Value::Object(parts) => parts.iter().map(|(part, value)| replace(&format!("{name}.{part}"), value)).collect(),
        Value::Array(items) if items.is_empty() => vec![json!({ "op": "remove", "path": name })],
        _ => vec![replace(name, value)],
    }
}

fn replace(path: &str, value: &Value) -> Value {
    json!({ "op": "replace", "path": path, "value": value })
}

fn join(members: &[&String]) -> Value {
    let members: Vec<Value> = members.iter().map(|it| json!({ "value": it })).collect();
    json!({ "op": "add", "path": MEMBERS, "value": members })
}

/// By a filter in the path [RFC 7644 §3.5.2.2], or by value, as some receivers want it.
fn leave(members: &[&String], by_value: bool) -> Vec<Value> {
    if by_value {
        let members: Vec<Value> = members.iter().map(|it| json!({ "value": it })).collect();
        return vec![json!({ "op": "remove", "path": MEMBERS, "value": members })];
    }
    let each =
        members.iter().map(|it| json!({ "op": "remove", "path": format!("{MEMBERS}[value eq {}]", quoted(it)) }));
    each.collect()
}

/// A text in a filter, escaped as JSON has it [RFC 7644 §3.4.2.2].
pub(super) fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
