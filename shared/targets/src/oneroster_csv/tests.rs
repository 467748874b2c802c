//! What packages say, and that in the end they have said what is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use jiff::Timestamp;
use proptest::prelude::*;
use roster::{Id, Personal, Validity};
use rules::delivery::Delivery;
use rules::object::{DeliveredObject, Origin, Ties, WantedObject};
use rules::plan::{Operation, diff};
use rules::view::{
    EmailView, EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference,
    View,
};
use rules::window::{Line, Turn};
use zip::ZipArchive;

use super::config::{Edition, Mode};
use super::mapping::Mapping;
use super::package::Packages;
use super::rows::OneRoster;
use super::tables::List;
use crate::tables::{self, CLASS, Format, Row, USER, is_over, key, object, rows};

fn lines(operation: &Operation) -> Vec<Line> {
    tables::lines::<OneRoster>(operation)
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

fn person(name: &str, is_pupil: bool) -> View {
    let enrolment = EnrolmentView {
        school_unit: reference("Provskolan"),
        school_type: Some("GR".into()),
        school_year: Some(4),
        education_code: None,
        validity: Validity::ALWAYS,
    };
    let employment = |school: &str, role: &str| EmploymentView {
        id: id(&format!("{name} at {school}")),
        school_unit: reference(school),
        role: role.into(),
        signature: None,
        validity: Validity::ALWAYS,
    };
    let address = format!("{}@skola.example", name.to_lowercase());
    View::Person(PersonView {
        id: id(name),
        at_target: None,
        given_name: Personal::new(name.into()),
        family_name: Personal::new("Provsson".into()),
        user_name: Personal::new(address.clone()),
        principal_name: None,
        civic_number: None,
        emails: vec![EmailView { address: Personal::new(address), kind: "Skola elev".into() }],
        enrolments: is_pupil.then_some(enrolment).into_iter().collect(),
        employments: if is_pupil {
            vec![]
        } else {
            vec![employment("Provskolan", "Rektor"), employment("Norrskolan", "Lärare")]
        },
        licences: Vec::new(),
        login: None,
    })
}

fn class(pupils: &[&str], term: Validity) -> View {
    View::Group(GroupView {
        id: id("4A"),
        name: "4A".into(),
        kind: "Klass".into(),
        school_type: Some("GR".into()),
        validity: term,
        school_unit: reference("Provskolan"),
        pupils: pupils.iter().map(|it| reference(it)).collect(),
        led_by: None,
        teachers: vec![reference("Rut")],
    })
}

fn school_year() -> Validity {
    Validity::new(Some("2026-08-17".parse().unwrap()), Some("2027-06-11".parse().unwrap()))
}

fn mapping(edition: Edition) -> Mapping {
    Mapping { edition, mode: Mode::Bulk, homeroom_kinds: vec!["Klass".into()] }
}

fn wanted(view: &View, edition: Edition) -> WantedObject {
    mapping(edition).map(view).unwrap().remove(0)
}

fn delivered(wanted: &WantedObject) -> DeliveredObject {
    DeliveredObject {
        key: wanted.key.clone(),
        fingerprint: wanted.fingerprint(),
        origin: Origin::Created,
        remote: None,
        needs: Vec::new(),
        ties: wanted.ties.clone(),
        leaving: false,
    }
}

/// The files of a package that have rows, and the manifest.
fn package(edition: Edition, mode: Mode, lines: &[Line]) -> String {
    let packages = Packages { mapping: mapping(edition), edition, mode, file_name: "oneroster".into() };
    let minute: Timestamp = "2026-12-01T09:15:00Z".parse().unwrap();
    let mut lines = lines.to_vec();
    lines.sort_by(|a, b| (a.turn, a.text.as_str()).cmp(&(b.turn, b.text.as_str())));
    let files = packages.written(minute, &lines);
    let Some(file) = files.into_iter().next() else { return String::new() };
    let mut zip = ZipArchive::new(Cursor::new(file.content)).unwrap();
    let mut said = file.name;
    for place in 0..zip.len() {
        let mut entry = zip.by_index(place).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if text.lines().count() > 1 {
            said += &format!("\n\n{}\n{}", name, text.replace("\r\n", "\n").trim_end());
        }
    }
    said
}

fn first(edition: Edition) -> Vec<Line> {
    let views = [unit(), person("Astrid", true), person("Rut", false), class(&["Astrid"], school_year())];
    views.iter().flat_map(|it| lines(&Operation::Create(wanted(it, edition)))).collect()
}

#[test]
fn a_bulk_package_holds_what_there_is() {
    insta::assert_snapshot!(package(Edition::V1p1, Mode::Bulk, &first(Edition::V1p1)));
}

#[test]
fn roles_are_a_file_of_their_own_in_1_2() {
    insta::assert_snapshot!(package(Edition::V1p2, Mode::Bulk, &first(Edition::V1p2)));
}

#[test]
fn a_delta_package_says_who_came_and_who_left() {
    let old = wanted(&class(&["Astrid", "Bo"], school_year()), Edition::V1p1);
    let new = wanted(&class(&["Bo", "Cai"], school_year()), Edition::V1p1);

    let lines = lines(&Operation::Update { delivered: delivered(&old), wanted: new });

    insta::assert_snapshot!(package(Edition::V1p1, Mode::Delta, &lines));
}

#[test]
fn who_is_taken_away_is_marked_and_nothing_of_them_is_said() {
    let old = wanted(&person("Astrid", true), Edition::V1p2);

    let lines = lines(&Operation::Delete(delivered(&old)));

    let said = package(Edition::V1p2, Mode::Delta, &lines);
    assert_eq!(said.matches("tobedeleted").count(), 2, "the user and the role: {said}");
    assert!(!said.contains("Astrid") && !said.contains("Provsson"), "{said}");
    assert_eq!(package(Edition::V1p2, Mode::Bulk, &lines), "");
}

#[test]
fn whoever_is_a_pupil_and_works_at_the_same_school_is_a_pupil_there() {
    let (View::Person(pupil), View::Person(staff)) = (person("Astrid", true), person("Astrid", false)) else {
        unreachable!()
    };
    let both = View::Person(PersonView { employments: staff.employments, ..pupil });

    let of = |edition| wanted(&both, edition);

    let row = rows(&of(Edition::V1p1)).remove(0);
    let roles: Vec<String> = of(Edition::V1p2).ties.into_keys().collect();
    assert_eq!((row.cells["role"].as_str(), roles), ("student", vec!["student".to_owned(), "teacher".to_owned()]));
}

#[test]
fn a_class_without_dates_has_a_session_all_the_same() {
    let session = rows(&wanted(&class(&[], Validity::ALWAYS), Edition::V1p1)).remove(0);

    assert_eq!(
        (session.list.as_str(), &*session.cells["startDate"], &*session.cells["endDate"]),
        ("academicSessions", "1900-01-01", "2100-01-01")
    );
}

#[test]
fn what_classes_share_is_one_line() {
    let other = |name: &str| match class(&[], school_year()) {
        View::Group(view) => View::Group(GroupView { id: id(name), name: name.into(), ..view }),
        view => view,
    };
    let of = |view: View| lines(&Operation::Create(wanted(&view, Edition::V1p1)));

    let place = |it: &Line| (it.turn == Turn::Object).then(|| (it.with.clone(), it.about.clone()));
    let places: BTreeSet<_> = [of(other("4A")), of(other("4B"))].iter().flatten().filter_map(place).collect();

    assert_eq!(places.len(), 4, "a session, a course, two classes");
}

#[test]
fn whoever_changes_the_mode_has_everything_said_again() {
    for view in [unit(), person("Astrid", true), class(&["Astrid"], school_year())] {
        let of = |mode| Mapping { mode, ..mapping(Edition::V1p1) }.map(&view).unwrap().remove(0).fingerprint();

        assert_ne!(of(Mode::Bulk), of(Mode::Delta));
    }
}

#[test]
fn nothing_to_say_is_no_package() {
    assert_eq!(package(Edition::V1p1, Mode::Delta, &[]), "");
}

/// What a receiver has after all packages, as it reads them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Received(BTreeMap<(String, String), BTreeMap<String, String>>);

impl Received {
    fn take(&mut self, lines: &[Line], mode: Mode) {
        if mode == Mode::Bulk {
            self.0.clear();
        }
        for line in lines {
            let row = Row::of(line).unwrap();
            let key = (row.list.clone(), row.id.clone());
            if row.is_gone() { drop(self.0.remove(&key)) } else { drop(self.0.insert(key, row.cells)) }
        }
    }
}

#[derive(Debug, Clone)]
struct Change {
    /// The pupils of a class. `None`: no class is wanted.
    pupils: Option<BTreeSet<u8>>,
    /// The worker dies after its lines are kept, before that is noted.
    unnoted: bool,
    /// The window is written after it; and its lines are not let go of, as after a crash.
    written: Option<bool>,
}

fn change() -> impl Strategy<Value = Change> {
    let pupils = prop::option::weighted(0.8, prop::collection::btree_set(0u8..4, 0..4));
    (pupils, any::<bool>(), prop::option::of(any::<bool>())).prop_map(|(pupils, unnoted, written)| Change {
        pupils,
        unnoted,
        written,
    })
}

fn of_pupils(pupils: &BTreeSet<u8>) -> WantedObject {
    let ties = Ties::from([
        ("at".to_owned(), BTreeSet::from(["school".to_owned()])),
        ("student".to_owned(), pupils.iter().map(ToString::to_string).collect()),
    ]);
    let row = Row::new(List::Classes.name(), id("4A")).with("title", &format!("4A of {}", pupils.len()));
    object(&CLASS, id("4A"), &[row], ties)
}

/// Plays changes, and gives what the receiver has and should have.
fn play(changes: Vec<Change>, mode: Mode) -> (Received, Received) {
    let (mut waiting, mut received) = (BTreeMap::<(bool, String), Line>::new(), Received::default());
    let mut delivery = Delivery::default();
    let last = changes.last().map(|it| Change { unnoted: false, written: Some(false), ..it.clone() });
    let in_the_end = last.clone().and_then(|it| it.pupils);
    for change in changes.into_iter().chain(last) {
        let wanted: Vec<WantedObject> = change.pupils.iter().map(of_pupils).collect();
        let plan = diff(wanted.clone(), &delivery.objects);
        delivery.begin(&plan);
        for line in plan.operations.iter().flat_map(lines) {
            waiting.insert((line.turn == Turn::Object, line.about.clone()), line);
        }
        if !change.unnoted {
            delivery.objects = wanted.iter().map(delivered).collect();
        }
        if let Some(is_not_let_go_of) = change.written {
            let said: Vec<Line> = waiting.values().cloned().collect();
            received.take(&said, mode);
            match (is_not_let_go_of, mode) {
                (true, _) => {}
                (false, Mode::Delta) => waiting.clear(),
                (false, Mode::Bulk) => waiting.retain(|_, it| !is_over(it)),
            }
        }
    }
    let mut wanted = Received::default();
    let all: Vec<Line> = in_the_end.iter().flat_map(|it| lines(&Operation::Create(of_pupils(it)))).collect();
    wanted.take(&all, mode);
    (received, wanted)
}

proptest! {
    /// Whatever happened on the way: once the last change is delivered and written, the receiver has what is wanted.
    #[test]
    fn in_the_end_packages_have_said_what_is_wanted(
        changes in prop::collection::vec(change(), 1..12), bulk in any::<bool>(),
    ) {
        let (received, wanted) = play(changes, if bulk { Mode::Bulk } else { Mode::Delta });

        prop_assert_eq!(received, wanted);
    }
}

#[test]
fn a_user_is_known_by_the_identity_of_the_person() {
    assert_eq!(wanted(&person("Astrid", true), Edition::V1p1).key, key(&USER, id("Astrid")));
}
