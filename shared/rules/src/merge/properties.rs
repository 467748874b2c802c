//! What holds of merging whatever the sources say.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use roster::{Personal, RecordKind, Validity};

use super::*;
use crate::testing::{id, person};

const SOURCES: [&str; 3] = ["register", "skolon", "unnamed"];

fn markings() -> impl Strategy<Value = Option<SecurityMarking>> {
    proptest::sample::select(vec![
        None,
        Some(SecurityMarking::None),
        Some(SecurityMarking::Confidential),
        Some(SecurityMarking::ProtectedRegistration),
        Some(SecurityMarking::Other("okänd".into())),
    ])
}

fn duty(n: u128, role: u8) -> Duty {
    Duty {
        id: id(n),
        person: Some(id(1)),
        organisation: id(100),
        role: format!("role {role}"),
        signature: None,
        validity: Validity::ALWAYS,
        assignments: vec![],
    }
}

fn statements() -> impl Strategy<Value = (RecordKind, u128, Fact)> {
    let people = (any::<u8>(), markings()).prop_map(|(name, marking)| {
        let named = Person {
            given_name: Personal::new(format!("name {name}")),
            security_marking: marking,
            duties: vec![duty(70 + u128::from(name % 3), name)],
            ..person(1)
        };
        (RecordKind::Person, 1, Fact::Person(named))
    });
    let duties = (70u128..74, any::<u8>()).prop_map(|(n, role)| (RecordKind::Duty, n, Fact::Duty(duty(n, role))));
    let licences = (90u128..93, any::<bool>()).prop_map(|(n, trial)| {
        (RecordKind::Licence, n, Fact::Licence(LicenceFact { id: id(n), product: None, expires: None, trial }))
    });
    prop_oneof![people, duties, licences]
}

/// What several sources say about one person; each says one thing per record.
fn facts() -> impl Strategy<Value = BTreeMap<Provenance, Fact>> {
    let one = (proptest::sample::select(&SOURCES[..]), statements());
    proptest::collection::vec(one, 0..12).prop_map(|all| {
        let keyed = |(source, (kind, n, fact)): (&str, _)| ((source.to_owned(), RecordKey { kind, id: id(n) }), fact);
        all.into_iter().map(keyed).collect()
    })
}

/// The order in which sources own fields; a source may be left out of it.
fn orders() -> impl Strategy<Value = Precedence> {
    Just(SOURCES[..2].to_vec()).prop_shuffle().prop_map(|order| Precedence {
        order: order.into_iter().map(str::to_owned).collect(),
        owned: vec![],
        second: BTreeSet::new(),
    })
}

fn merged(facts: &BTreeMap<Provenance, Fact>, order: &Precedence) -> Option<Box<MergedPerson>> {
    match merge(facts, order)? {
        Merged::Person(it) => Some(it),
        other => panic!("{other:?} is no person"),
    }
}

proptest! {
    #[test]
    fn the_order_in_which_facts_come_decides_nothing(
        (given, shuffled) in facts().prop_flat_map(|it| (Just(it.clone()), Just(Vec::from_iter(it)).prop_shuffle())),
        order in orders(),
    ) {
        let other = merge(shuffled.iter().map(|(provenance, fact)| (provenance, fact)), &order);

        prop_assert_eq!(merge(&given, &order), other);
    }

    #[test]
    fn what_is_said_twice_is_said_once(facts in facts(), order in orders()) {
        prop_assert_eq!(merge(facts.iter().chain(&facts), &order), merge(&facts, &order));
    }

    #[test]
    fn the_first_source_that_has_the_person_owns_its_fields(facts in facts(), order in orders()) {
        let named = order.order.iter().map(String::as_str).chain(["unnamed"]);
        let first = named.filter_map(|source| {
            facts.iter().find_map(|((from, _), fact)| match fact {
                Fact::Person(it) if from == source => Some(it),
                _ => None,
            })
        });
        let expected = first.into_iter().next().cloned();

        prop_assert_eq!(merged(&facts, &order).map(|it| it.person), expected);
    }

    #[test]
    fn a_person_is_protected_exactly_when_some_source_protects(facts in facts(), order in orders()) {
        let marking = |fact: &Fact| match fact {
            Fact::Person(it) => it.security_marking.clone(),
            _ => None,
        };
        let expected = facts.values().filter_map(marking).any(|it| it.is_protected());

        let protected = merged(&facts, &order).and_then(|it| it.marking).is_some_and(|it| it.is_protected());

        prop_assert_eq!(protected, expected);
    }

    #[test]
    fn each_duty_and_licence_is_there_once(facts in facts(), order in orders()) {
        let Some(merged) = merged(&facts, &order) else { return Ok(()) };

        prop_assert!(merged.duties.is_sorted_by(|a, b| a.id < b.id));
        prop_assert!(merged.licences.is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn without_the_person_itself_there_is_nobody(facts in facts(), order in orders()) {
        let anybody = facts.values().any(|fact| matches!(fact, Fact::Person(_)));

        prop_assert_eq!(merge(&facts, &order).is_some(), anybody);
    }
}
