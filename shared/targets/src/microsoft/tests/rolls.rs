//! Who comes to a class, who becomes something else, who goes.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rules::object::{DeliveredObject, Origin, Ties, WantedObject};
use rules::view::{GroupView, View};

use super::object;
use crate::invented::group;
use crate::microsoft::kinds::{MEMBERS, OWNERS, TEACHERS};
use crate::microsoft::roll::{Change, NamedOwners, Role, Roll, content_changed, is_certain, roll};

use Role::{Member, Owner};

fn list(of: &[(&str, Role)]) -> Roll {
    of.iter().map(|(id, role)| ((*id).to_owned(), *role)).collect()
}

fn named(of: &[(&str, Role)]) -> Vec<(String, Role)> {
    of.iter().map(|(id, role)| ((*id).to_owned(), *role)).collect()
}

fn class(name: &str, pupils: &[&str]) -> WantedObject {
    let members = pupils.iter().map(|it| (*it).to_owned()).collect();
    let view = GroupView { name: name.into(), ..group() };
    WantedObject { ties: Ties::from([(MEMBERS.to_owned(), members)]), ..object("", View::Group(view)) }
}

fn delivered(of: &WantedObject) -> DeliveredObject {
    DeliveredObject { fingerprint: of.fingerprint(), origin: Origin::Created, ..DeliveredObject::begun(of) }
}

#[test]
fn a_teacher_who_is_listed_as_a_pupil_too_is_an_owner() {
    let ids = |of: &[&str]| of.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    let ties = Ties::from([
        (MEMBERS.to_owned(), ids(&["astrid", "bo"])),
        (TEACHERS.to_owned(), ids(&["bo"])),
        (OWNERS.to_owned(), ids(&["it@skola.example", "gone@skola.example"])),
    ]);

    let roll = roll(&ties, &NamedOwners::from([("it@skola.example".to_owned(), "it".to_owned())]));

    assert_eq!(roll, list(&[("astrid", Member), ("bo", Owner), ("it", Owner)]));
}

#[test]
fn only_who_comes_who_turns_and_who_goes_is_named() {
    let was = list(&[("astrid", Member), ("bo", Owner), ("eva", Owner), ("ida", Member)]);
    let wanted = list(&[("astrid", Member), ("bo", Member), ("ida", Owner), ("ulf", Member)]);

    let change = Change::between(&was, &wanted);

    assert_eq!(change.join, named(&[("ulf", Member)]));
    assert_eq!(change.turn, named(&[("bo", Member), ("ida", Owner)]));
    assert_eq!(change.leave, named(&[("eva", Owner)]));
}

#[test]
fn an_owner_whom_we_did_not_make_one_stays_one() {
    let there = list(&[("bo", Owner), ("eva", Owner)]);

    let change = Change::from_there(&there, &list(&[("bo", Member)]), &list(&[("bo", Member)]));

    assert_eq!(change, Change::default());
}

#[test]
fn the_last_owner_stays() {
    let change = Change::between(&list(&[("bo", Owner), ("ulf", Member)]), &list(&[]));

    let kept = change.keeping_an_owner(&BTreeSet::from(["bo".to_owned()]));

    assert_eq!(kept.leave, named(&[("ulf", Member)]));
}

#[test]
fn the_last_owner_goes_when_another_comes_or_was_put_there_by_hand() {
    let (was, owners) = (list(&[("bo", Owner)]), BTreeSet::from(["bo".to_owned(), "rektor".to_owned()]));
    let replaced = Change::between(&was, &list(&[("eva", Owner)]));
    let beside = Change::between(&was, &list(&[]));

    let replaced = replaced.keeping_an_owner(&BTreeSet::from(["bo".to_owned()]));
    let beside = beside.keeping_an_owner(&owners);

    assert_eq!((replaced.leave, beside.leave), (named(&[("bo", Owner)]), named(&[("bo", Owner)])));
}

#[test]
fn a_change_of_members_changes_no_content() {
    let (before, after) = (class("7A", &["astrid"]), class("7A", &["bo"]));

    assert!(!content_changed(&after, &delivered(&before)));
    assert!(content_changed(&class("7B", &["astrid"]), &delivered(&before)));
}

#[test]
fn what_was_changed_without_an_end_that_is_known_is_not_certain() {
    let wanted = class("7A", &["astrid"]);
    let mut doubted = delivered(&wanted);
    doubted.doubt(&wanted);

    assert_eq!((is_certain(&delivered(&wanted)), is_certain(&doubted)), (true, false));
}

fn rolls() -> impl Strategy<Value = Roll> {
    proptest::collection::btree_map("[a-f]", prop_oneof![Just(Member), Just(Owner)], 0..6)
}

fn after(there: &Roll, change: &Change) -> Roll {
    let mut roll = there.clone();
    roll.extend(change.join.iter().chain(&change.turn).cloned());
    for (id, _) in &change.leave {
        roll.remove(id);
    }
    roll
}

proptest! {
    /// However it was before, and whoever was put there by hand: afterwards it is who is wanted, and they.
    #[test]
    fn whoever_was_put_there_by_hand_stays(ours in rolls(), by_hand in rolls(), wanted in rolls()) {
        let by_hand: Roll = by_hand.into_iter().filter(|(id, _)| !ours.contains_key(id)).collect();
        let there: Roll = ours.clone().into_iter().chain(by_hand.clone()).collect();

        let known = after(&there, &Change::between(&ours, &wanted));
        let looked = after(&there, &Change::from_there(&there, &ours, &wanted));
        let anew = after(&there, &Change::anew(&ours, &wanted));

        for roll in [known, looked, anew] {
            let expected: BTreeSet<&String> = wanted.keys().chain(by_hand.keys()).collect();
            prop_assert_eq!(roll.keys().collect::<BTreeSet<_>>(), expected);
            prop_assert!(wanted.iter().filter(|it| *it.1 == Owner).all(|(id, _)| roll[id] == Owner));
        }
    }

    /// A class that had an owner has one afterwards.
    #[test]
    fn no_class_loses_its_last_owner(ours in rolls(), wanted in rolls()) {
        let owners: BTreeSet<String> = ours.iter().filter(|it| *it.1 == Owner).map(|it| it.0.clone()).collect();

        let change = Change::between(&ours, &wanted).keeping_an_owner(&owners);

        let left = after(&ours, &change).values().any(|it| *it == Owner);
        prop_assert!(left || owners.is_empty());
    }
}
