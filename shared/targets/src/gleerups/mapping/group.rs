//! A group: its pupils (`StudentGroups`) and its teachers (`Activities`).

use rules::object::{ObjectKey, WantedObject};
use rules::view::{ActivityView, GroupView};
use serde_json::{Value, json};

use super::bodies::typed;
use super::{Mapping, key, object, required};
use crate::Refusal;
use crate::gleerups::kinds::{ACTIVITIES, EMPLOYMENTS, SCHOOL_UNITS, STUDENT_GROUPS, USERS};

impl Mapping {
    pub(super) fn group(&self, view: &GroupView) -> Result<Vec<WantedObject>, Refusal> {
        let group = self.student_group(view)?;
        let key = group.key.clone();
        let mut objects = vec![group];
        for activity in &view.activities {
            objects.push(self.activity(activity, view, &key)?);
        }
        Ok(objects)
    }

    fn student_group(&self, view: &GroupView) -> Result<WantedObject, Refusal> {
        let key = key(&STUDENT_GROUPS, view.id);
        let name = required(&view.name, "gleerups.name_missing", "the group's name")?;
        let pupils = self.references(&USERS, view.pupils.iter().map(|it| it.at_target.as_str()));
        let mut body = typed("StudentGroup", &key);
        body.insert("displayName".to_owned(), json!(name));
        body.insert("owner".to_owned(), self.owner(view));
        body.insert("studentMemberships".to_owned(), pupils);
        let kind = Some(view.kind.as_str()).filter(|it| !it.trim().is_empty());
        self.optional(&mut body, "studentGroupType", kind);
        self.optional(&mut body, "schoolType", view.school_type.clone());
        Ok(object(key, Value::Object(body), &[]))
    }

    fn activity(&self, view: &ActivityView, group: &GroupView, group_key: &ObjectKey) -> Result<WantedObject, Refusal> {
        let key = key(&ACTIVITIES, view.id);
        let name = required(&view.name, "gleerups.name_missing", "the activity's name")?;
        let teachers = self.references(&EMPLOYMENTS, view.teachers.iter().map(|it| it.at_target.as_str()));
        let mut body = typed("Activity", &key);
        body.insert("displayName".to_owned(), json!(name));
        body.insert("owner".to_owned(), self.owner(group));
        body.insert("groups".to_owned(), self.references(&STUDENT_GROUPS, std::iter::once(group_key.key.as_str())));
        body.insert("teachers".to_owned(), teachers);
        Ok(object(key, Value::Object(body), &[group_key]))
    }

    fn owner(&self, view: &GroupView) -> Value {
        Value::Object(self.reference(&SCHOOL_UNITS, &view.school_unit.at_target))
    }
}
