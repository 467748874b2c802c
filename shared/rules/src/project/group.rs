//! Groups: their unit, the members the target may know of, and their teachers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use roster::{Id, Instructor, Membership, MembershipRole};

use super::{Frame, Needs, PersonAtTarget, Presence, Projection, Surroundings, UnitAtTarget, employment_id, reference};
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
        return Projection::Refused("rules.school_unit_missing");
    };
    let school_unit = match &unit.presence {
        Presence::Pending => return Projection::Wait("rules.school_unit_pending"),
        Presence::Absent => return Projection::Refused("rules.school_unit_missing"),
        Presence::Present(at_target) => Reference { id: unit.id, at_target: at_target.clone() },
    };
    let reader = Reader { merged, around, today: frame.today, unit: unit.id };
    let (Ok(pupils), Ok(activities)) = (reader.pupils(), reader.activities()) else {
        return Projection::Wait("rules.member_pending");
    };
    let group = &merged.group;
    Projection::Wanted(Box::new(View::Group(GroupView {
        id: group.id,
        name: group.name.clone(),
        kind: group.kind.clone(),
        school_type: group.school_type.clone(),
        school_unit,
        pupils,
        activities,
    })))
}

/// The unit that owns the group: its own, the only one below its school, the one of its school type, or the one
/// with the lowest code – the same answer every time.
fn unit_of<'a>(merged: &MergedGroup, around: &'a Surroundings) -> Option<&'a UnitAtTarget> {
    let units = around.units.get(&merged.group.organisation)?;
    let of_type = |unit: &&UnitAtTarget| {
        merged.group.school_type.as_ref().is_some_and(|wanted| unit.school_types.contains(wanted))
    };
    let by_code = |unit: &&UnitAtTarget| (unit.code.clone(), unit.id);
    units.iter().filter(of_type).min_by_key(by_code).or_else(|| units.iter().min_by_key(by_code))
}

struct Pending;

struct Reader<'a> {
    merged: &'a MergedGroup,
    around: &'a Surroundings,
    today: Date,
    unit: Id,
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

    fn activities(&self) -> Result<Vec<ActivityView>, Pending> {
        let mut views = Vec::new();
        let mut teaching = BTreeSet::new();
        for activity in self.merged.activities.iter().filter(|it| it.validity.is_active(self.today)) {
            let teachers = activity.teachers.iter().filter(|it| it.validity.is_active(self.today));
            let teachers = self.employments(teachers.map(|it| it.instructor))?;
            teaching.extend(teachers.iter().cloned());
            views.push(ActivityView {
                id: activity.id,
                name: activity.name.clone(),
                teachers: teachers.into_iter().collect(),
            });
        }
        let leaders: Vec<_> = self.leaders()?.difference(&teaching).cloned().collect();
        if !leaders.is_empty() {
            let group = &self.merged.group;
            views.push(ActivityView {
                id: Id::derived(&["leaders", &group.id.to_string(), &self.unit.to_string()]),
                name: group.name.clone(),
                teachers: leaders,
            });
        }
        Ok(views)
    }

    /// Mentors and other assigned staff, and teachers listed among the members.
    fn leaders(&self) -> Result<BTreeSet<Reference>, Pending> {
        let assigned = self.merged.assignments.iter().filter(|it| {
            it.validity.is_active(self.today) && it.roles.iter().any(|role| role.validity.is_active(self.today))
        });
        let listed = self.members_today().filter(|(membership, person)| is_teacher(membership, person));
        let assigned = assigned.map(|it| Instructor::Duty(it.duty));
        self.employments(assigned.chain(listed.map(|(membership, _)| Instructor::Person(membership.person))))
    }

    fn employments(&self, instructors: impl Iterator<Item = Instructor>) -> Result<BTreeSet<Reference>, Pending> {
        let mut found = BTreeSet::new();
        for instructor in instructors {
            found.extend(self.employments_of(instructor)?);
        }
        Ok(found)
    }

    fn employments_of(&self, instructor: Instructor) -> Result<Vec<Reference>, Pending> {
        let assignments: BTreeMap<Id, Id> =
            self.merged.assignments.iter().filter_map(|it| Some((it.duty, it.person?))).collect();
        let (person, duty) = match instructor {
            Instructor::Person(person) => (Some(person), None),
            Instructor::Duty(duty) => {
                (self.around.duties.get(&duty).or_else(|| assignments.get(&duty)).copied(), Some(duty))
            }
        };
        let Some(person) = person.and_then(|id| self.around.persons.get(&id)) else {
            return Ok(Vec::new());
        };
        if person.presence == Presence::Absent {
            return Ok(Vec::new());
        }
        let duties: Vec<Id> = person.duties.iter().copied().filter(|it| duty.is_none_or(|duty| duty == *it)).collect();
        let references: Vec<Reference> = duties.iter().flat_map(|duty| self.employment_at(person, *duty)).collect();
        let missing = !duties.is_empty() && references.is_empty();
        if person.presence == Presence::Pending || (missing && person.is_pending) {
            return Err(Pending);
        }
        Ok(references)
    }

    /// The employment of a duty: at the group's own unit when the duty spans several, else the one there is.
    fn employment_at(&self, person: &PersonAtTarget, duty: Id) -> Option<Reference> {
        let here = employment_id(duty, self.unit, true);
        [duty, here].into_iter().find_map(|id| {
            let at_target = person.objects.get(&id.to_string())?.clone();
            Some(Reference { id, at_target })
        })
    }
}

fn is_teacher(membership: &Membership, person: &PersonAtTarget) -> bool {
    match membership.role {
        MembershipRole::Pupil => false,
        MembershipRole::Teacher => true,
        MembershipRole::Unspecified => !person.is_pupil,
    }
}
