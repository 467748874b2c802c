//! Teachers of groups: by activity, and by assignment for those that no activity names.

use super::Conclusion;
use crate::expected::{Properties, received};
use crate::truth::{Activity, Duty, TeacherReference};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Conclusion<'_> {
    pub(super) fn teaching(&mut self) {
        let mut taught_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for activity in self.truth.activities.values().filter(|a| a.period.covers(self.options.today)) {
            let groups: BTreeSet<String> = activity
                .groups
                .iter()
                .map(Uuid::to_string)
                .filter(|group| self.expected.groups.contains_key(group))
                .collect();
            if groups.is_empty() {
                continue;
            }
            let teachers = self.teachers(activity);
            for group in &groups {
                taught_by.entry(group.clone()).or_default().extend(teachers.clone());
            }
            let properties = Properties::from([("groups", groups), ("teachers", teachers)]);
            self.expected.activities.insert(activity.id.to_string(), properties);
        }
        self.mentors(&taught_by);
    }

    fn teachers(&self, activity: &Activity) -> BTreeSet<String> {
        let active = activity.teachers.iter().filter(|t| t.period.covers(self.options.today));
        active
            .flat_map(|teacher| match teacher.teacher {
                TeacherReference::Person(person) => self.duties.get(&person).cloned().unwrap_or_default(),
                TeacherReference::Duty(duty) => self.active_duty(duty).into_iter().collect(),
            })
            .filter_map(|duty| self.teacher_key(duty))
            .collect()
    }

    fn active_duty(&self, id: Uuid) -> Option<&Duty> {
        let duty = self.truth.duties.get(&id)?;
        duty.period.covers(self.options.today).then_some(duty)
    }

    /// How a teacher is compared: by the employment's id where that is given, else by user and role.
    fn teacher_key(&self, duty: &Duty) -> Option<String> {
        let id = duty.id.to_string();
        if self.expected.employments.contains_key(&id) {
            return Some(id);
        }
        let delivered = self.delivered.contains(&duty.person);
        delivered.then(|| received::teacher_key(&duty.person.to_string(), Some(duty.role)))
    }

    fn mentors(&mut self, taught_by: &BTreeMap<String, BTreeSet<String>>) {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for duty in self.duties.values().flatten() {
            let Some(key) = self.teacher_key(duty) else {
                continue;
            };
            for assignment in duty.assignments.iter().filter(|a| a.period.covers(self.options.today)) {
                let group = assignment.group.to_string();
                let teaches = taught_by.get(&group).is_some_and(|teachers| teachers.contains(&key));
                if self.expected.groups.contains_key(&group) && !teaches {
                    found.entry(group).or_default().insert(key.clone());
                }
            }
        }
        self.expected.generated_activities = found;
    }
}
