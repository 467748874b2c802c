//! Changes to groups and teaching.

use super::Touched;
use super::persons::end;
use crate::truth::{
    Activity, ActivityTeacher, Dialect, Group, Membership, Municipality, Period, Resource, Stamp, TeacherReference,
};
use jiff::ToSpan;
use uuid::Uuid;

impl Municipality {
    /// Alters a group and stamps the record.
    pub(super) fn alter_group(&mut self, id: Uuid, alter: impl FnOnce(&mut Group)) -> Touched {
        let now = self.tick();
        match self.groups.get_mut(&id) {
            Some(group) => {
                alter(group);
                group.stamp.modified = now;
                Touched::of(&[Resource::Group])
            }
            None => Touched::default(),
        }
    }

    pub(super) fn class_move(&mut self, person: Uuid, from: Uuid, to: Uuid) -> Touched {
        let today = self.today;
        let yesterday = today.saturating_sub(1.day());
        let left = self.alter_group(from, |group| {
            for membership in group.memberships.iter_mut().filter(|m| m.person == person) {
                end(&mut membership.period, yesterday);
            }
        });
        let entered = self.alter_group(to, |group| {
            group.memberships.push(Membership { person, period: Period::from(today) });
        });
        left.merge(entered)
    }

    pub(super) fn teacher_replaced(&mut self, activity: Uuid, duty: Uuid) -> Touched {
        let (now, today) = (self.tick(), self.today);
        let Some(person) = self.duties.get(&duty).map(|duty| duty.person) else {
            return Touched::default();
        };
        let Some(activity) = self.activities.get_mut(&activity) else {
            return Touched::default();
        };
        let teacher = reference(activity.dialect, duty, person);
        activity.teachers = vec![ActivityTeacher { teacher, period: Period::from(today) }];
        activity.stamp.modified = now;
        Touched::of(&[Resource::Activity])
    }

    pub(super) fn teaching_group_made(&mut self, class: Uuid) -> Touched {
        let Some(class) = self.groups.get(&class).cloned() else {
            return Touched::default();
        };
        let period = Period::from(self.today);
        let stamp = self.made_now();
        let members = class.memberships.iter().filter(|m| m.period.covers(self.today));
        let group = Group {
            id: Uuid::nil(),
            name: format!("Fördjupning {}", class.name),
            kind: "Undervisning",
            memberships: members.take(8).map(|m| Membership { person: m.person, period }).collect(),
            period,
            stamp,
            ..class
        };
        let group = Group { id: self.new_id(), ..group };
        let activity = self.activity_for(&group);
        self.activities.insert(activity.id, activity);
        self.groups.insert(group.id, group);
        Touched::of(&[Resource::Group, Resource::Activity])
    }

    fn made_now(&mut self) -> Stamp {
        let now = self.tick();
        Stamp { created: now, modified: now }
    }

    fn activity_for(&mut self, group: &Group) -> Activity {
        let today = self.today;
        let duty = self
            .duties
            .values()
            .find(|duty| duty.dialect == group.dialect && duty.role == "Lärare" && duty.period.covers(today));
        let teachers = duty.map(|duty| ActivityTeacher {
            teacher: reference(group.dialect, duty.id, duty.person),
            period: Period::from(today),
        });
        Activity {
            teachers: teachers.into_iter().collect(),
            id: self.new_id(),
            name: group.name.clone(),
            organisation: group.organisation,
            groups: vec![group.id],
            period: group.period,
            dialect: group.dialect,
            stamp: group.stamp,
        }
    }

    pub(super) fn group_renamed(&mut self, id: Uuid) -> Touched {
        self.alter_group(id, |group| group.name.push_str(" ny"))
    }

    pub(super) fn group_removed(&mut self, id: Uuid) -> Touched {
        if self.groups.remove(&id).is_none() {
            return Touched::default();
        }
        let (only, shared): (Vec<Uuid>, Vec<Uuid>) = self
            .activities
            .values()
            .filter(|activity| activity.groups.contains(&id))
            .map(|activity| activity.id)
            .partition(|activity| self.activities[activity].groups.len() == 1);
        for activity in only {
            self.activities.remove(&activity);
            self.bury(Resource::Activity, activity);
        }
        let now = self.tick();
        for activity in shared {
            if let Some(activity) = self.activities.get_mut(&activity) {
                activity.groups.retain(|group| *group != id);
                activity.stamp.modified = now;
            }
        }
        self.drop_assignments(id);
        self.bury(Resource::Group, id);
        Touched::of(&[Resource::Activity, Resource::Duty]).and_deleted()
    }

    fn drop_assignments(&mut self, group: Uuid) {
        let now = self.tick();
        for duty in self.duties.values_mut() {
            let before = duty.assignments.len();
            duty.assignments.retain(|a| a.group != group);
            if duty.assignments.len() != before {
                duty.stamp.modified = now;
            }
        }
    }
}

fn reference(dialect: Dialect, duty: Uuid, person: Uuid) -> TeacherReference {
    match dialect {
        Dialect::Strict => TeacherReference::Duty(duty),
        Dialect::Quirky => TeacherReference::Person(person),
    }
}
