//! What happens in a municipality: each change alters the truth, stamps it, and says what it touched.

mod groups;
mod persons;

use super::{Municipality, Resource, Tombstone};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something that happens on a school day. People and groups are named by identity only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A pupil starts in a class, with all the memberships of a classmate.
    PupilStarts {
        /// The class.
        class: Uuid,
    },
    /// A pupil's enrolments and memberships end yesterday.
    PupilLeaves {
        /// The pupil.
        person: Uuid,
    },
    /// A person is removed from the register altogether.
    PersonRemoved {
        /// The person.
        person: Uuid,
    },
    /// A person gets another family name.
    PersonRenamed {
        /// The person.
        person: Uuid,
    },
    /// A person gets another school e-mail address, never used before.
    EmailChanged {
        /// The person.
        person: Uuid,
    },
    /// A pupil moves from one class to another, today.
    ClassMove {
        /// The pupil.
        person: Uuid,
        /// The class left.
        from: Uuid,
        /// The class entered.
        to: Uuid,
    },
    /// Another teacher takes over an activity.
    TeacherReplaced {
        /// The activity.
        activity: Uuid,
        /// The duty that takes over.
        duty: Uuid,
    },
    /// A new teaching group with an activity, for some pupils of a class.
    TeachingGroupMade {
        /// The class the pupils come from.
        class: Uuid,
    },
    /// A group gets another name.
    GroupRenamed {
        /// The group.
        group: Uuid,
    },
    /// A group and its activities are removed from the register.
    GroupRemoved {
        /// The group.
        group: Uuid,
    },
    /// A person gets protected personal data.
    PersonProtected {
        /// The person.
        person: Uuid,
    },
    /// A person no longer has protected personal data.
    ProtectionLifted {
        /// The person.
        person: Uuid,
    },
    /// A new teacher is employed.
    TeacherEmployed {
        /// The organisation (Skola or Skolenhet) of the duty.
        at: Uuid,
    },
    /// A duty ends yesterday.
    DutyEnds {
        /// The duty.
        duty: Uuid,
    },
}

/// What a change touched: what the doorbell says, and how many records went away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Types with created or changed records.
    pub modified: BTreeSet<Resource>,
    /// Whether any record was removed.
    pub deleted: bool,
}

impl Touched {
    fn of(resources: &[Resource]) -> Self {
        Self { modified: resources.iter().copied().collect(), deleted: false }
    }

    fn and_deleted(mut self) -> Self {
        self.deleted = true;
        self
    }

    /// Both.
    pub fn merge(mut self, other: Touched) -> Self {
        self.modified.extend(other.modified);
        self.deleted |= other.deleted;
        self
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.modified.is_empty() && !self.deleted
    }
}

impl Municipality {
    /// Makes it happen. A change about something that no longer exists touches nothing.
    pub fn apply(&mut self, change: &Change) -> Touched {
        match *change {
            Change::PupilStarts { class } => self.pupil_starts(class),
            Change::PupilLeaves { person } => self.pupil_leaves(person),
            Change::PersonRemoved { person } => self.person_removed(person),
            Change::PersonRenamed { person } => self.person_renamed(person),
            Change::EmailChanged { person } => self.email_changed(person),
            Change::ClassMove { person, from, to } => self.class_move(person, from, to),
            Change::TeacherReplaced { activity, duty } => self.teacher_replaced(activity, duty),
            Change::TeachingGroupMade { class } => self.teaching_group_made(class),
            Change::GroupRenamed { group } => self.group_renamed(group),
            Change::GroupRemoved { group } => self.group_removed(group),
            Change::PersonProtected { person } => self.protection(person, true),
            Change::ProtectionLifted { person } => self.protection(person, false),
            Change::TeacherEmployed { at } => self.teacher_employed(at),
            Change::DutyEnds { duty } => self.duty_ends(duty),
        }
    }

    fn bury(&mut self, resource: Resource, id: Uuid) {
        let at = self.tick();
        self.tombstones.push(Tombstone { resource, id, at });
    }
}
