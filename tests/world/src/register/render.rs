//! Records as SS 12000 2.1.0 JSON, in the dialect of their school.

mod people;
mod teaching;

use super::filter::Filter;
use crate::truth::{Dialect, Municipality, Organisation, OrganisationKind, Period, Stamp};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What rendering needs besides the record.
pub(super) struct Renderer<'a> {
    pub(super) truth: &'a Municipality,
    /// Whether references carry `displayName`.
    pub(super) names: bool,
}

/// A record with a list resource of its own.
pub(super) trait Listed {
    fn render(&self, renderer: &Renderer<'_>) -> Value;
    fn is_admitted(&self, filter: &Filter, truth: &Municipality) -> bool;
}

pub(super) type Object = Map<String, Value>;

fn instant(at: Timestamp, dialect: Dialect) -> String {
    match dialect {
        Dialect::Strict => at.to_string(),
        // Without a zone, as one real provider writes them; it is UTC.
        Dialect::Quirky => at.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string(),
    }
}

pub(super) fn start_object(id: Uuid, stamp: &Stamp, dialect: Dialect) -> Object {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(id));
    let (created, modified) = (instant(stamp.created, dialect), instant(stamp.modified, dialect));
    object.insert("meta".to_owned(), json!({"created": created, "modified": modified}));
    object
}

pub(super) fn put(object: &mut Object, name: &str, value: impl Into<Value>) {
    object.insert(name.to_owned(), value.into());
}

pub(super) fn put_period(object: &mut Object, period: &Period) {
    put(object, "startDate", period.start.to_string());
    if let Some(end) = period.end {
        put(object, "endDate", end.to_string());
    }
}

pub(super) fn reference(id: Uuid) -> Value {
    json!({"id": id})
}

impl Renderer<'_> {
    pub(super) fn organisation(&self, id: Uuid) -> Value {
        let mut value = reference(id);
        if let Some(organisation) = self.truth.organisations.get(&id).filter(|_| self.names) {
            value["displayName"] = json!(organisation.name);
        }
        value
    }

    pub(super) fn group(&self, id: Uuid) -> Value {
        let mut value = reference(id);
        if let Some(group) = self.truth.groups.get(&id).filter(|_| self.names) {
            value["displayName"] = json!(group.name);
        }
        value
    }

    /// A `PersonReference`: the standard lets the security marking ride along.
    pub(super) fn person(&self, id: Uuid) -> Value {
        let mut value = reference(id);
        if let Some(person) = self.truth.persons.get(&id) {
            if person.dialect == Dialect::Strict {
                value["securityMarking"] = json!(person.marking.name());
            }
            if self.names {
                value["displayName"] = json!(format!("{} {}", person.given_name, person.family_name));
            }
        }
        value
    }
}

impl Listed for Organisation {
    fn render(&self, renderer: &Renderer<'_>) -> Value {
        let mut object = start_object(self.id, &self.stamp, self.dialect);
        put(&mut object, "displayName", self.name.as_str());
        put(&mut object, "organisationType", self.kind.name());
        put(&mut object, "municipalityCode", "0099");
        put_period(&mut object, &self.period);
        if let Some(parent) = self.parent {
            put(&mut object, "parentOrganisation", renderer.organisation(parent));
        }
        let texts = [
            ("schoolUnitCode", &self.school_unit_code),
            ("organisationCode", &self.code),
            ("organisationNumber", &self.number),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                put(&mut object, name, text.as_str());
            }
        }
        if self.kind == OrganisationKind::SchoolUnit {
            put(&mut object, "schoolTypes", json!(self.school_types));
        }
        Value::Object(object)
    }

    fn is_admitted(&self, filter: &Filter, _: &Municipality) -> bool {
        filter.admits_stamp(self.stamp.created, self.stamp.modified)
            && filter.admits_period(self.period.start, self.period.end)
            && (filter.kinds.is_empty() || filter.kinds.iter().any(|kind| kind == self.kind.name()))
            && (filter.organisations.is_empty()
                || self.parent.is_some_and(|parent| filter.organisations.contains(&parent)))
    }
}
