//! Comparing what is expected with what is held.

use super::received::Received;
use super::{Expected, Objects, Properties};
use crate::receiver::{ReceiverState, ResourceType};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) fn differences(expected: &Expected, state: &ReceiverState) -> Vec<String> {
    use ResourceType as T;
    let received = Received { state, expected };
    let mut found = Vec::new();
    let plain = [
        (T::Organisations, &expected.organisations),
        (T::SchoolUnits, &expected.units),
        (T::Users, &expected.users),
        (T::StudentGroups, &expected.groups),
    ];
    for (kind, wanted) in plain {
        compare(kind, wanted, &received.objects(kind), &mut found);
    }
    employments(&received, &mut found);
    activities(&received, &mut found);
    untouched(state, &mut found);
    found
}

pub(super) fn compare(kind: ResourceType, wanted: &Objects, held: &Objects, found: &mut Vec<String>) {
    for (id, properties) in wanted {
        match held.get(id) {
            None => found.push(format!("{}/{id} is missing", kind.path())),
            Some(held) => compare_properties(kind, id, properties, held, found),
        }
    }
    let extra = held.keys().filter(|id| !wanted.contains_key(*id));
    found.extend(extra.map(|id| format!("{}/{id} should not be there", kind.path())));
}

fn compare_properties(kind: ResourceType, id: &str, wanted: &Properties, held: &Properties, found: &mut Vec<String>) {
    let none = BTreeSet::new();
    for (name, values) in wanted {
        let others = held.get(name).unwrap_or(&none);
        let lacks = values.difference(others).map(|value| format!("lacks {}", shown(value)));
        let has = others.difference(values).map(|value| format!("has {}", shown(value)));
        let says: Vec<String> = lacks.chain(has).collect();
        if !says.is_empty() {
            found.push(format!("{}/{id} {name}: {}", kind.path(), says.join(", ")));
        }
    }
}

/// Identities are shown, names and addresses are not.
fn shown(value: &str) -> &str {
    let is_identity = value.get(..36).is_some_and(|head| Uuid::parse_str(head).is_ok());
    if is_identity { value } else { "another value" }
}

fn employments(received: &Received<'_>, found: &mut Vec<String>) {
    let kind = ResourceType::Employments;
    let (named, others): (Vec<_>, Vec<_>) =
        received.objects(kind).into_iter().partition(|(id, _)| received.expected.employments.contains_key(id));
    compare(kind, &received.expected.employments, &named.into_iter().collect(), found);
    let mut held = BTreeSet::new();
    for (id, _) in others {
        let employment = received.state.find(kind, &id).and_then(|e| received.unnamed(&e.body));
        let is_wanted = |e: &_| received.expected.unnamed_employments.contains(e);
        match employment.filter(is_wanted) {
            Some(employment) if held.insert(employment.clone()) => {}
            _ => found.push(format!("Employments/{id} should not be there")),
        }
    }
    for missing in received.expected.unnamed_employments.difference(&held) {
        let role = missing.role.as_deref().unwrap_or("teacher");
        found.push(format!("Employment of {} at {} as {role} is missing", missing.user, missing.unit));
    }
}

fn activities(received: &Received<'_>, found: &mut Vec<String>) {
    let kind = ResourceType::Activities;
    let (named, others): (Vec<_>, Vec<_>) =
        received.objects(kind).into_iter().partition(|(id, _)| received.expected.activities.contains_key(id));
    compare(kind, &received.expected.activities, &named.into_iter().collect(), found);
    let mut held = Objects::new();
    for (id, mut properties) in others {
        let groups = properties.remove("groups").unwrap_or_default();
        let group = groups.first().filter(|_| groups.len() == 1);
        match group.filter(|group| received.expected.generated_activities.contains_key(*group)) {
            Some(group) if !held.contains_key(group) => drop(held.insert(group.clone(), properties)),
            _ => found.push(format!("Activities/{id} should not be there")),
        }
    }
    for (group, teachers) in &received.expected.generated_activities {
        let wanted = Properties::from([("teachers", teachers.clone())]);
        match held.get(group) {
            None => found.push(format!("the activity for the mentors of StudentGroups/{group} is missing")),
            Some(held) => compare_properties(kind, &format!("(generated for {group})"), &wanted, held, found),
        }
    }
}

/// What people made at the portal, and accounts from before that nobody adopted, are as they were.
fn untouched(state: &ReceiverState, found: &mut Vec<String>) {
    for ((kind, id), original) in &state.originals {
        let held = state.objects.get(kind).and_then(|all| all.get(id));
        match held {
            None => found.push(format!("{}/{id} was not the sender's and is gone", kind.path())),
            Some(held) if held.body != *original => {
                found.push(format!("{}/{id} was not the sender's and was changed", kind.path()));
            }
            Some(_) => {}
        }
    }
}
