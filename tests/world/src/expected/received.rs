//! What a receiver holds, in the terms of what is expected.

use super::{Expected, Objects, Properties, UnnamedEmployment};
use crate::receiver::{Held, ReceiverState, ResourceType};
use serde_json::Value;
use std::collections::BTreeSet;

const EXTENSION: &str = "urn:scim:schemas:extension:sis:school:1.0:User";

/// How a teacher is compared when the employment's id is the sender's own choice.
pub(super) fn teacher_key(user: &str, role: Option<&str>) -> String {
    match role {
        Some(role) => format!("{user} as {role}"),
        None => user.to_owned(),
    }
}

/// Reads a receiver's state beside what is expected of it.
pub(super) struct Received<'a> {
    pub(super) state: &'a ReceiverState,
    pub(super) expected: &'a Expected,
}

fn text(value: &Value) -> BTreeSet<String> {
    value.as_str().map(str::to_owned).into_iter().collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Received<'_> {
    /// The sender's objects of a type with their properties.
    pub(super) fn objects(&self, kind: ResourceType) -> Objects {
        let all = self.state.senders(kind);
        all.map(|held| (held.external_id.clone().unwrap_or_else(|| held.id.clone()), self.properties(kind, held)))
            .collect()
    }

    fn properties(&self, kind: ResourceType, held: &Held) -> Properties {
        use ResourceType as T;
        let body = &held.body;
        let mut properties = Properties::from([("displayName", text(&body["displayName"]))]);
        match kind {
            T::SchoolUnits => drop(properties.insert("schoolUnitCode", text(&body["schoolUnitCode"]))),
            T::Users => self.user(body, &mut properties),
            T::Employments => {
                properties = Properties::from([
                    ("user", self.reference(T::Users, &body["user"])),
                    ("employedAt", self.reference(T::SchoolUnits, &body["employedAt"])),
                    ("employmentRole", text(&body["employmentRole"])),
                ]);
            }
            T::StudentGroups => {
                properties.insert("owner", self.reference(T::SchoolUnits, &body["owner"]));
                properties.insert("studentGroupType", text(&body["studentGroupType"]));
                properties.insert("members", self.references(T::Users, &body["studentMemberships"]));
            }
            T::Activities => {
                let teachers = list(&body["teachers"]).iter().filter_map(|t| self.teacher(t));
                properties = Properties::from([
                    ("groups", self.references(T::StudentGroups, &body["groups"])),
                    ("teachers", teachers.collect()),
                ]);
            }
            _ => {}
        }
        properties
    }

    fn user(&self, body: &Value, properties: &mut Properties) {
        let emails = list(&body["emails"]).iter().flat_map(|email| text(&email["value"]));
        let enrolments = list(&body[EXTENSION]["enrolments"]).iter().flat_map(|enrolment| {
            let unit = self.reference(ResourceType::SchoolUnits, enrolment);
            let year = match &enrolment["schoolYear"] {
                Value::Number(year) => year.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            unit.into_iter().map(move |unit| format!("{unit}/{year}"))
        });
        properties.insert("userName", text(&body["userName"]));
        properties.insert("givenName", text(&body["name"]["givenName"]));
        properties.insert("familyName", text(&body["name"]["familyName"]));
        properties.insert("emails", emails.collect());
        properties.insert("enrolments", enrolments.collect());
    }

    /// The external id of what a reference names, or what it says when that is not there.
    fn reference(&self, kind: ResourceType, value: &Value) -> BTreeSet<String> {
        let named = text(&value["value"]);
        named.into_iter().map(|id| self.canonical(kind, &id)).collect()
    }

    fn references(&self, kind: ResourceType, values: &Value) -> BTreeSet<String> {
        list(values).iter().flat_map(|value| self.reference(kind, value)).collect()
    }

    fn canonical(&self, kind: ResourceType, id: &str) -> String {
        let held = self.state.find(kind, id);
        held.and_then(|held| held.external_id.clone()).unwrap_or_else(|| id.to_owned())
    }

    fn teacher(&self, reference: &Value) -> Option<String> {
        let id = self.canonical(ResourceType::Employments, reference["value"].as_str()?);
        if self.expected.employments.contains_key(&id) {
            return Some(id);
        }
        let Some(employment) = self.state.find(ResourceType::Employments, &id) else {
            return Some(format!("{id}, which is not here"));
        };
        let employment = self.unnamed(&employment.body)?;
        Some(teacher_key(&employment.user, employment.role.as_deref()))
    }

    /// An employment by user, unit and role; the role only where the user's source knows roles.
    pub(super) fn unnamed(&self, body: &Value) -> Option<UnnamedEmployment> {
        let user = self.reference(ResourceType::Users, &body["user"]).pop_first()?;
        let of_user = self.expected.unnamed_employments.iter().filter(|it| it.user == user);
        let knows_roles = of_user.clone().all(|it| it.role.is_some());
        let role = body["employmentRole"].as_str().map(str::to_owned);
        Some(UnnamedEmployment {
            user,
            unit: self.reference(ResourceType::SchoolUnits, &body["employedAt"]).pop_first()?,
            role: role.filter(|_| knows_roles),
        })
    }
}
