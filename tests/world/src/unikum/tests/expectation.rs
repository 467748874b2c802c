//! What Unikum should have, and how that differs from what it has.

use super::*;
use crate::truth::{Change, Group, Marking, Municipality, OrganisationKind, Person, is_valid_civic_number};
use crate::unikum::{CLASS_KINDS, expected};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;

const TODAY: Date = date(2026, 10, 14);

fn truth() -> Municipality {
    Municipality::generate(5, 300, TODAY)
}

fn state(truth: &Municipality) -> UnikumState {
    expected(truth, TODAY, &CLASS_KINDS)
}

fn hyphenated(person: &Person) -> Option<String> {
    person.civic_number.as_ref().map(|it| format!("{}-{}", &it[..8], &it[8..]))
}

fn related<'s>(state: &'s UnikumState, kind: &str, from: &str) -> BTreeSet<&'s str> {
    let of = state.relations.iter().filter(|it| it.0 == kind && it.1 == from);
    of.map(|it| it.2.as_str()).collect()
}

fn filled(state: &UnikumState) -> UnikumImport {
    let [principals, relations] = files_of(state);
    let mut import = import();
    import.take(STEM, principals.as_bytes(), relations.as_bytes());
    import
}

/// A class and a pupil of it who is told of.
fn pupil_of<'t>(truth: &'t Municipality, state: &UnikumState) -> (&'t Group, &'t Person) {
    let mut found = truth.groups.values().filter(|it| it.kind == "Klass").flat_map(|class| {
        let persons = class.memberships.iter().map(|it| &truth.persons[&it.person]);
        persons.map(move |person| (class, person))
    });
    found.find(|(_, person)| hyphenated(person).is_some_and(|it| state.persons.contains_key(&it))).unwrap()
}

#[test]
fn every_school_unit_is_a_school_with_its_code_and_type() {
    let truth = truth();

    let state = state(&truth);

    let units = truth.organisations.values().filter(|it| it.kind == OrganisationKind::SchoolUnit);
    let codes: BTreeSet<_> = units.map(|it| (it.id.to_string(), it.school_unit_code.clone())).collect();
    let held: BTreeSet<_> = state.schools.iter().map(|(id, it)| (id.clone(), it.school_unit_code.clone())).collect();
    assert_eq!(held, codes);
    let types: BTreeSet<_> = state.schools.values().filter_map(|it| it.school_type.as_deref()).collect();
    assert_eq!(types, BTreeSet::from([GRUNDSKOLA, "se.grundskoleutbildning.sarskola.grundsarskola"]));
}

#[test]
fn nobody_protected_and_nobody_without_a_personal_number_is_told_of() {
    let truth = truth();

    let state = state(&truth);

    let (open, withheld): (Vec<_>, Vec<_>) = truth
        .pupils()
        .partition(|it| it.marking == Marking::None && it.civic_number.as_deref().is_some_and(is_valid_civic_number));
    let is_told = |it: &&Person| hyphenated(it).is_some_and(|number| state.persons.contains_key(&number));
    assert!(withheld.len() >= 4 && !withheld.iter().any(is_told));
    assert!(open.iter().filter(|it| is_told(it)).count() > 250);
}

#[test]
fn a_pupil_is_told_of_with_school_year_address_school_and_class() {
    let truth = truth();
    let state = state(&truth);
    let (class, person) = pupil_of(&truth, &state);
    let number = hyphenated(person).unwrap();

    let told = &state.persons[&number];

    let place = &person.enrolments[0];
    assert_eq!(told.school_year, Some(place.school_year));
    assert_eq!(told.email.as_ref(), person.emails.first().map(|it| &it.value));
    assert!(related(&state, "student_in_school", &number).contains(&place.unit.to_string()[..]));
    assert_eq!(related(&state, "student_in_class", &number), BTreeSet::from([&class.id.to_string()[..]]));
}

#[test]
fn who_works_at_a_school_works_at_all_its_units() {
    let truth = truth();
    let state = state(&truth);
    let of_a_school_with_two = |person: &Person| {
        let mut duties = truth.duties.values().filter(|it| it.person == person.id && it.period.covers(TODAY));
        duties.find(|it| truth.units_of(it.at).len() == 2).map(|it| (hyphenated(person).unwrap(), it.at))
    };
    let (number, school) = truth.persons.values().find_map(of_a_school_with_two).unwrap();

    let units: BTreeSet<String> = truth.units_of(school).iter().map(|it| it.id.to_string()).collect();

    let units: BTreeSet<&str> = units.iter().map(String::as_str).collect();
    assert_eq!(related(&state, "staff_in_school", &number), units);
}

#[test]
fn classes_are_the_groups_of_the_kinds_agreed() {
    let truth = truth();
    let names = |kinds: &[&str]| -> BTreeSet<String> {
        expected(&truth, TODAY, kinds).classes.into_values().map(|it| it.name).collect()
    };

    assert!(names(&CLASS_KINDS).contains("5A"));
    assert!(!names(&CLASS_KINDS).iter().any(|it| it.contains("mentor")));
    assert!(names(&["Mentor"]).contains("5A mentor"));
    assert!(names(&["Övrigt"]).contains("Läxhjälp"));
    assert!(!names(&["Övrigt"]).contains("Simgrupp förra läsåret"));
}

#[test]
fn every_class_is_in_one_school_and_has_pupils() {
    let state = state(&truth());

    for class in state.classes.keys() {
        let pupils = state.relations.iter().filter(|it| it.0 == "student_in_class" && it.2 == *class);
        assert_eq!(related(&state, "class_in_school", class).len(), 1);
        assert!(pupils.count() > 0);
    }
    assert!(state.classes.len() > 9);
}

#[test]
fn whoever_leads_a_class_teaches_it() {
    let truth = truth();
    let state = state(&truth);
    let duties = truth.duties.values().filter(|it| it.period.covers(TODAY));
    let leads = duties.flat_map(|it| it.assignments.iter().map(|assignment| (it.person, assignment.group)));
    let is_class = |group: &uuid::Uuid| state.classes.contains_key(&group.to_string());
    let is_told =
        |person: &uuid::Uuid| Some(hyphenated(&truth.persons[person])?).filter(|it| state.persons.contains_key(it));
    let leaders = leads.filter(|(_, group)| is_class(group)).filter_map(|(it, group)| Some((is_told(&it)?, group)));

    let leaders: Vec<_> = leaders.collect();

    assert!(leaders.len() > 5);
    for (leader, class) in leaders {
        assert!(related(&state, "teacher_in_class", &leader).contains(&class.to_string()[..]));
    }
}

#[test]
fn whoever_teaches_a_group_in_an_activity_teaches_the_class() {
    let truth = truth();
    let taught = expected(&truth, TODAY, &["Undervisning"]);

    let teachers = taught.relations.iter().filter(|it| it.0 == "teacher_in_class").count();

    assert!(teachers >= taught.classes.len() / 2 && teachers > 0, "{teachers} of {}", taught.classes.len());
}

#[test]
fn what_is_written_as_expected_is_taken_without_a_word_or_a_difference() {
    let expected = state(&truth());

    let import = filled(&expected);

    assert_eq!(import.complaints(), [""; 0]);
    assert_eq!(import.differences(&expected), [""; 0]);
    assert_eq!(*import.state(), expected);
}

#[test]
fn what_happens_shows_as_differences_until_a_pair_has_told_it() {
    let mut truth = truth();
    let before = state(&truth);
    let mut import = filled(&before);
    let (class, person) = pupil_of(&truth, &before);
    let (person, from) = (person.id, class.id);
    let to = truth.groups.values().find(|it| it.kind == "Klass" && it.id != from).unwrap().id;
    truth.apply(&Change::ClassMove { person, from, to });
    let after = state(&truth);
    assert!(!import.differences(&after).is_empty());
    let relation = |operation: &str, (kind, from, to): &(String, String, String)| row(&[operation, kind, from, to]);
    let gone = before.relations.difference(&after.relations).map(|it| relation("remove", it));
    let new = after.relations.difference(&before.relations).map(|it| relation("add", it));
    let relations: String = gone.chain(new).collect();

    import.take(LATER, b"", relations.as_bytes());

    assert_eq!(import.differences(&after), [""; 0]);
    assert_eq!((import.complaints().len(), import.repeated()), (0, 0));
}

#[test]
fn a_person_who_becomes_protected_stays_as_an_object_without_relations() {
    let mut truth = truth();
    let before = state(&truth);
    let mut import = filled(&before);
    let person = pupil_of(&truth, &before).1.id;
    let number = hyphenated(&truth.persons[&person]).unwrap();
    truth.apply(&Change::PersonProtected { person });
    let after = state(&truth);
    let gone = before.relations.difference(&after.relations);
    let relations: String = gone.map(|(kind, from, to)| row(&["remove", kind, from, to])).collect();

    import.take(LATER, b"", relations.as_bytes());

    assert!(!after.persons.contains_key(&number) && import.state().persons.contains_key(&number));
    assert_eq!(import.differences(&after), [""; 0]);
}

#[test]
fn every_kind_of_difference_is_told_once() {
    let mut expected = UnikumState::default();
    expected.relations.insert(("student_in_class".to_owned(), number(0), "4A".to_owned()));
    let mut import = import();
    let relations = row(&["add", "student_in_class", &number(0), "4A"]);
    import.take(STEM, small_school().as_bytes(), relations.as_bytes());
    let right = import.state().clone();
    let with = |alter: fn(&mut UnikumState)| {
        let mut state = right.clone();
        alter(&mut state);
        import.differences(&state)
    };
    let person = number(0);

    assert_eq!(import.differences(&expected), [""; 0]);
    assert_eq!(with(|it| it.relations.clear()), [format!("student_in_class from {person} to 4A should not be there")]);
    let other = |it: &mut UnikumState| {
        it.relations.insert(("class_in_school".to_owned(), "4A".to_owned(), "S1".to_owned()));
    };
    assert!(with(other).contains(&"class_in_school from 4A to S1 is missing".to_owned()));
    let renamed = |it: &mut UnikumState| {
        for person in it.persons.values_mut().take(1) {
            person.given_name.push('x');
            person.family_name.push('x');
            person.email = None;
            person.school_year = None;
        }
    };
    let held = ["first name", "last name", "e-mail address", "school year"];
    assert_eq!(with(renamed), held.map(|what| format!("persons/{person} has another {what}")));
    let classes = |it: &mut UnikumState| it.classes.values_mut().for_each(|it| it.name.push('x'));
    assert_eq!(with(classes), ["4A", "4B"].map(|class| format!("classes/{class} has another name")));
    let schools = |it: &mut UnikumState| {
        for school in it.schools.values_mut() {
            school.name.push('x');
            school.school_unit_code = None;
            school.school_type = Some("se.vuxenutbildning".to_owned());
        }
    };
    let held = ["name", "school unit code", "school type"];
    assert_eq!(with(schools), held.map(|what| format!("schools/S1 has another {what}")));
    let missing = |it: &mut UnikumState| drop(it.schools.insert("S2".to_owned(), Default::default()));
    assert_eq!(with(missing), ["schools/S2 is missing"]);
}

#[test]
fn a_class_may_say_its_school_s_type_or_leave_it_out() {
    let mut import = import();
    let mut class = class_cells("4A", "4A");
    GRUNDSKOLA.clone_into(&mut class[2]);
    let objects = written(&class) + &written(&school_cells("S1", "", "Tallskolan"));
    import.take(STEM, objects.as_bytes(), row(&["add", "class_in_school", "4A", "S1"]).as_bytes());
    let mut expected = import.state().clone();
    for class in expected.classes.values_mut() {
        class.school_type = None;
    }
    assert_eq!(import.differences(&expected), [""; 0]);

    for class in expected.classes.values_mut() {
        class.school_type = Some("se.vuxenutbildning".to_owned());
    }

    assert_eq!(import.differences(&expected), ["classes/4A has another school type"]);
}
