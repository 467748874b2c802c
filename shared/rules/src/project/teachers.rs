//! Teachers: from duties or persons, as sources name them, to employments or persons, as targets do.

use std::collections::{BTreeMap, BTreeSet};

use roster::{AssignmentFact, Id, Instructor};

use super::{Frame, PersonAtTarget, Presence, Surroundings, employment_id, reference};
use crate::view::Reference;

/// A teacher is on the way to the target.
pub(super) struct Pending;

/// The teachers around a group or an activity.
pub(super) struct Teachers<'a> {
    around: &'a Surroundings,
    unit: Id,
    by_employment: bool,
    assigned: BTreeMap<Id, Id>,
}

impl<'a> Teachers<'a> {
    /// Those around something that a unit owns.
    pub(super) const fn of(around: &'a Surroundings, unit: Id, frame: &Frame<'_>) -> Self {
        Self { around, unit, by_employment: frame.policy.carries.employments, assigned: BTreeMap::new() }
    }

    /// The same, knowing whose duties have been assigned.
    pub(super) fn with_assignments(mut self, assignments: &[AssignmentFact]) -> Self {
        self.assigned = assignments.iter().filter_map(|it| Some((it.duty, it.person?))).collect();
        self
    }

    /// What several are referred to by.
    pub(super) fn references(&self, of: impl Iterator<Item = Instructor>) -> Result<BTreeSet<Reference>, Pending> {
        let mut found = BTreeSet::new();
        for instructor in of {
            found.extend(self.references_of(instructor)?);
        }
        Ok(found)
    }

    fn references_of(&self, instructor: Instructor) -> Result<Vec<Reference>, Pending> {
        let (person, duty) = match instructor {
            Instructor::Person(person) => (Some(person), None),
            Instructor::Duty(duty) => {
                (self.around.duties.get(&duty).or_else(|| self.assigned.get(&duty)).copied(), Some(duty))
            }
        };
        let person = person.and_then(|id| Some((id, self.around.persons.get(&id)?)));
        let Some((id, person)) = person.filter(|(_, it)| it.presence != Presence::Absent) else {
            return Ok(Vec::new());
        };
        let duties = person.duties.iter().filter(|(id, _)| duty.is_none_or(|duty| duty == **id));
        let duties: Vec<(Id, Id)> = duties.map(|(duty, organisation)| (*duty, *organisation)).collect();
        if !self.by_employment {
            return match person.presence {
                Presence::Pending => Err(Pending),
                _ if duty.is_some() && duties.is_empty() => Ok(Vec::new()),
                _ => Ok(reference(id, &person.presence).into_iter().collect()),
            };
        }
        let references = duties.iter().filter_map(|(duty, at)| self.employment_of(person, *duty, *at));
        let references: Vec<Reference> = references.collect();
        let missing = !duties.is_empty() && references.is_empty();
        if person.presence == Presence::Pending || (missing && person.is_pending) {
            return Err(Pending);
        }
        Ok(references)
    }

    /// The employment of a duty: the only one; of several the one at this unit, else – who teaches at another school –
    /// the first. While one takes the other's place, the one that is to stay.
    fn employment_of(&self, person: &PersonAtTarget, duty: Id, organisation: Id) -> Option<Reference> {
        let units = self.around.units.get(&organisation).map_or(&[][..], Vec::as_slice);
        let elsewhere = units.iter().map(|unit| unit.id);
        let spanning = std::iter::once(self.unit).chain(elsewhere).map(|unit| employment_id(duty, unit, true));
        let only = std::iter::once(duty);
        let ids: Vec<Id> =
            if units.len() > 1 { spanning.chain(only).collect() } else { only.chain(spanning).collect() };
        ids.into_iter().find_map(|id| {
            let at_target = person.objects.get(&id.to_string())?.clone();
            Some(Reference { id, at_target })
        })
    }
}
