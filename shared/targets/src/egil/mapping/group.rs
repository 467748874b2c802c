//! Groups with their pupils (`StudentGroups`), and who teaches and leads them (`Activities`).

use rules::object::{ObjectKey, WantedObject};
use rules::view::{ActivityView, GroupView, Reference};
use serde_json::{Value, json};

use super::bodies::typed;
use super::{Mapping, key, object, required};
use crate::Refusal;
use crate::egil::kinds::{ACTIVITIES, EMPLOYMENTS, SCHOOL_UNITS, STUDENT_GROUPS, USERS};

impl Mapping {
    pub(super) fn group(&self, view: &GroupView) -> Result<Vec<WantedObject>, Refusal> {
        let group = self.student_group(view)?;
        let key = group.key.clone();
        let mut objects = vec![group];
        if let Some(activity) = &view.led_by {
            objects.push(self.activity(activity, &[&key])?);
        }
        Ok(objects)
    }

    fn student_group(&self, view: &GroupView) -> Result<WantedObject, Refusal> {
        let key = key(&STUDENT_GROUPS, view.id);
        let name = required(&view.name, "egil.name_missing", "the group's name")?;
        let pupils = self.references(&USERS, view.pupils.iter().map(|it| it.at_target.as_str()));
        let mut body = typed("StudentGroup", &key);
        body.insert("displayName".to_owned(), json!(name));
        body.insert("owner".to_owned(), self.owner(&view.school_unit));
        body.insert("studentMemberships".to_owned(), pupils);
        let kind = Some(view.kind.as_str()).filter(|it| !it.trim().is_empty());
        self.optional(&mut body, "studentGroupType", kind);
        self.optional(&mut body, "schoolType", view.school_type.clone());
        Ok(object(key, Value::Object(body), &[]))
    }

    pub(super) fn activity(&self, view: &ActivityView, needs: &[&ObjectKey]) -> Result<WantedObject, Refusal> {
        let key = key(&ACTIVITIES, view.id);
        let name = required(&view.name, "egil.name_missing", "the activity's name")?;
        let teachers = self.references(&EMPLOYMENTS, view.teachers.iter().map(|it| it.at_target.as_str()));
        let mut body = typed("Activity", &key);
        body.insert("displayName".to_owned(), json!(name));
        body.insert("owner".to_owned(), self.owner(&view.school_unit));
        let groups = self.references(&STUDENT_GROUPS, view.groups.iter().map(|it| it.at_target.as_str()));
        body.insert("groups".to_owned(), groups);
        body.insert("teachers".to_owned(), teachers);
        Ok(object(key, Value::Object(body), needs))
    }

    fn owner(&self, unit: &Reference) -> Value {
        Value::Object(self.reference(&SCHOOL_UNITS, &unit.at_target))
    }
}
