//! Persons and duties.

use super::{Listed, Object, Renderer, put, put_period, start_object};
use crate::register::filter::Filter;
use crate::truth::{Dialect, Duty, Enrolment, Municipality, Person};
use serde_json::{Map, Value, json};
use uuid::Uuid;

impl Listed for Person {
    fn render(&self, renderer: &Renderer<'_>) -> Value {
        let mut object = start_object(self.id, &self.stamp, self.dialect);
        put(&mut object, "givenName", self.given_name.as_str());
        put(&mut object, "familyName", self.family_name.as_str());
        put(&mut object, "sex", self.sex);
        put(&mut object, "securityMarking", self.marking.name());
        put(&mut object, "personStatus", self.status.name());
        let emails: Vec<Value> = self.emails.iter().map(|e| json!({"value": e.value, "type": e.kind})).collect();
        put(&mut object, "emails", emails);
        self.put_numbers(&mut object);
        if !self.principal_names.is_empty() {
            put(&mut object, "eduPersonPrincipalNames", json!(self.principal_names));
        }
        if !self.enrolments.is_empty() {
            let all: Vec<Value> = self.enrolments.iter().map(|e| enrolment(e, renderer)).collect();
            put(&mut object, "enrolments", all);
        }
        if !self.responsibles.is_empty() {
            let guardian = |id: &Uuid| json!({"person": renderer.person(*id), "relationType": "Vårdnadshavare"});
            put(&mut object, "responsibles", self.responsibles.iter().map(guardian).collect::<Vec<_>>());
        }
        Value::Object(object)
    }

    fn is_admitted(&self, filter: &Filter, _: &Municipality) -> bool {
        let named = |wanted: &String| self.principal_names.contains(wanted);
        filter.admits_stamp(self.stamp.created, self.stamp.modified)
            && filter.civic_number.as_ref().is_none_or(|n| self.civic_number.as_ref() == Some(n))
            && filter.principal_name.as_ref().is_none_or(named)
    }
}

impl Person {
    fn put_numbers(&self, object: &mut Object) {
        if let Some(birth) = self.birth_date {
            put(object, "birthDate", birth.to_string());
        }
        if let Some(number) = &self.civic_number {
            let value = match self.dialect {
                Dialect::Strict => number.clone(),
                Dialect::Quirky => format!("{}-{}", &number[2..8], &number[8..]),
            };
            put(object, "civicNo", json!({"value": value, "nationality": "SE"}));
        }
        if self.dialect == Dialect::Quirky {
            let local = self.id.as_u128() % 100_000;
            let identifier = json!({
                "value": local.to_string(),
                "context": "https://register.norrsken.example",
                "globallyUnique": true,
            });
            put(object, "externalIdentifiers", vec![identifier]);
        }
    }
}

fn enrolment(enrolment: &Enrolment, renderer: &Renderer<'_>) -> Value {
    let mut object = Map::new();
    put(&mut object, "enroledAt", renderer.organisation(enrolment.unit));
    put(&mut object, "schoolType", enrolment.school_type);
    put(&mut object, "schoolYear", enrolment.school_year);
    put(&mut object, "cancelled", false);
    put_period(&mut object, &enrolment.period);
    Value::Object(object)
}

impl Listed for Duty {
    fn render(&self, renderer: &Renderer<'_>) -> Value {
        let mut object = start_object(self.id, &self.stamp, self.dialect);
        put(&mut object, "person", renderer.person(self.person));
        put(&mut object, "dutyAt", renderer.organisation(self.at));
        put(&mut object, "dutyRole", self.role);
        put(&mut object, "dutyPercent", 100);
        put_period(&mut object, &self.period);
        if self.dialect == Dialect::Quirky {
            put(&mut object, "description", self.role);
        }
        if !self.assignments.is_empty() {
            let assignments = self.assignments.iter().map(|assignment| {
                let mut object = Map::new();
                put(&mut object, "group", renderer.group(assignment.group));
                put(&mut object, "assignmentRoleType", assignment.role);
                put_period(&mut object, &assignment.period);
                Value::Object(object)
            });
            put(&mut object, "assignmentRole", assignments.collect::<Vec<_>>());
        }
        Value::Object(object)
    }

    fn is_admitted(&self, filter: &Filter, truth: &Municipality) -> bool {
        filter.admits_stamp(self.stamp.created, self.stamp.modified)
            && filter.admits_period(self.period.start, self.period.end)
            && (filter.persons.is_empty() || filter.persons.contains(&self.person))
            && (filter.kinds.is_empty() || filter.kinds.iter().any(|kind| kind == self.role))
            && is_below(truth, self.at, &filter.organisations)
    }
}

/// Whether an organisation is one of the wanted or underneath one; nothing wanted admits all.
pub(super) fn is_below(truth: &Municipality, organisation: Uuid, wanted: &[Uuid]) -> bool {
    let mut here = Some(organisation);
    while let Some(id) = here {
        if wanted.is_empty() || wanted.contains(&id) {
            return true;
        }
        here = truth.organisations.get(&id).and_then(|o| o.parent);
    }
    false
}
