//! Groups and activities.

use super::people::is_below;
use super::{Listed, Renderer, put, put_period, reference, start_object};
use crate::register::filter::Filter;
use crate::truth::{Activity, ActivityTeacher, Dialect, Group, Membership, Municipality, TeacherReference};
use serde_json::{Map, Value, json};

impl Listed for Group {
    fn render(&self, renderer: &Renderer<'_>) -> Value {
        let mut object = start_object(self.id, &self.stamp, self.dialect);
        put(&mut object, "displayName", self.name.as_str());
        put(&mut object, "groupType", self.kind);
        put(&mut object, "organisation", renderer.organisation(self.organisation));
        put_period(&mut object, &self.period);
        match (self.dialect, self.school_type) {
            (Dialect::Strict, Some(school_type)) => put(&mut object, "schoolType", school_type),
            (Dialect::Strict, None) => {}
            (Dialect::Quirky, _) => put(&mut object, "groupCode", self.name.replace(' ', "")),
        }
        let members: Vec<Value> = self.memberships.iter().map(|m| membership(m, renderer)).collect();
        put(&mut object, "groupMemberships", members);
        Value::Object(object)
    }

    fn is_admitted(&self, filter: &Filter, _: &Municipality) -> bool {
        filter.admits_stamp(self.stamp.created, self.stamp.modified)
            && filter.admits_period(self.period.start, self.period.end)
            && (filter.kinds.is_empty() || filter.kinds.iter().any(|kind| kind == self.kind))
            && (filter.organisations.is_empty() || filter.organisations.contains(&self.organisation))
    }
}

fn membership(membership: &Membership, renderer: &Renderer<'_>) -> Value {
    let mut object = Map::new();
    put(&mut object, "person", renderer.person(membership.person));
    put_period(&mut object, &membership.period);
    Value::Object(object)
}

impl Listed for Activity {
    fn render(&self, renderer: &Renderer<'_>) -> Value {
        let mut object = start_object(self.id, &self.stamp, self.dialect);
        put(&mut object, "displayName", self.name.as_str());
        put(&mut object, "organisation", renderer.organisation(self.organisation));
        put(&mut object, "activityType", "Undervisning");
        put_period(&mut object, &self.period);
        match self.dialect {
            Dialect::Strict => put(&mut object, "calendarEventsRequired", true),
            Dialect::Quirky => {
                put(&mut object, "owner", reference(self.organisation));
                put(&mut object, "subject", json!({"displayName": self.name}));
            }
        }
        let groups: Vec<Value> = self.groups.iter().map(|id| renderer.group(*id)).collect();
        put(&mut object, "groups", groups);
        put(&mut object, "teachers", self.teachers.iter().map(teacher).collect::<Vec<_>>());
        Value::Object(object)
    }

    fn is_admitted(&self, filter: &Filter, truth: &Municipality) -> bool {
        filter.admits_stamp(self.stamp.created, self.stamp.modified)
            && filter.admits_period(self.period.start, self.period.end)
            && (filter.groups.is_empty() || self.groups.iter().any(|id| filter.groups.contains(id)))
            && is_below(truth, self.organisation, &filter.organisations)
    }
}

fn teacher(teacher: &ActivityTeacher) -> Value {
    match teacher.teacher {
        TeacherReference::Duty(duty) => {
            let mut object = Map::new();
            put(&mut object, "duty", reference(duty));
            put_period(&mut object, &teacher.period);
            Value::Object(object)
        }
        TeacherReference::Person(person) => json!({"person": reference(person)}),
    }
}
