//! Teaching groups and the activities that say who teaches them.

use super::{School, Teaching};
use crate::truth::names::SUBJECTS;
use crate::truth::{Activity, ActivityTeacher, Dialect, Period, TeacherReference};
use uuid::Uuid;

impl School<'_> {
    /// Ten subjects for a class; slöjd and teknik are taught as one activity with two groups.
    pub(super) fn add_teaching(&mut self, class: &str, school_type: &'static str, members: &[Uuid]) {
        let mut pending: Option<Uuid> = None;
        let taught = if self.plan.teaching == Teaching::TwoSubjects { 2 } else { SUBJECTS.len() };
        for (place, (code, subject)) in SUBJECTS.into_iter().enumerate().take(taught) {
            let group = self.add_group(format!("{code} {class}"), "Undervisning", school_type, members);
            self.teaching_groups.push(group);
            match (code, pending.take()) {
                ("SL", _) => pending = Some(group),
                (_, Some(first)) => {
                    self.add_activity(format!("Slöjd och teknik {class}"), &[first, group], 2);
                }
                _ => {
                    let teachers = if place == 1 { 2 } else { 1 };
                    self.add_activity(format!("{subject} {class}"), &[group], teachers);
                }
            }
        }
    }

    pub(super) fn add_activity(&mut self, name: String, groups: &[Uuid], teachers: usize) -> Uuid {
        let period = Period::from(self.municipality.school_year_start());
        let mut chosen: Vec<Uuid> = (0..teachers).map(|_| self.next_teacher()).collect();
        chosen.dedup();
        let activity = Activity {
            id: self.municipality.new_id(),
            name,
            organisation: self.municipality.groups[&groups[0]].organisation,
            groups: groups.to_vec(),
            teachers: chosen.into_iter().map(|duty| self.teacher(duty, period)).collect(),
            period,
            dialect: self.plan.dialect,
            stamp: self.municipality.initial_stamp(),
        };
        let id = activity.id;
        self.municipality.activities.insert(id, activity);
        id
    }

    fn teacher(&self, duty: Uuid, period: Period) -> ActivityTeacher {
        let teacher = match self.plan.dialect {
            Dialect::Strict => TeacherReference::Duty(duty),
            Dialect::Quirky => TeacherReference::Person(self.municipality.duties[&duty].person),
        };
        ActivityTeacher { teacher, period }
    }
}
