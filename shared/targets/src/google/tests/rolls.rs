//! Who joins and who leaves.

use rules::object::{DeliveredObject, Origin, Ties, WantedObject};
use rules::view::View;

use super::{class, object};
use crate::google::kinds::{STUDENTS, TEACHERS};
use crate::google::roll::{Change, is_content_changed};

fn course(students: &[&str], teachers: &[&str]) -> WantedObject {
    let set = |users: &[&str]| users.iter().map(|it| (*it).to_owned()).collect();
    let ties = Ties::from([(STUDENTS.to_owned(), set(students)), (TEACHERS.to_owned(), set(teachers))]);
    WantedObject { ties, ..object("", &View::Group(class())) }
}

fn delivered(of: &WantedObject) -> DeliveredObject {
    DeliveredObject { fingerprint: of.fingerprint(), origin: Origin::Created, ..DeliveredObject::begun(of) }
}

#[test]
fn only_who_joins_and_who_leaves_is_named() {
    let (before, now) = (delivered(&course(&["a", "b"], &["x"])), course(&["b", "c"], &["x"]));

    let change = Change::of(&now, Some(&before));

    assert_eq!((change.join, change.leave), (vec![("students", "c")], vec![("students", "a")]));
}

#[test]
fn when_it_is_not_known_how_the_last_change_ended_everybody_is_named_again() {
    let (now, mut before) = (course(&["a", "b"], &[]), delivered(&course(&["a", "c"], &[])));
    before.doubt(&now);

    let change = Change::of(&now, Some(&before));

    assert_eq!((change.join, change.leave), (vec![("students", "a"), ("students", "b")], vec![("students", "c")]));
}

#[test]
fn the_owner_stays() {
    let (before, now) = (delivered(&course(&[], &["owner", "x"])), course(&[], &[]));

    let change = Change::of(&now, Some(&before)).keeping(TEACHERS, "owner");

    assert_eq!(change.leave, [("teachers", "x")]);
}

#[test]
fn a_change_of_the_rolls_only_is_told_from_a_change_of_the_name() {
    let before = delivered(&course(&["a"], &[]));
    let (mut renamed, mut view) = (course(&["a"], &[]), class());
    view.name = "8A".into();
    renamed.body = object("", &View::Group(view)).body;

    assert!(!is_content_changed(&course(&["a", "b"], &[]), &before));
    assert!(is_content_changed(&renamed, &before));
}
