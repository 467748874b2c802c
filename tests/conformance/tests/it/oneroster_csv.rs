//! Packages as a receiver reads them: with the hub's own reader of other people's packages.

use std::io::Cursor;
use std::sync::Arc;

use jiff::Timestamp;
use outbound::FixedSecrets;
use roster::{Id, MembershipRole, Personal, Record, SystemClock, Validity};
use rules::plan::Operation;
use rules::view::{
    EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference, View,
};
use rules::window::Line;
use sources::oneroster::Conventions;
use sources::oneroster::csv::{Bounds, Bundle, Contents};
use targets::registry::{TargetContext, build};

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
        name: "Provskolan, \"F-6\"".into(),
        school_unit_code: Some("12345678".into()),
        school_types: vec!["GR".into()],
        municipality_code: None,
        principal: None,
        school: None,
    })
}

fn person(name: &str, is_pupil: bool) -> View {
    let enrolment = EnrolmentView {
        school_unit: reference("Provskolan"),
        school_type: Some("GR".into()),
        school_year: Some(4),
        education_code: None,
        validity: Validity::ALWAYS,
    };
    let employment = EmploymentView {
        id: id("duty"),
        school_unit: reference("Provskolan"),
        role: "Lärare".into(),
        signature: None,
        validity: Validity::ALWAYS,
    };
    View::Person(PersonView {
        id: id(name),
        at_target: None,
        given_name: Personal::new(name.into()),
        family_name: Personal::new("Provsson, f. Exempel".into()),
        user_name: Personal::new(format!("{}@skola.example", name.to_lowercase())),
        principal_name: None,
        civic_number: None,
        emails: Vec::new(),
        enrolments: is_pupil.then_some(enrolment).into_iter().collect(),
        employments: (!is_pupil).then_some(employment).into_iter().collect(),
        licences: Vec::new(),
        login: None,
    })
}

fn class() -> View {
    View::Group(GroupView {
        id: id("4A"),
        name: "4A".into(),
        kind: "Klass".into(),
        school_type: Some("GR".into()),
        validity: Validity::new(Some("2026-08-17".parse().unwrap()), Some("2027-06-11".parse().unwrap())),
        school_unit: reference("Provskolan"),
        pupils: vec![reference("Astrid"), reference("Bo")],
        led_by: None,
        teachers: vec![reference("Rut")],
    })
}

/// What a receiver of an edition reads out of the first package.
fn received(version: &str) -> Contents {
    let context = TargetContext {
        transport: None,
        secrets: Arc::new(FixedSecrets::new()),
        clock: Arc::new(SystemClock),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run: false,
    };
    let settings = format!("version = '{version}'\nfolder = '/srv/lms'").parse().unwrap();
    let target = build("oneroster-csv", &settings, &context).unwrap().target;
    let files = target.files().unwrap();
    let views = [unit(), person("Astrid", true), person("Bo", true), person("Rut", false), class()];
    let wanted = views.iter().flat_map(|it| target.map(it).unwrap());
    let lines: Vec<Line> = wanted.flat_map(|it| files.lines(&Operation::Create(it))).collect();
    let minute: Timestamp = "2026-12-01T09:15:00Z".parse().unwrap();
    let package = files.written(minute, &lines).remove(0);
    let (conventions, today) = (Conventions::default(), "2026-12-01".parse().unwrap());
    let bundle = Bundle::read(Cursor::new(package.content), Bounds::default(), &conventions, today).unwrap();
    bundle.records(&conventions, today).unwrap()
}

fn says_what_there_is(version: &str) {
    let contents = received(version);

    assert_eq!(contents.unreadable, []);
    assert_eq!(contents.complete.len(), 3);
    let mut persons = Vec::new();
    for record in &contents.records {
        match record {
            Record::Organisation(it) => {
                assert_eq!((it.id, it.name.as_str()), (id("Provskolan"), "Provskolan, \"F-6\""))
            }
            Record::Group(it) => {
                let members: Vec<(Id, MembershipRole)> = it.members.iter().map(|it| (it.person, it.role)).collect();
                let mut expected = vec![
                    (id("Astrid"), MembershipRole::Pupil),
                    (id("Bo"), MembershipRole::Pupil),
                    (id("Rut"), MembershipRole::Teacher),
                ];
                expected.sort_by_key(|it| it.0);
                let mut members = members;
                members.sort_by_key(|it| it.0);
                assert_eq!((it.id, members), (id("4A"), expected));
                let last: jiff::civil::Date = "2027-06-11".parse().unwrap();
                assert_eq!(it.validity.end, Some(last), "the last day is the last day");
            }
            Record::Person(it) => {
                let at =
                    it.enrolments.iter().map(|it| it.school_unit).chain(it.duties.iter().map(|it| it.organisation));
                assert_eq!(at.collect::<Vec<_>>(), [id("Provskolan")]);
                persons.push((it.given_name.as_str().to_owned(), it.id, it.enrolments.len()));
            }
            _ => {}
        }
    }
    persons.sort();
    let expected = [("Astrid", 1), ("Bo", 1), ("Rut", 0)].map(|(name, places)| (name.to_owned(), id(name), places));
    assert_eq!(persons, expected);
}

#[test]
fn a_package_of_1_1_says_what_there_is() {
    says_what_there_is("1.1");
}

#[test]
fn a_package_of_1_2_says_what_there_is() {
    says_what_there_is("1.2");
}
