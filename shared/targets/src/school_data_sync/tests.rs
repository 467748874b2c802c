//! What sets say.

use std::io::{Cursor, Read};

use jiff::Timestamp;
use roster::{Id, Personal, Validity};
use rules::object::DeliveredObject;
use rules::plan::Operation;
use rules::view::{
    EmailView, EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference,
    View,
};
use rules::window::Line;
use zip::ZipArchive;

use super::mapping::Mapping;
use super::sets::Sets;
use crate::tables::{Format, is_over};

fn sets() -> Sets {
    Sets(Mapping { group_kinds: vec!["Klass".into()] })
}

fn id(name: &str) -> Id {
    Id::derived(&[name])
}

fn reference(name: &str) -> Reference {
    Reference { id: id(name), at_target: id(name).to_string() }
}

fn unit() -> View {
    View::Organisation(OrganisationView {
        id: id("Provskolan"),
        kind: OrganisationViewKind::SchoolUnit,
        name: "Provskolan, \"F-6\"\n".into(),
        school_unit_code: Some("12345678".into()),
        school_types: vec!["GR".into()],
        municipality_code: None,
        principal: Some(reference("Norrbyholm")),
        school: None,
    })
}

fn person(name: &str, year: Option<u8>, roles: &[&str]) -> View {
    let enrolment = |year| EnrolmentView {
        school_unit: reference("Provskolan"),
        school_type: Some("GR".into()),
        school_year: Some(year),
        education_code: None,
        validity: Validity::ALWAYS,
    };
    let employment = |role: &&str| EmploymentView {
        id: id(role),
        school_unit: reference("Provskolan"),
        role: (*role).to_owned(),
        signature: None,
        validity: Validity::ALWAYS,
    };
    let address = Personal::new(format!("{}@skola.example", name.to_lowercase()));
    View::Person(PersonView {
        id: id(name),
        at_target: None,
        given_name: Personal::new(name.into()),
        family_name: Personal::new("Provsson".into()),
        user_name: address.clone(),
        principal_name: None,
        civic_number: None,
        emails: vec![EmailView { address, kind: "Skola elev".into() }],
        enrolments: year.map(enrolment).into_iter().collect(),
        employments: roles.iter().map(employment).collect(),
        licences: Vec::new(),
        login: None,
    })
}

fn group(kind: &str) -> View {
    View::Group(GroupView {
        id: id("4A"),
        name: "4A".into(),
        kind: kind.into(),
        school_type: Some("GR".into()),
        validity: Validity::new(Some("2026-08-17".parse().unwrap()), Some("2026-12-18".parse().unwrap())),
        school_unit: reference("Provskolan"),
        pupils: vec![reference("Astrid")],
        led_by: None,
        teachers: vec![reference("Rut")],
    })
}

fn lines(views: &[View]) -> Vec<Line> {
    let wanted = views.iter().flat_map(|it| sets().map(it).unwrap());
    wanted.flat_map(|it| sets().lines(&Operation::Create(it))).collect()
}

fn text(lines: &[Line]) -> String {
    let minute: Timestamp = "2026-12-01T09:15:00Z".parse().unwrap();
    let mut lines = lines.to_vec();
    lines.sort_by(|a, b| (a.turn, a.text.as_str()).cmp(&(b.turn, b.text.as_str())));
    let Some(file) = sets().written(minute, &lines).pop() else { return String::new() };
    let mut zip = ZipArchive::new(Cursor::new(file.content)).unwrap();
    let mut said = file.name;
    for place in 0..zip.len() {
        let mut entry = zip.by_index(place).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        said += &format!("\n\n{name}\n{}", text.replace("\r\n", "\n").trim_end());
    }
    said
}

#[test]
fn a_set_holds_what_there_is_in_the_same_six_files() {
    let views =
        [unit(), person("Astrid", Some(0), &[]), person("Rut", None, &["Rektor", "Vaktmästare"]), group("Klass")];

    insta::assert_snapshot!(text(&lines(&views)));
}

#[test]
fn a_set_of_one_school_has_all_files_all_the_same() {
    assert_eq!(text(&lines(&[unit()])).matches(".csv").count(), 6);
}

#[test]
fn a_group_of_another_kind_is_no_class() {
    assert_eq!(sets().map(&group("Mentor")), Ok(Vec::new()));
}

#[test]
fn whoever_is_taken_away_is_in_no_set_any_more() {
    let pupil = sets().map(&person("Astrid", Some(4), &[])).unwrap().remove(0);

    let gone = sets().lines(&Operation::Delete(DeliveredObject::begun(&pupil)));

    assert!(gone.len() == 2 && gone.iter().all(is_over), "the user, and the role");
    assert_eq!(text(&gone), "", "nobody is no set");
}
