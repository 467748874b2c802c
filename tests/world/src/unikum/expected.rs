//! What Unikum should have, worked out from the truth alone.

use super::personal_number::{self, hyphenated};
use super::state::{UnikumClass, UnikumPerson, UnikumSchool, UnikumState};
use crate::truth::{
    Activity, Duty, Enrolment, Group, Marking, Municipality, Organisation, OrganisationKind, Person, PersonStatus,
    TeacherReference,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Kinds of groups that are classes in Unikum, if nothing else is agreed.
pub const CLASS_KINDS: [&str; 1] = ["Klass"];

/// What SS 12000 calls those school types that Unikum has a word for (help page 80000377939).
const SCHOOL_TYPES: [(&str, &str); 5] = [
    ("FS", "se.forskoleverksamhet.forskola"),
    ("GR", "se.grundskoleutbildning.grundskola"),
    ("GRS", "se.grundskoleutbildning.sarskola.grundsarskola"),
    ("GY", "se.gymnasieutbildning.gymnasieskola"),
    ("VUX", "se.vuxenutbildning"),
];

/// The e-mail addresses that a school gave.
const EMAIL_KINDS: [&str; 2] = ["Skola elev", "Skola personal"];

/// What Unikum should have on a day: all school units as schools; whoever has a place or a duty at one of them, is active
/// and not protected and has a personal number that Unikum takes; the groups of these kinds as classes; and who is what in
/// which of them.
pub fn expected(truth: &Municipality, today: Date, class_kinds: &[&str]) -> UnikumState {
    let mut conclusion = Conclusion { truth, today, numbers: BTreeMap::new(), state: UnikumState::default() };
    conclusion.schools();
    conclusion.persons();
    for group in truth.groups.values().filter(|it| it.period.covers(today) && class_kinds.contains(&it.kind)) {
        conclusion.class(group);
    }
    conclusion.state
}

struct Conclusion<'a> {
    truth: &'a Municipality,
    today: Date,
    /// What those who are told of are called.
    numbers: BTreeMap<Uuid, String>,
    state: UnikumState,
}

impl Conclusion<'_> {
    fn schools(&mut self) {
        for unit in self.truth.organisations.values().filter(|it| it.kind == OrganisationKind::SchoolUnit) {
            let school = UnikumSchool {
                school_unit_code: unit.school_unit_code.clone(),
                name: unit.name.clone(),
                school_type: school_type(unit).map(str::to_owned),
            };
            self.state.schools.insert(unit.id.to_string(), school);
        }
    }

    fn persons(&mut self) {
        let mut workplaces: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
        for duty in self.duties() {
            workplaces.entry(duty.person).or_default().extend(self.units_at(duty.at));
        }
        for person in self.truth.persons.values() {
            self.person(person, &workplaces.remove(&person.id).unwrap_or_default());
        }
    }

    fn person(&mut self, person: &Person, workplaces: &BTreeSet<Uuid>) {
        let places: Vec<&Enrolment> = person.enrolments.iter().filter(|it| self.is_place(it)).collect();
        let is_open = person.marking == Marking::None && person.status == PersonStatus::Active;
        if !is_open || places.is_empty() && workplaces.is_empty() {
            return;
        }
        let number = person.civic_number.as_deref().map(hyphenated);
        let Some(number) = number.filter(|it| personal_number::fault(it).is_none()) else {
            return;
        };
        for place in &places {
            self.relate("student_in_school", &number, place.unit);
        }
        for unit in workplaces {
            self.relate("staff_in_school", &number, *unit);
        }
        let email = person.emails.iter().find(|it| EMAIL_KINDS.contains(&it.kind));
        let content = UnikumPerson {
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            email: email.map(|it| it.value.clone()),
            school_year: places.first().map(|it| it.school_year),
        };
        self.numbers.insert(person.id, number.clone());
        self.state.persons.insert(number, content);
    }

    fn class(&mut self, group: &Group) {
        let Some(school) = self.school_of(group) else {
            return;
        };
        let own = group.school_type.and_then(in_dot_notation).filter(|it| school_type(school) != Some(*it));
        let id = group.id.to_string();
        self.relate("class_in_school", &id, school.id);
        let members = group.memberships.iter().filter(|it| it.period.covers(self.today)).map(|it| it.person);
        self.relate_told("student_in_class", members.collect(), group.id);
        self.relate_told("teacher_in_class", self.teachers_of(group.id), group.id);
        self.state.classes.insert(id, UnikumClass { name: group.name.clone(), school_type: own.map(str::to_owned) });
    }

    /// Whoever teaches a group in an activity, and whoever has a role towards it, all of it today.
    fn teachers_of(&self, group: Uuid) -> BTreeSet<Uuid> {
        let activities = self.truth.activities.values().filter(|it| it.period.covers(self.today));
        let teaching = activities.filter(|it| it.groups.contains(&group)).flat_map(|it| self.teachers(it));
        let leads = |duty: &&Duty| duty.assignments.iter().any(|it| it.group == group && it.period.covers(self.today));
        teaching.chain(self.duties().filter(leads).map(|it| it.person)).collect()
    }

    fn teachers<'s>(&'s self, activity: &'s Activity) -> impl Iterator<Item = Uuid> + 's {
        activity.teachers.iter().filter(|it| it.period.covers(self.today)).filter_map(|it| match it.teacher {
            TeacherReference::Duty(duty) => self.duties().find(|it| it.id == duty).map(|it| it.person),
            TeacherReference::Person(person) => self.duties().any(|it| it.person == person).then_some(person),
        })
    }

    fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.truth.duties.values().filter(|it| it.period.covers(self.today))
    }

    fn is_place(&self, place: &Enrolment) -> bool {
        place.period.covers(self.today) && self.state.schools.contains_key(&place.unit.to_string())
    }

    /// Who works at a school works at all its units.
    fn units_at(&self, organisation: Uuid) -> Vec<Uuid> {
        match self.truth.organisations.get(&organisation) {
            Some(it) if it.kind == OrganisationKind::SchoolUnit => vec![it.id],
            _ => self.truth.units_of(organisation).iter().map(|unit| unit.id).collect(),
        }
    }

    /// The unit a group belongs to; of a school's groups the unit with the group's school type, else the first.
    fn school_of(&self, group: &Group) -> Option<&Organisation> {
        let home = self.truth.organisations.get(&group.organisation)?;
        if home.kind == OrganisationKind::SchoolUnit {
            return Some(home);
        }
        let units = self.truth.units_of(home.id);
        let offers = |unit: &&&Organisation| group.school_type.is_some_and(|it| unit.school_types.contains(&it));
        units.iter().find(offers).or(units.first()).copied()
    }

    /// Those of them who are told of.
    fn relate_told(&mut self, kind: &str, persons: BTreeSet<Uuid>, to: Uuid) {
        let numbers: Vec<String> = persons.iter().filter_map(|it| self.numbers.get(it).cloned()).collect();
        numbers.iter().for_each(|number| self.relate(kind, number, to));
    }

    fn relate(&mut self, kind: &str, from: &str, to: Uuid) {
        self.state.relations.insert((kind.to_owned(), from.to_owned(), to.to_string()));
    }
}

/// A unit's school type, where it has one only that Unikum has a word for.
fn school_type(unit: &Organisation) -> Option<&'static str> {
    let mut known = unit.school_types.iter().filter_map(|it| in_dot_notation(it));
    known.next().filter(|_| known.next().is_none())
}

fn in_dot_notation(code: &str) -> Option<&'static str> {
    SCHOOL_TYPES.into_iter().find(|(it, _)| *it == code).map(|(_, notation)| notation)
}
