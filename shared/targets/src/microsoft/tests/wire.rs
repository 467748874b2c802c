//! The wire format of everything that is sent.

use insta::assert_json_snapshot;
use rules::view::{GroupView, PersonView, View};
use serde_json::{Value, json};

use super::{mapping, object, objects};
use crate::invented::{group, personal, pupil, reference, teacher};
use crate::microsoft::bodies::{self, Part};
use crate::microsoft::kinds::{MEMBERS, OWNERS, TEACHERS};
use crate::microsoft::roll::Role;

const BASE: &str = "https://graph.example/v1.0";

fn body(more: &str, view: View) -> Value {
    object(more, view).body.expose().clone()
}

fn class() -> GroupView {
    GroupView { led_by: None, teachers: vec![reference(11)], ..group() }
}

fn people(of: &[&str]) -> Vec<String> {
    of.iter().map(|it| (*it).to_owned()).collect()
}

#[test]
fn an_account_that_is_recognised_is_looked_for_by_its_name_and_nothing_of_it_is_sent() {
    let wanted = object("", View::Person(pupil()));

    let names: Vec<&str> = wanted.recognised_by.iter().map(|it| it.as_str()).collect();
    assert_eq!(wanted.body.expose(), &json!({ "userPrincipalName": "astlin01@skola.example" }));
    assert_eq!(names, ["astlin01@skola.example", "astrid.lindgard@skola.example"]);
}

#[test]
fn an_account_may_be_recognised_by_its_name_alone() {
    let wanted = object("adopt_by_email = false", View::Person(pupil()));

    let names: Vec<&str> = wanted.recognised_by.iter().map(|it| it.as_str()).collect();
    assert_eq!(names, ["astlin01@skola.example"]);
}

#[test]
fn an_account_that_is_made() {
    let wanted = body("users = 'create'", View::Person(pupil()));

    assert_json_snapshot!(bodies::account(&wanted, "Sk-0123"));
}

#[test]
fn an_account_that_we_made_is_changed() {
    assert_json_snapshot!(bodies::account_change(&body("users = 'create'", View::Person(teacher()))));
}

#[test]
fn a_user_name_is_written_without_accents() {
    let person = PersonView { user_name: personal("Åsa.Öberg@skola.example"), ..pupil() };

    let made = body("users = 'create'", View::Person(person));

    assert_eq!(
        [&made["userPrincipalName"], &made["mailNickname"]],
        [&json!("Asa.Oberg@skola.example"), &json!("Asa.Oberg")]
    );
}

#[test]
fn who_has_no_name_to_sign_in_with_is_refused_where_accounts_are_made() {
    let person = View::Person(PersonView { user_name: personal("astlin01"), ..pupil() });

    let refusal = mapping("users = 'create'").map(&person).unwrap_err();

    assert_eq!(refusal.code, "microsoft.user_name_unusable");
    assert!(mapping("").map(&person).is_ok());
}

#[test]
fn a_password_meets_the_directorys_demands_and_is_never_the_same() {
    let [one, other] = [(), ()].map(|()| bodies::password(&roster::SystemChance));

    let has = |kind: fn(&char) -> bool| one.chars().any(|it| kind(&it));
    assert!(has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit));
    assert!(one.len() >= 32 && one != other);
}

#[test]
fn a_class() {
    assert_json_snapshot!(body("", View::Group(class())));
}

#[test]
fn a_class_is_changed() {
    assert_json_snapshot!(bodies::class_change(&body("", View::Group(class()))));
}

#[test]
fn the_lists_of_a_class_are_its_pupils_its_teachers_and_the_owners_that_the_settings_name() {
    let wanted = object("extra_owners = ['IT@skola.example']", View::Group(class()));

    let list = |name: &str| wanted.ties[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(list(MEMBERS), ["00000000-0000-4000-8000-000000000010", "konto-77"]);
    assert_eq!(list(TEACHERS), ["00000000-0000-4000-8000-000000000011"]);
    assert_eq!(list(OWNERS), ["it@skola.example"]);
}

#[test]
fn two_classes_of_one_name_have_two_mail_names_of_plain_letters() {
    let one = class();
    let other = GroupView { id: crate::invented::id(31), name: "7A Ö/å".into(), ..class() };
    let nickname = |view: GroupView| {
        body("mail_nickname = '{school_unit} {name}'", View::Group(view))["mailNickname"].as_str().unwrap().to_owned()
    };

    let (one, other) = (nickname(one), nickname(other));

    assert_eq!(other.split_at(other.len() - 13).0, "00000000-0000-4000-8000-000000000003-7A-O-a");
    assert!(one.len() <= 64 && one[one.len() - 12..] != other[other.len() - 12..]);
}

#[test]
fn a_long_name_is_cut_to_what_fits() {
    let view = GroupView { name: "Å".repeat(400), ..class() };

    let class = body("", View::Group(view));

    assert_eq!(class["displayName"].as_str().unwrap().chars().count(), 256);
    assert_eq!(class["mailNickname"].as_str().unwrap().len(), 64);
}

#[test]
fn a_team_needs_its_class_and_somebody_who_owns_it() {
    let kinds = |more: &str, view: GroupView| {
        let found = objects(more, View::Group(view));
        let needs: Vec<String> = found.iter().flat_map(|it| &it.needs).map(|it| it.kind.to_string()).collect();
        (found.len(), needs)
    };
    let alone = GroupView { teachers: Vec::new(), ..class() };
    let it = "extra_owners = ['00000000-0000-4000-8000-0000000000aa']\nteams = true";

    assert_eq!(kinds("teams = true", class()), (2, vec!["Classes".to_owned()]));
    assert_eq!(kinds("teams = true", alone.clone()).0, 1);
    assert_eq!(kinds(it, alone).0, 2);
    assert_eq!(kinds("", class()).0, 1);
}

#[test]
fn a_class_without_a_name_is_refused() {
    let refusal = mapping("").map(&View::Group(GroupView { name: " ".into(), ..class() })).unwrap_err();

    assert_eq!(refusal.code, "microsoft.class_name_missing");
}

#[test]
fn members_of_a_group_are_bound_together() {
    assert_json_snapshot!(bodies::bound(BASE, &people(&["astrid", "bo"])));
}

#[test]
fn members_and_teachers_come_and_go_one_by_one_in_a_batch() {
    assert_json_snapshot!(bodies::batch(&[
        Part::member(BASE, "7a", "astrid"),
        Part::teacher(BASE, "7a", "bo"),
        Part::no_teacher("7a", "eva"),
        Part::no_member("7a", "eva"),
    ]));
}

#[test]
fn members_come_to_a_team() {
    let members = [("astrid".to_owned(), Role::Member), ("bo".to_owned(), Role::Owner)];

    assert_json_snapshot!(bodies::joining(BASE, &members));
}

#[test]
fn members_leave_a_team() {
    assert_json_snapshot!(bodies::leaving(BASE, &people(&["astrid"])));
}

#[test]
fn a_member_of_a_team_becomes_an_owner() {
    assert_json_snapshot!(bodies::turning(Role::Owner));
}

#[test]
fn a_team_of_a_class() {
    assert_json_snapshot!(bodies::team(BASE, "7a"));
}
