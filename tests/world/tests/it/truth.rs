use jiff::civil::date;
use std::collections::BTreeSet;
use world::truth::{Dialect, Marking, Municipality, is_valid_civic_number};

fn municipality(seed: u64) -> Municipality {
    Municipality::generate(seed, 400, date(2026, 10, 14))
}

#[test]
fn the_same_seed_gives_the_same_people() {
    let ids = |m: Municipality| m.persons.into_keys().collect::<Vec<_>>();
    assert_eq!(ids(municipality(3)), ids(municipality(3)));
    assert_ne!(ids(municipality(3)), ids(municipality(4)));
}

#[test]
fn a_pupil_has_about_twelve_memberships() {
    let truth = municipality(3);
    let memberships: usize = truth.groups.values().map(|g| g.memberships.len()).sum();
    let per_pupil = memberships as f64 / truth.pupils().count() as f64;
    assert!((11.0..13.0).contains(&per_pupil), "{per_pupil}");
}

#[test]
fn civic_numbers_are_valid_but_for_the_deliberate_exceptions() {
    let truth = municipality(3);
    let numbers: Vec<&String> = truth.persons.values().filter_map(|p| p.civic_number.as_ref()).collect();
    let odd: Vec<_> = numbers.iter().filter(|n| !is_valid_civic_number(n)).collect();
    let temporary = odd.iter().filter(|n| n.contains("TF")).count();
    assert_eq!((odd.len(), temporary), (6, 3));
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
}

#[test]
fn there_are_protected_people_in_every_school_and_a_protected_teacher() {
    let truth = municipality(3);
    let protected: Vec<_> = truth.persons.values().filter(|p| p.marking != Marking::None).collect();
    assert_eq!(protected.len(), 5);
    assert_eq!(protected.iter().filter(|p| p.enrolments.is_empty()).count(), 1);
}

#[test]
fn addresses_and_principal_names_belong_to_one_person_each() {
    let truth = municipality(3);
    let people = truth.persons.values();
    let all: Vec<&String> = people.flat_map(|p| p.emails.iter().map(|e| &e.value).chain(&p.principal_names)).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn pupils_of_the_quirky_school_have_a_school_address_but_no_principal_name() {
    let truth = municipality(3);
    let quirky: Vec<_> = truth.pupils().filter(|p| p.dialect == Dialect::Quirky).collect();
    assert_eq!(quirky.len(), 45);
    assert!(quirky.iter().all(|p| p.principal_names.is_empty() && p.emails.iter().any(|e| e.kind == "Skola elev")));
}
