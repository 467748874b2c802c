//! Comparing what Unikum should have with what it has. Persons are named by number, which nobody real has in this world;
//! what is different is not repeated.

use super::state::{UnikumClass, UnikumPerson, UnikumSchool, UnikumState};
use std::collections::{BTreeMap, BTreeSet};

/// A relation that is not compared: whether the sender or Unikum puts schools into the municipality is not agreed.
const OPTIONAL: &str = "school_in_org";

pub(super) fn differences(expected: &UnikumState, held: &UnikumState) -> Vec<String> {
    let mut found = Vec::new();
    objects("schools", &expected.schools, &held.schools, school, &mut found);
    objects("classes", &expected.classes, &held.classes, class, &mut found);
    objects("persons", &expected.persons, &held.persons, person, &mut found);
    school_types_of_classes(expected, held, &mut found);
    relations(&expected.relations, &held.relations, &mut found);
    found
}

/// Whatever is expected is there; what else there is stays, since nothing removes it.
fn objects<T>(
    kind: &str,
    expected: &BTreeMap<String, T>,
    held: &BTreeMap<String, T>,
    differ: fn(&T, &T) -> Vec<&'static str>,
    found: &mut Vec<String>,
) {
    for (id, wanted) in expected {
        match held.get(id) {
            None => found.push(format!("{kind}/{id} is missing")),
            Some(it) => {
                found.extend(differ(wanted, it).into_iter().map(|what| format!("{kind}/{id} has another {what}")))
            }
        }
    }
}

fn school(wanted: &UnikumSchool, held: &UnikumSchool) -> Vec<&'static str> {
    // A school whose types are several in the register is whichever its sender says.
    let same_type = wanted.school_type.is_none() || wanted.school_type == held.school_type;
    unequal([
        ("name", wanted.name == held.name),
        ("school unit code", wanted.school_unit_code == held.school_unit_code),
        ("school type", same_type),
    ])
}

fn class(wanted: &UnikumClass, held: &UnikumClass) -> Vec<&'static str> {
    unequal([("name", wanted.name == held.name)])
}

fn person(wanted: &UnikumPerson, held: &UnikumPerson) -> Vec<&'static str> {
    unequal([
        ("first name", wanted.given_name == held.given_name),
        ("last name", wanted.family_name == held.family_name),
        ("e-mail address", wanted.email == held.email),
        ("school year", wanted.school_year == held.school_year),
    ])
}

fn unequal<const N: usize>(properties: [(&'static str, bool); N]) -> Vec<&'static str> {
    properties.into_iter().filter(|(_, equal)| !equal).map(|(what, _)| what).collect()
}

/// A class may say its school's type or leave it to the school.
fn school_types_of_classes(expected: &UnikumState, held: &UnikumState, found: &mut Vec<String>) {
    for id in expected.classes.keys().filter(|id| held.classes.contains_key(*id)) {
        let wanted = expected.school_type_of(id);
        if wanted.is_some() && wanted != held.school_type_of(id) {
            found.push(format!("classes/{id} has another school type"));
        }
    }
}

type Relations = BTreeSet<(String, String, String)>;

fn relations(expected: &Relations, held: &Relations, found: &mut Vec<String>) {
    let compared = |(kind, _, _): &&(String, String, String)| kind != OPTIONAL;
    for (kind, from, to) in expected.difference(held).filter(compared) {
        found.push(format!("{kind} from {from} to {to} is missing"));
    }
    for (kind, from, to) in held.difference(expected).filter(compared) {
        found.push(format!("{kind} from {from} to {to} should not be there"));
    }
}
