//! Every call, with its body.

use insta::assert_json_snapshot;
use outbound::Secret;
use rules::view::{GroupView, PersonView, View};
use serde_json::{Value, json};

use super::{class, mapped, object, objects, sent};
use crate::google::calls::{self, Place, Service};
use crate::google::kinds::{MEMBERS, STUDENTS, TEACHERS};
use crate::invented::{personal, pupil, reference, teacher};

const CREATE: &str = "users = 'create'\norg_unit_pupils = '/Elever/{school_unit}'\norg_unit_staff = '/Personal'";
const GROUPS: &str = "groups = { email = '{school_unit}-{name}@skola.example', name = '{name} {school_unit}' }";

fn body(more: &str, view: &View) -> Value {
    object(more, view).body.expose().clone()
}

fn person() -> PersonView {
    let mut view = pupil();
    view.enrolments[0].school_unit.at_target = "12345678".into();
    view
}

fn members(more: &str, list: &str) -> Vec<String> {
    let found = objects(more, &View::Group(class())).into_iter().find_map(|mut it| it.ties.remove(list));
    found.unwrap().into_iter().collect()
}

#[test]
fn an_account_of_a_pupil_that_is_made() {
    let call = calls::make_account(&body(CREATE, &View::Person(person())), &Secret::new("hemligt"), true);

    assert_json_snapshot!(sent(&call));
}

#[test]
fn an_account_of_a_teacher_that_is_made() {
    let call = calls::make_account(&body(CREATE, &View::Person(teacher())), &Secret::new("hemligt"), false);

    assert_json_snapshot!(sent(&call));
}

#[test]
fn an_account_that_is_changed() {
    let body = body(CREATE, &View::Person(person()));

    assert_json_snapshot!([
        sent(&calls::change_our_account("1001", &body, false)),
        sent(&calls::change_our_account("1001", &body, true)),
        sent(&calls::change_adopted_account("1001", &body)),
        sent(&calls::suspend_account("1001")),
        sent(&calls::delete_account("1001")),
    ]);
}

#[test]
fn accounts_that_are_asked_for() {
    assert_json_snapshot!([
        sent(&calls::account("astrid.provsson@skola.example")),
        sent(&calls::find_account("00000000-0000-4000-8000-000000000010")),
        sent(&calls::list_accounts(None)),
        sent(&calls::list_accounts(Some("nästa"))),
    ]);
}

#[test]
fn a_course_from_its_making_to_its_end() {
    let body = body("", &View::Group(class()));

    assert_json_snapshot!([
        sent(&calls::make_course(&body, "p:skolbro-30", "kurser@skola.example")),
        sent(&calls::course("p:skolbro-30")),
        sent(&calls::change_course("77", &body)),
        sent(&calls::open_course("77")),
        sent(&calls::archive_course("77")),
        sent(&calls::delete_course("77")),
    ]);
}

#[test]
fn the_rolls_of_a_course() {
    let place = Place { service: Service::Classroom, id: "77" };

    assert_json_snapshot!([
        sent(&place.join(STUDENTS, "1001")),
        sent(&place.join(TEACHERS, "1002")),
        sent(&place.leave(STUDENTS, "1001")),
        sent(&place.list(STUDENTS, None)),
        sent(&place.list(TEACHERS, Some("nästa"))),
    ]);
}

#[test]
fn a_group_from_its_making_to_its_end() {
    let mut view = class();
    view.school_unit.at_target = "12345678".into();
    let group = objects(GROUPS, &View::Group(view)).remove(1);

    assert_json_snapshot!([
        sent(&calls::make_group(group.body.expose())),
        sent(&calls::group("12345678-7a@skola.example")),
        sent(&calls::change_group("g1", json!({ "name": "8A" }))),
        sent(&calls::delete_group_alias("g1", "12345678-7a@skola.example")),
        sent(&calls::delete_group("g1")),
        sent(&calls::list_groups(None)),
    ]);
}

#[test]
fn the_members_of_a_group() {
    let place = Place { service: Service::Directory, id: "g1" };

    assert_json_snapshot!([
        sent(&place.join(MEMBERS, "1001")),
        sent(&place.leave(MEMBERS, "1001")),
        sent(&place.list(MEMBERS, None)),
    ]);
}

#[test]
fn nobody_is_both_pupil_and_teacher_of_a_course() {
    let view = GroupView { teachers: vec![reference(10)], ..class() };

    let course = object("", &View::Group(view));

    assert_eq!([course.ties[STUDENTS].len(), course.ties[TEACHERS].len()], [1, 1]);
    assert!(course.ties[TEACHERS].contains(&reference(10).at_target));
}

#[test]
fn who_is_a_member_of_a_group_is_for_the_settings_to_say() {
    let only =
        |member: &str| format!("courses = false\ngroups = {{ email = '{{name}}@a.example', members = ['{member}'] }}");

    assert_eq!([members(&only("pupils"), MEMBERS).len(), members(&only("teachers"), MEMBERS).len()], [2, 1]);
}

#[test]
fn an_account_is_recognised_by_the_schools_addresses_and_by_a_user_name_that_is_one() {
    let view = PersonView { user_name: personal("Astlin01@Skola.example"), ..person() };

    let account = object("", &View::Person(view));

    let addresses: Vec<&str> = account.recognised_by.iter().map(|it| it.as_str()).collect();
    assert_eq!(addresses, ["astrid.lindgard@skola.example", "astlin01@skola.example"]);
}

#[test]
fn what_google_cannot_have_is_refused_by_name_of_what_is_missing() {
    let refused = |more: &str, view: View| mapped(more, &view).unwrap_err().code;
    let nameless = PersonView { given_name: personal(" "), family_name: personal(""), ..person() };
    let accented = PersonView { user_name: personal("åsa@skola.example"), ..person() };
    let unknown = PersonView { user_name: personal("astlin01"), emails: Vec::new(), ..person() };

    assert_eq!(refused(CREATE, View::Person(nameless)), "google.name_missing");
    assert_eq!(refused(CREATE, View::Person(accented)), "google.user_name");
    assert_eq!(refused("", View::Person(unknown)), "google.address_missing");
    assert_eq!(refused("", View::Group(GroupView { name: " ".into(), ..class() })), "google.group_name_missing");
    assert_eq!(refused(GROUPS, View::Group(GroupView { name: "…".into(), ..class() })), "google.group_address");
}

#[test]
fn who_has_but_one_name_has_it_twice() {
    let body = body(CREATE, &View::Person(PersonView { family_name: personal(""), ..person() }));

    assert_eq!(body["name"], json!({ "givenName": "Astrid", "familyName": "Astrid" }));
}

#[test]
fn a_course_without_courses_and_a_group_without_groups_are_not_wanted() {
    assert_eq!(objects("courses = false", &View::Group(class())), []);
}
