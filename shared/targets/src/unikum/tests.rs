use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use roster::Id;
use rules::delivery::Delivery;
use rules::object::{Body, DeliveredObject, ObjectKey, Origin, Ties, WantedObject};
use rules::plan::{Operation, diff};
use rules::view::{
    EmailView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference, View,
};
use rules::window::{Line, Turn};
use serde_json::json;

use super::config::RelationColumn;
use super::mapping::Mapping;
use super::rows::{Rows, number};

fn rows() -> Rows {
    use RelationColumn::{From, Operation, To, Type};
    Rows { municipality: "Norrbyholm".into(), relation_columns: vec![Operation, Type, From, To] }
}

fn mapping() -> Mapping {
    Mapping {
        class_kinds: vec!["Klass".into()],
        school_types: BTreeMap::from([("GYS".into(), "se.gymnasieutbildning.gymnasieskola".into())]),
        organisation: Some("Norrbyholms kommun".into()),
    }
}

fn id(name: &str) -> Id {
    Id::derived(&[name])
}

fn school() -> View {
    View::Organisation(OrganisationView {
        id: id("Provskolan"),
        kind: OrganisationViewKind::SchoolUnit,
        name: "Provskolan\t7-9\n".into(),
        school_unit_code: Some("12345678".into()),
        school_types: vec!["FKLASS".into(), "GR".into()],
        municipality_code: None,
        principal: None,
        school: None,
    })
}

fn at_school() -> Reference {
    Reference { id: id("Provskolan"), at_target: id("Provskolan").to_string() }
}

fn pupil() -> PersonView {
    PersonView {
        principal_name: None,
        civic_number: None,
        id: id("Astrid"),
        at_target: None,
        given_name: roster::Personal::new("Astrid".into()),
        family_name: roster::Personal::new("Provsson".into()),
        user_name: roster::Personal::new("201201012384".into()),
        emails: vec![EmailView { address: roster::Personal::new("astrid@skola.example".into()), kind: String::new() }],
        enrolments: vec![EnrolmentView {
            validity: roster::Validity::ALWAYS,
            school_unit: at_school(),
            school_type: Some("GR".into()),
            school_year: Some(7),
            education_code: None,
        }],
        employments: Vec::new(),
        licences: Vec::new(),
        login: None,
    }
}

fn class(kind: &str, pupils: &[&str]) -> View {
    let pupils = pupils.iter().map(|it| Reference { id: id(it), at_target: (*it).to_owned() }).collect();
    View::Group(GroupView {
        validity: roster::Validity::ALWAYS,
        id: id("7A"),
        name: "7A".into(),
        kind: kind.into(),
        school_type: Some("GR".into()),
        school_unit: at_school(),
        pupils,
        led_by: None,
        teachers: vec![Reference { id: id("Bo"), at_target: "198001019806".into() }],
    })
}

fn wanted(view: &View) -> WantedObject {
    mapping().map(view).unwrap().remove(0)
}

fn delivered(wanted: &WantedObject, remote: Option<&str>) -> DeliveredObject {
    DeliveredObject {
        key: wanted.key.clone(),
        fingerprint: wanted.fingerprint(),
        origin: Origin::Created,
        remote: remote.map(str::to_owned),
        needs: Vec::new(),
        ties: wanted.ties.clone(),
        leaving: false,
    }
}

fn text(lines: &[Line]) -> String {
    let minute: Timestamp = "2026-11-28T01:15:00Z".parse().unwrap();
    let mut lines = lines.to_vec();
    lines.sort_by(|a, b| (a.turn, a.text.as_str()).cmp(&(b.turn, b.text.as_str())));
    let files = rows().files(minute, &lines).into_iter();
    files.map(|it| format!("{}\n{}", it.name, String::from_utf8(it.content).unwrap())).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_first_pair_holds_what_there_is_and_what_belongs_together() {
    let views = [school(), View::Person(pupil()), class("Klass", &["20120101-2384"])];

    let lines: Vec<Line> = views.iter().flat_map(|it| rows().lines(&Operation::Create(wanted(it)))).collect();

    insta::assert_snapshot!(text(&lines));
}

#[test]
fn a_pupil_who_changes_class_is_taken_from_the_old_before_the_new() {
    let old = wanted(&class("Klass", &["20120101-2384", "20120102-2383"]));
    let new = wanted(&class("Klass", &["20120102-2383", "20120103-2382"]));

    let lines = rows().lines(&Operation::Update { delivered: delivered(&old, None), wanted: new });

    insta::assert_snapshot!(text(&lines));
}

#[test]
fn a_person_with_a_new_number_leaves_nothing_under_the_old_one() {
    let old = wanted(&View::Person(pupil()));
    let mut pupil = pupil();
    pupil.user_name = roster::Personal::new("201201022383".into());

    let delivered = delivered(&old, Some("20120101-2384"));
    let lines = rows().lines(&Operation::Update { delivered, wanted: wanted(&View::Person(pupil)) });

    insta::assert_snapshot!(text(&lines));
}

#[test]
fn who_is_taken_away_is_let_go_of_and_no_more() {
    let old = wanted(&View::Person(pupil()));

    let lines = rows().lines(&Operation::Delete(delivered(&old, Some("20120101-2384"))));

    let said: Vec<&str> = lines.iter().map(|it| it.text.as_str()).filter(|it| !it.is_empty()).collect();
    assert_eq!(said, [format!("remove\tstudent_in_school\t20120101-2384\t{}", id("Provskolan"))]);
}

#[test]
fn a_school_of_a_type_without_a_word_is_refused_unless_the_settings_have_one() {
    let of_type = |code: &str| match school() {
        View::Organisation(view) => View::Organisation(OrganisationView { school_types: vec![code.into()], ..view }),
        view => view,
    };

    assert_eq!(mapping().map(&of_type("SP")).unwrap_err().code, "unikum.school_type_unknown");
    assert!(mapping().map(&of_type("GYS")).is_ok());
}

#[test]
fn a_preschool_class_is_a_part_of_the_school_that_it_is_at() {
    let of_types = |codes: &[&str]| {
        let school_types = codes.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        mapping().type_of(&school_types).unwrap().to_owned()
    };

    assert_eq!(of_types(&["FKLASS", "GRS"]), "se.grundskoleutbildning.sarskola.grundsarskola");
    assert_eq!(of_types(&["FTH", "FKLASS"]), "se.grundskoleutbildning.grundskola");
}

#[test]
fn a_teaching_group_is_no_class() {
    assert_eq!(mapping().map(&class("Undervisning", &[])), Ok(Vec::new()));
}

#[test]
fn a_person_is_known_by_the_number_with_a_hyphen() {
    assert_eq!(number(&wanted(&View::Person(pupil()))), Some("20120101-2384"));
}

#[test]
fn whoever_lacks_a_name_is_refused_by_a_reason_without_it() {
    let mut pupil = pupil();
    pupil.family_name = roster::Personal::new(" ".into());

    let refusal = mapping().map(&View::Person(pupil)).unwrap_err();

    assert_eq!(refusal.to_string(), "unikum.name_missing: a first or a last name is missing");
}

#[test]
fn whoever_went_before_the_files_were_written_is_no_object_in_them() {
    let pupil = wanted(&View::Person(pupil()));
    let mut waiting = BTreeMap::new();
    let (came, gone) = (Operation::Create(pupil.clone()), Operation::Delete(DeliveredObject::begun(&pupil)));
    for operation in [came, gone] {
        waiting
            .extend(rows().lines(&operation).into_iter().map(|it| ((it.turn == Turn::Object, it.about.clone()), it)));
    }

    let lines: Vec<Line> = waiting.into_values().collect();

    let (objects, relations): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|it| it.turn == Turn::Object);
    assert!(objects.iter().all(|it| it.text.as_str().is_empty()), "{}", text(&objects));
    assert!(relations.iter().all(|it| it.turn == Turn::Removal), "{}", text(&relations));
}

#[test]
fn nothing_to_say_is_no_file() {
    let minute: Timestamp = "2026-11-28T01:15:00Z".parse().unwrap();
    let silent = Line::new(Turn::Object, "a", &["a"], String::new());

    assert_eq!(rows().files(minute, &[silent]), []);
}

/// What has come out of all files so far, as Unikum reads them.
#[derive(Default)]
struct Read(BTreeSet<String>);

impl Read {
    fn take(&mut self, lines: impl Iterator<Item = Line>) {
        let mut lines: Vec<Line> = lines.filter(|it| it.turn != Turn::Object).collect();
        lines.sort_by(|a, b| (a.turn, a.text.as_str()).cmp(&(b.turn, b.text.as_str())));
        for line in lines {
            let (operation, relation) = line.text.as_str().split_once('\t').unwrap();
            match operation {
                "add" => drop(self.0.insert(relation.to_owned())),
                _ => drop(self.0.remove(relation)),
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Change {
    /// By which number a person is known, and the schools of it. `None`: nobody is wanted.
    wanted: Option<(u8, BTreeSet<u8>)>,
    /// The worker dies after its lines are kept, before that is noted.
    unnoted: bool,
    /// The window is written after it; and once more, as after a crash before its lines are let go of.
    written: Option<bool>,
}

fn change() -> impl Strategy<Value = Change> {
    let wanted = prop::option::weighted(0.8, (0u8..2, prop::collection::btree_set(0u8..4, 0..4)));
    (wanted, any::<bool>(), prop::option::of(any::<bool>())).prop_map(|(wanted, unnoted, written)| Change {
        wanted,
        unnoted,
        written,
    })
}

fn of_schools(number: u8, schools: &BTreeSet<u8>) -> WantedObject {
    let ties = Ties::from([
        ("known_by".to_owned(), BTreeSet::from([number.to_string()])),
        ("student_in_school".to_owned(), schools.iter().map(ToString::to_string).collect()),
    ]);
    let key = ObjectKey { kind: super::kinds::USER, key: "Astrid".into() };
    WantedObject { ties, ..WantedObject::new(key, Body::new(json!(["Astrid", "Provsson", "", number.to_string()]))) }
}

proptest! {
    /// Whatever happened on the way: once the last change is delivered and written, Unikum has what is wanted.
    #[test]
    fn in_the_end_unikum_has_what_is_wanted(changes in prop::collection::vec(change(), 1..12)) {
        let (mut waiting, mut read) = (BTreeMap::new(), Read::default());
        let mut delivery = Delivery::default();
        let last = changes.last().map(|it| Change { unnoted: false, written: Some(false), ..it.clone() });
        let in_the_end = last.clone().and_then(|it| it.wanted);
        for change in changes.into_iter().chain(last) {
            let wanted: Vec<WantedObject> =
                change.wanted.iter().map(|(number, schools)| of_schools(*number, schools)).collect();
            let plan = diff(wanted.clone(), &delivery.objects);
            delivery.begin(&plan);
            for line in plan.operations.iter().flat_map(|it| rows().lines(it)) {
                waiting.insert((line.turn == Turn::Object, line.about.clone()), line);
            }
            if !change.unnoted {
                delivery.objects = wanted.iter().map(|it| delivered(it, None)).collect();
            }
            if let Some(twice) = change.written {
                read.take(waiting.values().cloned());
                if !twice {
                    waiting.clear();
                }
            }
        }
        let wanted: BTreeSet<String> = in_the_end
            .iter()
            .flat_map(|(number, schools)| schools.iter().map(move |it| format!("student_in_school\t{number}\t{it}")))
            .collect();
        prop_assert_eq!(read.0, wanted);
    }
}
