//! Teachers: from duties or persons, as sources name them, to employments, as targets do.

use std::collections::{BTreeMap, BTreeSet};

use roster::{AssignmentFact, Id, Instructor};

use super::{PersonAtTarget, Presence, Surroundings, employment_id};
use crate::view::Reference;

/// A teacher is on the way to the target.
pub(super) struct Pending;

/// The teachers around a group or an activity.
pub(super) struct Teachers<'a> {
    around: &'a Surroundings,
    unit: Id,
    assigned: BTreeMap<Id, Id>,
}

impl<'a> Teachers<'a> {
    /// Those around something that a unit owns.
    pub(super) const fn of(around: &'a Surroundings, unit: Id) -> Self {
        Self { around, unit, assigned: BTreeMap::new() }
    }

    /// The same, knowing whose duties have been assigned.
    pub(super) fn with_assignments(mut self, assignments: &[AssignmentFact]) -> Self {
        self.assigned = assignments.iter().filter_map(|it| Some((it.duty, it.person?))).collect();
        self
    }

    /// The employments of several.
    pub(super) fn employments(&self, of: impl Iterator<Item = Instructor>) -> Result<BTreeSet<Reference>, Pending> {
        let mut found = BTreeSet::new();
        for instructor in of {
            found.extend(self.employments_of(instructor)?);
        }
        Ok(found)
    }

    fn employments_of(&self, instructor: Instructor) -> Result<Vec<Reference>, Pending> {
        let (person, duty) = match instructor {
            Instructor::Person(person) => (Some(person), None),
            Instructor::Duty(duty) => {
                (self.around.duties.get(&duty).or_else(|| self.assigned.get(&duty)).copied(), Some(duty))
            }
        };
        let person = person.and_then(|id| self.around.persons.get(&id));
        let Some(person) = person.filter(|it| it.presence != Presence::Absent) else { return Ok(Vec::new()) };
        let duties = person.duties.iter().copied().filter(|it| duty.is_none_or(|duty| duty == *it));
        let duties: Vec<Id> = duties.collect();
        let references: Vec<Reference> = duties.iter().flat_map(|duty| self.employment_at(person, *duty)).collect();
        let missing = !duties.is_empty() && references.is_empty();
        if person.presence == Presence::Pending || (missing && person.is_pending) {
            return Err(Pending);
        }
        Ok(references)
    }

    /// The employment of a duty: at this unit when the duty spans several, else the one there is.
    fn employment_at(&self, person: &PersonAtTarget, duty: Id) -> Option<Reference> {
        [duty, employment_id(duty, self.unit, true)].into_iter().find_map(|id| {
            let at_target = person.objects.get(&id.to_string())?.clone();
            Some(Reference { id, at_target })
        })
    }
}
