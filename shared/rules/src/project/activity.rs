//! Activities: groups that the target has, taught by employments that it has.

use jiff::civil::Date;
use roster::{Activity, Instructor};

use super::group::unit_among;
use super::teachers::{Pending, Teachers};
use super::{Frame, Needs, Presence, Projection, SCHOOL_UNIT_MISSING, Surroundings, reference};
use crate::view::{ActivityView, Reference, View};

pub(super) fn needs(activity: &Activity) -> Needs {
    let mut needs = Needs { groups: activity.groups.iter().copied().collect(), ..Needs::default() };
    needs.organisations.extend(activity.organisation);
    for teacher in &activity.teachers {
        match teacher.instructor {
            Instructor::Person(person) => needs.persons.insert(person),
            Instructor::Duty(duty) => needs.duties.insert(duty),
        };
    }
    needs
}

pub(super) fn next_turn(activity: &Activity, today: Date) -> Option<Date> {
    let teachers = activity.teachers.iter().map(|it| &it.validity);
    roster::validity::next_turn(std::iter::once(&activity.validity).chain(teachers), today)
}

pub(super) fn project(activity: &Activity, around: &Surroundings, frame: &Frame<'_>) -> Projection {
    if !activity.validity.is_active(frame.today) {
        return Projection::Unwanted("rules.not_valid_today");
    }
    if !frame.policy.carries.activities {
        return Projection::Unwanted("rules.not_carried");
    }
    let Ok(groups) = groups(activity, around) else { return Projection::Wait("rules.group_pending") };
    if groups.is_empty() {
        return Projection::Unwanted("rules.no_group");
    }
    let unit = activity.organisation.and_then(|it| unit_among(around.units.get(&it)?, None));
    let Some(unit) = unit else { return Projection::Refused(SCHOOL_UNIT_MISSING) };
    let Some(school_unit) = reference(unit.id, &unit.presence) else {
        let pending = unit.presence == Presence::Pending;
        let missing = Projection::Refused(SCHOOL_UNIT_MISSING);
        return if pending { Projection::Wait("rules.school_unit_pending") } else { missing };
    };
    let teachers = activity.teachers.iter().filter(|it| it.validity.is_active(frame.today));
    let found = Teachers::of(around, unit.id, frame).references(teachers.map(|it| it.instructor));
    let Ok(teachers) = found else { return Projection::Wait("rules.teacher_pending") };
    Projection::Wanted(Box::new(View::Activity(ActivityView {
        id: activity.id,
        name: activity.name.clone(),
        validity: activity.validity,
        school_unit,
        groups,
        teachers: teachers.into_iter().collect(),
    })))
}

fn groups(activity: &Activity, around: &Surroundings) -> Result<Vec<Reference>, Pending> {
    let mut found = std::collections::BTreeSet::new();
    for group in &activity.groups {
        match around.groups.get(group) {
            Some(Presence::Pending) => return Err(Pending),
            Some(presence) => found.extend(reference(*group, presence)),
            None => {}
        }
    }
    Ok(found.into_iter().collect())
}
