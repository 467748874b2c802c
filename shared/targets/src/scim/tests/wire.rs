//! The wire format of every object.

use insta::assert_json_snapshot;
use rules::view::{GroupView, View};
use serde_json::Value;

use super::{mapping, object};
use crate::invented::{group, pupil, reference, teacher};
use crate::scim::kinds::MEMBERS;

fn body(view: View) -> Value {
    object("", view).body.expose().clone()
}

fn class() -> GroupView {
    GroupView { led_by: None, teachers: vec![reference(11)], ..group() }
}

#[test]
fn a_pupil() {
    assert_json_snapshot!(body(View::Person(pupil())));
}

#[test]
fn a_teacher() {
    assert_json_snapshot!(body(View::Person(teacher())));
}

#[test]
fn a_group() {
    assert_json_snapshot!(body(View::Group(class())));
}

#[test]
fn the_members_of_a_group_are_its_pupils_and_teachers_by_the_receivers_names() {
    let class = object("", View::Group(class()));

    let members: Vec<&str> = class.ties[MEMBERS].iter().map(String::as_str).collect();
    assert_eq!(members, ["00000000-0000-4000-8000-000000000010", "00000000-0000-4000-8000-000000000011", "konto-77"]);
}

#[test]
fn teachers_may_be_left_out_of_groups() {
    let class = object("teachers_in_groups = false", View::Group(class()));

    assert_eq!(class.ties[MEMBERS].len(), 2);
}

#[test]
fn a_group_may_be_called_by_its_school_too() {
    let class = object(
        "group_name = '{school_unit} {name} ({kind})'",
        View::Group(GroupView { name: "7{kind}".into(), ..class() }),
    );

    assert_eq!(class.body.expose()["displayName"], format!("{} 7{{kind}} (Klass)", reference(3).at_target));
}

#[test]
fn a_group_without_a_name_is_refused() {
    let refusal = mapping("").map(&View::Group(GroupView { name: " ".into(), ..class() })).unwrap_err();

    assert_eq!(refusal.code, "scim.group_name_missing");
}
