//! Packages as a receiver reads them: with the hub's own reader of other people's packages.

use std::io::{Cursor, Read};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use outbound::FixedSecrets;
use roster::{Id, MembershipRole, Personal, Record, SystemClock, Validity};
use rules::plan::Operation;
use rules::view::{
    EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference, View,
};
use rules::window::Line;
use sources::Scope;
use sources::oneroster::Conventions;
use sources::oneroster::csv::{Bounds, Bundle, Contents};
use sources::registry::SourceContext;
use targets::registry::{TargetContext, build};
use zip::ZipArchive;

use crate::kit::reading::{go_on, request};

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

/// The first package that a target of a kind writes of a small school.
fn package(kind: &str, settings: &str) -> Vec<u8> {
    let context = TargetContext {
        transport: None,
        secrets: Arc::new(FixedSecrets::new()),
        clock: Arc::new(SystemClock),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run: false,
    };
    let settings = format!("folder = '/srv/out'\n{settings}").parse().unwrap();
    let target = build(kind, &settings, &context).unwrap().target;
    let files = target.files().unwrap();
    let views = [unit(), person("Astrid", true), person("Bo", true), person("Rut", false), class()];
    let wanted = views.iter().flat_map(|it| target.map(it).unwrap());
    let lines: Vec<Line> = wanted.flat_map(|it| files.lines(&Operation::Create(it))).collect();
    files.written("2026-12-01T09:15:00Z".parse().unwrap(), &lines).remove(0).content
}

/// What a receiver of an edition of OneRoster reads.
fn received(version: &str) -> Contents {
    let package = package("oneroster-csv", &format!("version = '{version}'"));
    let (conventions, today) = (Conventions::default(), "2026-12-01".parse().unwrap());
    let bundle = Bundle::read(Cursor::new(package), Bounds::default(), &conventions, today).unwrap();
    bundle.records(&conventions, today).unwrap()
}

/// What is read of a set for School Data Sync.
async fn received_of_a_set() -> Vec<Record> {
    let folder = std::env::temp_dir().join(format!("skolbro-conformance-sds-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut zip = ZipArchive::new(Cursor::new(package("school-data-sync", ""))).unwrap();
    for place in 0..zip.len() {
        let mut entry = zip.by_index(place).unwrap();
        let (name, mut content) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut content).unwrap();
        std::fs::write(folder.join(name), content).unwrap();
    }
    let context = SourceContext {
        transport: None,
        places: None,
        secrets: Arc::new(FixedSecrets::new()),
        clock: Arc::new(SystemClock),
        user_agent: "skolbro-test".into(),
        tenant: "demo".into(),
        source: "sds".into(),
    };
    let codes = format!("school_unit_codes = {{ '{}' = '12345678' }}", id("Provskolan"));
    let settings = format!("format = 'sds-v2.1'\nfolder = '{}'\n{codes}", folder.display()).parse().unwrap();
    let source = sources::registry::build("file-drop", &settings, &context).unwrap();
    let later = Timestamp::now().checked_add(jiff::SignedDuration::from_secs(120)).unwrap();
    let read = go_on(&|| source.clone(), request(Scope::Full, None, later), Default::default()).await;
    std::fs::remove_dir_all(&folder).unwrap();
    read.unwrap().records
}

/// Who is at the school, and who is in the class.
fn says_what_there_is(records: &[Record]) {
    let (mut people, mut members, mut schools) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        match record {
            Record::Organisation(it) => schools.push((it.id, it.name.clone())),
            Record::Group(it) => {
                let last: Date = "2027-06-11".parse().unwrap();
                assert_eq!((it.id, it.validity.end), (id("4A"), Some(last)), "the last day is the last day");
                members.extend(it.members.iter().map(|it| (it.person, it.role)));
            }
            Record::Person(it) => people.push((it.given_name.as_str().to_owned(), it.id, it.enrolments.len())),
            _ => {}
        }
    }
    people.sort();
    members.sort_by_key(|it| it.0);
    let pupil = |name: &str| (id(name), MembershipRole::Pupil);
    let mut expected = vec![pupil("Astrid"), pupil("Bo"), (id("Rut"), MembershipRole::Teacher)];
    expected.sort_by_key(|it| it.0);
    let named = [("Astrid", 1), ("Bo", 1), ("Rut", 0)].map(|(name, places)| (name.to_owned(), id(name), places));
    assert_eq!((people, members), (named.to_vec(), expected));
    assert_eq!(schools, [(id("Provskolan"), "Provskolan, \"F-6\"".to_owned())]);
}

#[test]
fn a_package_of_oneroster_1_1_says_what_there_is() {
    let contents = received("1.1");

    assert_eq!((contents.unreadable, contents.complete.len()), (vec![], 3));
    says_what_there_is(&contents.records);
}

#[test]
fn a_package_of_oneroster_1_2_says_what_there_is() {
    let contents = received("1.2");

    assert_eq!((contents.unreadable, contents.complete.len()), (vec![], 3));
    says_what_there_is(&contents.records);
}

#[tokio::test(start_paused = true)]
async fn a_set_for_school_data_sync_says_what_there_is() {
    says_what_there_is(&received_of_a_set().await);
}
