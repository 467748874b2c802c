//! Comparing what the service should hold with what it does. Objects are named by identity; what is different is not
//! repeated.

use super::state::DnpState;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is compared of each kind.
const PERSON: [&str; 6] =
    ["givenName", "familyName", "civicNo.value", "eduPersonPrincipalNames", "emails", "enrolments"];
const GROUP: [&str; 5] = ["displayName", "groupType", "schoolType", "organisation", "groupMemberships"];
const ACTIVITY: [&str; 4] = ["displayName", "groups", "teachers", "parentActivity"];

pub(super) fn differences(expected: &DnpState, held: &DnpState) -> Vec<String> {
    let mut found = Vec::new();
    objects("persons", &PERSON, &expected.persons, &held.persons, &mut found);
    duties(&expected.duties, &held.duties, &mut found);
    objects("groups", &GROUP, &expected.groups, &held.groups, &mut found);
    let taught = held.activities.iter().map(|(id, it)| (id.clone(), by_person(it, &held.duties))).collect();
    objects("activities", &ACTIVITY, &expected.activities, &taught, &mut found);
    found
}

type Objects = BTreeMap<String, Value>;

fn objects(kind: &str, attributes: &[&str], expected: &Objects, held: &Objects, found: &mut Vec<String>) {
    for (id, wanted) in expected {
        match held.get(id) {
            None => found.push(format!("{kind}/{id} is missing")),
            Some(it) => {
                let differs = |name: &&&str| said(wanted, name) != said(it, name);
                found.extend(attributes.iter().filter(differs).map(|name| format!("{kind}/{id} has another {name}")));
            }
        }
    }
    let more = held.keys().filter(|it| !expected.contains_key(*it));
    found.extend(more.map(|id| format!("{kind}/{id} should not be there")));
}

/// What an object says of an attribute: a list in any order.
fn said(object: &Value, name: &str) -> BTreeSet<String> {
    let value = name.split('.').fold(object, |it, part| &it[part]);
    match value {
        Value::Null => BTreeSet::new(),
        Value::Array(all) => all.iter().map(ToString::to_string).collect(),
        one => BTreeSet::from([one.to_string()]),
    }
}

/// Who works where as what, whatever that is called.
fn duties(expected: &Objects, held: &Objects, found: &mut Vec<String>) {
    let of = |all: &Objects| -> BTreeSet<String> {
        all.values()
            .map(|it| format!("{} at {} as {}", it["person"]["id"], it["dutyAt"]["id"], it["dutyRole"]))
            .collect()
    };
    let (expected, held) = (of(expected), of(held));
    found.extend(expected.difference(&held).map(|it| format!("the duty of {it} is missing")));
    found.extend(held.difference(&expected).map(|it| format!("the duty of {it} should not be there")));
}

/// An activity with its teachers as persons.
fn by_person(activity: &Value, duties: &Objects) -> Value {
    let mut activity = activity.clone();
    let teachers = activity["teachers"].as_array().cloned().unwrap_or_default();
    let person = |it: &Value| Some(duties.get(it["duty"]["id"].as_str()?)?["person"]["id"].clone());
    activity["teachers"] = teachers.iter().filter_map(person).map(|it| json!({"person": it})).collect();
    activity
}
