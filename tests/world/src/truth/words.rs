//! What a register has no words for is not in its truth: nobody could tell.

use super::{Marking, Municipality, PersonStatus, TeacherReference};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a register can say of who is where today. None of these speaks of other days.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Whose personal data are protected, and who is not active.
    pub markings: bool,
    /// EPPNs.
    pub principal_names: bool,
    /// What it calls each `dutyRole`; `None`: it does not tell of such duties.
    pub role: fn(&'static str) -> Option<&'static str>,
    /// What it calls each `groupType`.
    pub kind: fn(&'static str) -> &'static str,
    /// The school type of groups.
    pub school_types_of_groups: bool,
}

impl Municipality {
    /// Forgets what there are no words for, and what is not so today.
    pub fn put_into(&mut self, words: Words) {
        for person in self.persons.values_mut() {
            if !words.markings {
                (person.marking, person.status) = (Marking::None, PersonStatus::Active);
            }
            if !words.principal_names {
                person.principal_names.clear();
            }
        }
        for group in self.groups.values_mut() {
            group.kind = (words.kind)(group.kind);
            group.school_type = group.school_type.filter(|_| words.school_types_of_groups);
        }
        self.duties.retain(|_, it| match (words.role)(it.role) {
            Some(role) => {
                it.role = role;
                true
            }
            None => false,
        });
        self.keep_today();
    }

    fn keep_today(&mut self) {
        let today = self.today;
        for person in self.persons.values_mut() {
            person.enrolments.retain(|it| it.period.covers(today));
        }
        self.duties.retain(|_, it| it.period.covers(today));
        self.groups.retain(|_, it| it.period.covers(today));
        self.activities.retain(|_, it| it.period.covers(today));
        let pupils: BTreeSet<Uuid> = self.pupils().map(|it| it.id).collect();
        let staff: BTreeSet<Uuid> = self.duties.values().map(|it| it.person).collect();
        for group in self.groups.values_mut() {
            group.memberships.retain(|it| it.period.covers(today) && pupils.contains(&it.person));
        }
        for duty in self.duties.values_mut() {
            duty.assignments.retain(|it| it.period.covers(today) && self.groups.contains_key(&it.group));
        }
        self.activities.retain(|_, it| it.groups.iter().all(|group| self.groups.contains_key(group)));
        for activity in self.activities.values_mut() {
            activity.teachers.retain(|it| {
                let is_here = match it.teacher {
                    TeacherReference::Duty(duty) => self.duties.contains_key(&duty),
                    TeacherReference::Person(person) => staff.contains(&person),
                };
                is_here && it.period.covers(today)
            });
        }
    }
}
