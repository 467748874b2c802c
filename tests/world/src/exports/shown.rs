//! What of the truth a register writes down.

use super::ExportForm;
use crate::truth::{
    Duty, Enrolment, Group, Municipality, Organisation, OrganisationKind, Period, Person, TeacherReference,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Somebody in a group.
pub(super) struct Member<'t> {
    pub(super) group: Uuid,
    pub(super) person: Uuid,
    pub(super) teaches: bool,
    pub(super) period: Period,
    pub(super) mentor: bool,
    pub(super) school: &'t Organisation,
}

/// What is written down.
pub(super) struct Shown<'t> {
    pub(super) organisations: Vec<&'t Organisation>,
    pub(super) persons: BTreeMap<Uuid, &'t Person>,
    pub(super) places: Vec<(&'t Person, &'t Enrolment)>,
    pub(super) duties: Vec<&'t Duty>,
    pub(super) groups: Vec<(&'t Group, &'t Organisation)>,
    pub(super) members: Vec<Member<'t>>,
}

impl<'t> Shown<'t> {
    /// A register's own export holds everything. The others hold what is so today.
    pub(super) fn of(truth: &'t Municipality, form: ExportForm) -> Self {
        let everything = form == ExportForm::Own;
        let is_so = |period: Period| everything || period.covers(truth.today);
        let is_shown = |it: &&Organisation| form != ExportForm::Unikum || it.kind == OrganisationKind::SchoolUnit;
        let organisations: Vec<&Organisation> = truth.organisations.values().filter(is_shown).collect();
        let named = |person: &&Person| form != ExportForm::Unikum || person.civic_number.is_some();
        let persons: BTreeMap<Uuid, &Person> =
            truth.persons.values().filter(named).map(|person| (person.id, person)).collect();
        let places = persons.values().flat_map(|person| person.enrolments.iter().map(move |it| (*person, it)));
        let duties = truth.duties.values().filter(|it| persons.contains_key(&it.person) && is_so(it.period));
        let groups: Vec<(&Group, &Organisation)> = truth
            .groups
            .values()
            .filter(|it| is_so(it.period))
            .filter_map(|group| Some((group, home(truth, group.organisation, form)?)))
            .collect();
        let known: BTreeSet<Uuid> = groups.iter().map(|(group, _)| group.id).collect();
        let schools: BTreeMap<Uuid, &Organisation> = groups.iter().map(|(group, school)| (group.id, *school)).collect();
        let members = members(truth, &known)
            .into_iter()
            .filter(|it| persons.contains_key(&it.1) && is_so(it.3))
            .map(|(group, person, teaches, period, mentor)| Member {
                group,
                person,
                teaches,
                period,
                mentor,
                school: schools[&group],
            })
            .collect();
        Self {
            organisations,
            places: places.filter(|(_, it)| is_so(it.period)).collect(),
            duties: duties.collect(),
            groups,
            members,
            persons,
        }
    }
}

/// Unikum has school units only: a school's groups are those of its first unit.
fn home(truth: &Municipality, organisation: Uuid, form: ExportForm) -> Option<&Organisation> {
    let own = truth.organisations.get(&organisation)?;
    if form == ExportForm::Unikum && own.kind == OrganisationKind::School {
        return truth.units_of(own.id).first().copied();
    }
    Some(own)
}

/// Pupils by membership; teachers by activity and by assignment.
fn members(truth: &Municipality, groups: &BTreeSet<Uuid>) -> Vec<(Uuid, Uuid, bool, Period, bool)> {
    let mut all = Vec::new();
    for group in truth.groups.values() {
        all.extend(group.memberships.iter().map(|it| (group.id, it.person, false, it.period, false)));
    }
    for activity in truth.activities.values() {
        for teacher in &activity.teachers {
            let person = match teacher.teacher {
                TeacherReference::Duty(duty) => truth.duties.get(&duty).map(|it| it.person),
                TeacherReference::Person(person) => Some(person),
            };
            let taught = activity.groups.iter().filter_map(|group| Some((*group, person?)));
            all.extend(taught.map(|(group, person)| (group, person, true, teacher.period, false)));
        }
    }
    for duty in truth.duties.values() {
        all.extend(duty.assignments.iter().map(|it| (it.group, duty.person, true, it.period, true)));
    }
    all.retain(|(group, ..)| groups.contains(group));
    all
}
