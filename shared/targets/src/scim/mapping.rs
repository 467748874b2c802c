//! Views → wanted objects. Pure.
//!
//! A security marking and a civic number are never sent.

use roster::Id;
use rules::object::{Body, ObjectKey, ObjectKind, Ties, WantedObject};
use rules::view::{GroupView, PersonView, View};
use serde_json::{Map, Value, json};

use super::config::ScimConfig;
use super::kinds::{GROUP, GROUPS, MEMBERS, USER, USERS};
use crate::Refusal;
use crate::naming::filled;

/// How objects are written for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) adopt_by_email: bool,
    pub(super) group_name: String,
    pub(super) teachers_in_groups: bool,
}

impl From<&ScimConfig> for Mapping {
    fn from(config: &ScimConfig) -> Self {
        Self {
            adopt_by_email: config.adopt_by_email,
            group_name: config.group_name.clone(),
            teachers_in_groups: config.teachers_in_groups,
        }
    }
}

impl Mapping {
    /// The objects of a view. The rules give none of organisations and activities.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Person(view) => Ok(vec![self.user(view)]),
            View::Group(view) => self.group(view).map(|it| vec![it]),
            View::Organisation(_) | View::Activity(_) => Ok(Vec::new()),
        }
    }

    fn user(&self, view: &PersonView) -> WantedObject {
        let key = key(&USERS, view.id);
        let (given, family) = (view.given_name.as_str(), view.family_name.as_str());
        let staff = !view.employments.is_empty();
        let addresses = view.emails.iter().filter(|it| !it.address.as_str().trim().is_empty());
        let emails = addresses
            .enumerate()
            .map(|(place, it)| json!({ "value": it.address.as_str(), "type": "work", "primary": place == 0 }));
        let body = json!({
            "schemas": [USER],
            "externalId": key.key,
            "userName": view.user_name.as_str(),
            "displayName": format!("{given} {family}").trim(),
            "name": { "givenName": given, "familyName": family },
            "emails": emails.collect::<Vec<Value>>(),
            "userType": if staff { "Staff" } else { "Student" },
            "active": true,
        });
        let recognised_by = if self.adopt_by_email { view.recognised_by() } else { Vec::new() };
        WantedObject { recognised_by, ..WantedObject::new(key, Body::new(body)) }
    }

    fn group(&self, view: &GroupView) -> Result<WantedObject, Refusal> {
        if view.name.trim().is_empty() {
            let reason = "the name of the group is missing".to_owned();
            return Err(Refusal { code: "scim.group_name_missing", reason });
        }
        let key = key(&GROUPS, view.id);
        let teachers = view.teachers.iter().filter(|_| self.teachers_in_groups);
        let members = view.pupils.iter().chain(teachers).map(|it| it.at_target.clone()).collect();
        let body = json!({ "schemas": [GROUP], "externalId": key.key, "displayName": filled(&self.group_name, view) });
        let ties = Ties::from([(MEMBERS.to_owned(), members)]);
        Ok(WantedObject { ties, ..WantedObject::new(key, Body::new(body)) })
    }
}

/// Kind and key of an object.
pub(super) fn key(kind: &ObjectKind, id: Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}

/// The content with these members in it.
pub(super) fn with_members<'m>(body: &Value, members: impl Iterator<Item = &'m String>) -> Value {
    let mut fields = body.as_object().cloned().unwrap_or_else(Map::new);
    fields.insert(MEMBERS.to_owned(), members.map(|it| json!({ "value": it })).collect());
    Value::Object(fields)
}
