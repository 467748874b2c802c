//! Objects of SS 12000:2020, as those who read them here and those who are sent them have them: the standard's words, and
//! what most objects are made of. Pure.

use jiff::civil::Date;
use roster::{Id, Validity};
use rules::object::{Body, ObjectKey, WantedObject};
use rules::view::Reference;
use serde_json::{Map, Value, json};

/// Since when that holds of which no source says since when.
const SINCE_EVER: Date = jiff::civil::date(1900, 1, 1);

/// What a duty may be for (`Code_DutyRole`).
const DUTY_ROLES: [&str; 19] = [
    "Rektor",
    "Lärare",
    "Förskollärare",
    "Barnskötare",
    "Bibliotekarie",
    "Lärarassistent",
    "Fritidspedagog",
    "Annan personal",
    "Studie- och yrkesvägledare",
    "Förstelärare",
    "Kurator",
    "Skolsköterska",
    "Skolläkare",
    "Skolpsykolog",
    "Speciallärare/specialpedagog",
    "Skoladministratör",
    "Övrig arbetsledning",
    "Övrig pedagogisk personal",
    "Förskolechef",
];

/// Any other duty.
pub(crate) const OTHER_STAFF: &str = "Annan personal";

/// What a group may be for (`Code_GroupType`).
pub(crate) const GROUP_TYPES: [&str; 8] =
    ["Undervisning", "Klass", "Mentor", "Provgrupp", "Schema", "Avdelning", "Personalgrupp", "Övrigt"];

/// Any other group.
pub(crate) const OTHER_GROUP: &str = "Övrigt";

/// Kinds of e-mail addresses (`Code_EmailType`).
pub(crate) const EMAIL_TYPES: [&str; 4] = ["Privat", "Skola elev", "Skola personal", "Arbete övrigt"];

/// The standard's word for a duty.
pub(crate) fn duty_role(role: &str) -> &'static str {
    DUTY_ROLES.into_iter().find(|it| *it == role).unwrap_or(OTHER_STAFF)
}

/// What an object says, on its way.
#[derive(Default)]
pub(crate) struct Content(Map<String, Value>);

impl Content {
    pub(crate) fn of(id: Id) -> Self {
        let mut content = Self::default();
        content.set("id", json!(id.to_string()));
        content
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn maybe(&mut self, name: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    pub(crate) fn holds(&mut self, validity: Validity) {
        self.set("startDate", json!(validity.start.unwrap_or(SINCE_EVER)));
        self.maybe("endDate", validity.end.map(|it| json!(it)));
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(crate) fn wanted(self, key: ObjectKey, needs: &[ObjectKey]) -> WantedObject {
        WantedObject { needs: needs.to_vec(), ..WantedObject::new(key, Body::new(self.into_value())) }
    }
}

pub(crate) fn reference(reference: &Reference) -> Value {
    json!({"id": reference.at_target})
}
