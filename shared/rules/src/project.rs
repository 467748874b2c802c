//! Projecting: a merged subject gives the view of it that one target may have, today.
//!
//! What a view refers to (schools, members, teachers) is told by the [`Surroundings`], which the caller loads after
//! asking [`needs_of`] what to load.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use roster::Id;

use crate::merge::{Merged, MergedGroup};
use crate::policy::TargetPolicy;
use crate::view::{Reference, View};

mod activity;
mod group;
#[cfg(test)]
mod invented;
mod organisation;
mod person;
#[cfg(test)]
mod properties;
mod teachers;
#[cfg(test)]
mod tests;

pub use person::next_turn_of_person;

/// Why something is refused that belongs to no school unit which the target has.
pub const SCHOOL_UNIT_MISSING: &str = "rules.school_unit_missing";

/// What a projection comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// The target should have this.
    Wanted(Box<View>),
    /// The target should not have it; a stable code says why, e.g. `rules.protected`.
    Unwanted(&'static str),
    /// The target should have it but cannot; a stable code says why, e.g. `rules.user_name_missing`.
    Refused(&'static str),
    /// Something it refers to is on its way to the target; a stable code says what.
    Wait(&'static str),
}

/// Whether something is at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It is, under this identity.
    Present(String),
    /// It is on its way.
    Pending,
    /// It is not, and will not be unless something changes.
    Absent,
}

/// A school unit that an organisation resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitAtTarget {
    /// Identity.
    pub id: Id,
    /// School unit code.
    pub code: Option<String>,
    /// School types.
    pub school_types: Vec<String>,
    /// Whether the target has it.
    pub presence: Presence,
}

/// An organisation above the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AncestorAtTarget {
    /// The organisation.
    pub organisation: roster::Organisation,
    /// Whether the target has it.
    pub presence: Presence,
}

/// A person that a group refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonAtTarget {
    /// Whether the target has the person.
    pub presence: Presence,
    /// Whether the person is a pupil anywhere today; otherwise staff.
    pub is_pupil: bool,
    /// The person's duties, valid today, with the organisation of each: what a teacher is referred to by.
    pub duties: BTreeMap<Id, Id>,
    /// Keys of the objects the target has of the person, with their identities there.
    pub objects: BTreeMap<String, String>,
    /// Whether a change of the person is on its way, so that a missing object may yet come.
    pub is_pending: bool,
}

/// Everything around a subject that its view depends on.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// For each organisation: the school units it resolves to – itself, or those below it.
    pub units: BTreeMap<Id, Vec<UnitAtTarget>>,
    /// The organisations above the subject, nearest first.
    pub ancestors: Vec<AncestorAtTarget>,
    /// The persons a group refers to; one that is not here is not known.
    pub persons: BTreeMap<Id, PersonAtTarget>,
    /// Who has each duty a group or activity refers to.
    pub duties: BTreeMap<Id, Id>,
    /// Whether the target has each group an activity refers to; one that is not here is not known.
    pub groups: BTreeMap<Id, Presence>,
}

/// When and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The tenant's decisions about the target.
    pub policy: &'a TargetPolicy,
    /// The instant.
    pub now: Timestamp,
    /// The date in Sweden at that instant.
    pub today: Date,
}

impl<'a> Frame<'a> {
    /// The frame at an instant.
    #[must_use]
    pub fn at(now: Timestamp, policy: &'a TargetPolicy) -> Self {
        Self { policy, now, today: roster::validity::date_in_sweden(now) }
    }
}

/// What must be loaded to project a subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Organisations whose school units must be known.
    pub organisations: BTreeSet<Id>,
    /// Persons, directly referred to.
    pub persons: BTreeSet<Id>,
    /// Duties, whose persons must be found and loaded too.
    pub duties: BTreeSet<Id>,
    /// Groups.
    pub groups: BTreeSet<Id>,
}

/// What must be loaded to project a subject.
#[must_use]
pub fn needs_of(merged: &Merged) -> Needs {
    match merged {
        Merged::Organisation(it) => Needs { organisations: it.parent.into_iter().collect(), ..Needs::default() },
        Merged::Person(it) => Needs { organisations: person::organisations(it), ..Needs::default() },
        Merged::Group(it) => group::needs(it),
        Merged::Activity(it) => activity::needs(it),
    }
}

/// Projects a subject. Pure: the same input gives the same answer.
#[must_use]
pub fn project(merged: &Merged, around: &Surroundings, frame: &Frame<'_>) -> Projection {
    match merged {
        Merged::Organisation(it) => organisation::project(it, around, frame),
        Merged::Person(it) => person::project(it, around, frame),
        Merged::Group(it) => group::project(it, around, frame),
        Merged::Activity(it) => activity::project(it, around, frame),
    }
}

/// Why a person is not wanted, from the person alone; `None`: the target should have the person.
/// What a group may say about a member depends on this, never on what happens to be at the target.
#[must_use]
pub fn unwanted(person: &crate::merge::MergedPerson, frame: &Frame<'_>) -> Option<Projection> {
    person::unwanted(person, frame)
}

/// The duties of a person that are valid today, with the organisation of each.
#[must_use]
pub fn duties_today(person: &crate::merge::MergedPerson, today: Date) -> BTreeMap<Id, Id> {
    person::duties_today(person, today).map(|duty| (duty.id, duty.organisation)).collect()
}

/// Whether the person is a pupil anywhere today.
#[must_use]
pub fn is_pupil(person: &crate::merge::MergedPerson, today: Date) -> bool {
    person::enrolments_today(person, today).next().is_some()
}

/// The instant after `now` at which time alone may change the projection, if any.
#[must_use]
pub fn next_turn(merged: &Merged, now: Timestamp) -> Option<Timestamp> {
    let today = roster::validity::date_in_sweden(now);
    match merged {
        Merged::Organisation(it) => it.validity.next_turn(today).map(roster::validity::start_of_day),
        Merged::Person(it) => next_turn_of_person(it, now),
        Merged::Group(it) => next_turn_of_group(it, today).map(roster::validity::start_of_day),
        Merged::Activity(it) => activity::next_turn(it, today).map(roster::validity::start_of_day),
    }
}

fn next_turn_of_group(merged: &MergedGroup, today: Date) -> Option<Date> {
    let activities = merged.activities.iter().flat_map(|activity| {
        std::iter::once(&activity.validity).chain(activity.teachers.iter().map(|teacher| &teacher.validity))
    });
    let assignments = merged.assignments.iter().flat_map(|assignment| {
        std::iter::once(&assignment.validity).chain(assignment.roles.iter().map(|role| &role.validity))
    });
    let members = merged.group.members.iter().map(|member| &member.validity);
    let periods = std::iter::once(&merged.group.validity).chain(members).chain(activities).chain(assignments);
    roster::validity::next_turn(periods, today)
}

fn reference(id: Id, presence: &Presence) -> Option<Reference> {
    match presence {
        Presence::Present(at_target) => Some(Reference { id, at_target: at_target.clone() }),
        Presence::Pending | Presence::Absent => None,
    }
}

/// The identity of an employment: the duty's own at a school unit, derived where a duty spans several units.
#[must_use]
pub fn employment_id(duty: Id, unit: Id, several: bool) -> Id {
    if several { Id::derived(&["employment", &duty.to_string(), &unit.to_string()]) } else { duty }
}
