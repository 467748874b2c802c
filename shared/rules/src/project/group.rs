//! Groups: their unit, the members the target may know of, and their teachers.

use std::collections::BTreeSet;

use jiff::civil::Date;
use roster::{Id, Instructor, Membership, MembershipRole};

use super::teachers::{Pending, Teachers};
use super::{
    Frame, Needs, PersonAtTarget, Presence, Projection, SCHOOL_UNIT_MISSING, Surroundings, UnitAtTarget, reference,
};
use crate::merge::MergedGroup;
use crate::view::{ActivityView, GroupView, Reference, View};

pub(super) fn needs(merged: &MergedGroup) -> Needs {
    let mut needs = Needs { organisations: BTreeSet::from([merged.group.organisation]), ..Needs::default() };
    needs.persons.extend(merged.group.members.iter().map(|it| it.person));
    for teacher in merged.activities.iter().flat_map(|it| &it.teachers) {
        match teacher.instructor {
            Instructor::Person(person) => needs.persons.insert(person),
            Instructor::Duty(duty) => needs.duties.insert(duty),
        };
    }
    for assignment in &merged.assignments {
        needs.persons.extend(assignment.person);
        needs.duties.insert(assignment.duty);
    }
    needs
}

pub(super) fn project(merged: &MergedGroup, around: &Surroundings, frame: &Frame<'_>) -> Projection {
    if !merged.group.validity.is_active(frame.today) {
        return Projection::Unwanted("rules.not_valid_today");
    }
    let Some(unit) = unit_of(merged, around) else {
        return Projection::Refused(SCHOOL_UNIT_MISSING);
    };
    let school_unit = match &unit.presence {
        Presence::Pending => return Projection::Wait("rules.school_unit_pending"),
        Presence::Absent => return Projection::Refused(SCHOOL_UNIT_MISSING),
        Presence::Present(at_target) => Reference { id: unit.id, at_target: at_target.clone() },
    };
    let teachers = Teachers::of(around, unit.id, frame).with_assignments(&merged.assignments);
    let reader = Reader { merged, around, today: frame.today, teachers };
    let (Ok(pupils), Ok(leaders), Ok(teaching)) = (reader.pupils(), reader.leaders(), reader.teaching()) else {
        return Projection::Wait("rules.member_pending");
    };
    let (leaders, teachers): (Vec<Reference>, Vec<Reference>) = if frame.policy.carries.activities {
        (leaders.difference(&teaching).cloned().collect(), Vec::new())
    } else {
        (Vec::new(), leaders.union(&teaching).cloned().collect())
    };
    let group = &merged.group;
    let led_by = (!leaders.is_empty()).then(|| ActivityView {
        id: Id::derived(&["leaders", &group.id.to_string(), &unit.id.to_string()]),
        name: group.name.clone(),
        validity: group.validity,
        school_unit: school_unit.clone(),
        groups: vec![Reference { id: group.id, at_target: group.id.to_string() }],
        teachers: leaders,
    });
    Projection::Wanted(Box::new(View::Group(GroupView {
        id: group.id,
        name: group.name.clone(),
        kind: group.kind.clone(),
        school_type: group.school_type.clone(),
        validity: group.validity,
        school_unit,
        pupils,
        led_by,
        teachers,
    })))
}

fn unit_of<'a>(merged: &MergedGroup, around: &'a Surroundings) -> Option<&'a UnitAtTarget> {
    unit_among(around.units.get(&merged.group.organisation)?, merged.group.school_type.as_ref())
}

/// The unit that owns something: the only one, the one of its school type, or the one with the lowest code – the same
/// answer every time.
pub(super) fn unit_among<'a>(units: &'a [UnitAtTarget], school_type: Option<&String>) -> Option<&'a UnitAtTarget> {
    let of_type = |unit: &&UnitAtTarget| school_type.is_some_and(|wanted| unit.school_types.contains(wanted));
    let by_code = |unit: &&UnitAtTarget| (unit.code.clone(), unit.id);
    units.iter().filter(of_type).min_by_key(by_code).or_else(|| units.iter().min_by_key(by_code))
}

struct Reader<'a> {
    merged: &'a MergedGroup,
    around: &'a Surroundings,
    today: Date,
    teachers: Teachers<'a>,
}

impl Reader<'_> {
    fn members_today(&self) -> impl Iterator<Item = (&Membership, &PersonAtTarget)> {
        let members = self.merged.group.members.iter().filter(|it| it.validity.is_active(self.today));
        members.filter_map(|it| self.around.persons.get(&it.person).map(|person| (it, person)))
    }

    fn pupils(&self) -> Result<Vec<Reference>, Pending> {
        let mut pupils = BTreeSet::new();
        for (membership, person) in self.members_today() {
            if is_teacher(membership, person) {
                continue;
            }
            if person.presence == Presence::Pending {
                return Err(Pending);
            }
            pupils.extend(reference(membership.person, &person.presence));
        }
        Ok(pupils.into_iter().collect())
    }

    /// Mentors and other assigned staff, and teachers listed among the members.
    fn leaders(&self) -> Result<BTreeSet<Reference>, Pending> {
        let assigned = self.merged.assignments.iter().filter(|it| {
            it.validity.is_active(self.today) && it.roles.iter().any(|role| role.validity.is_active(self.today))
        });
        let listed = self.members_today().filter(|(membership, person)| is_teacher(membership, person));
        let assigned = assigned.map(|it| Instructor::Duty(it.duty));
        let leaders = assigned.chain(listed.map(|(membership, _)| Instructor::Person(membership.person)));
        self.teachers.references(leaders)
    }

    /// Those who teach the group in an activity.
    fn teaching(&self) -> Result<BTreeSet<Reference>, Pending> {
        let activities = self.merged.activities.iter().filter(|it| it.validity.is_active(self.today));
        let teachers = activities.flat_map(|it| &it.teachers).filter(|it| it.validity.is_active(self.today));
        self.teachers.references(teachers.map(|it| it.instructor))
    }
}

fn is_teacher(membership: &Membership, person: &PersonAtTarget) -> bool {
    match membership.role {
        MembershipRole::Pupil => false,
        MembershipRole::Teacher => true,
        MembershipRole::Unspecified => !person.is_pupil,
    }
}
