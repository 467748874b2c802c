//! What bodies are made of.

use rules::object::{ObjectKey, ObjectKind};
use serde_json::{Map, Value, json};

use super::Mapping;
use crate::egil::kinds::SCHOOL;

/// The start of every object but users: the type of the profile, and the identity it is known by.
pub(super) fn typed(type_name: &str, key: &ObjectKey) -> Map<String, Value> {
    with_schemas(&[&format!("{SCHOOL}:{type_name}")], key)
}

/// The start of every object.
pub(super) fn with_schemas(schemas: &[&str], key: &ObjectKey) -> Map<String, Value> {
    Map::from_iter([("schemas".to_owned(), json!(schemas)), ("externalId".to_owned(), json!(key.key))])
}

impl Mapping {
    /// A reference to an object, by the identity the target knows it by.
    pub(super) fn reference(&self, kind: &ObjectKind, at_target: &str) -> Map<String, Value> {
        let mut reference = Map::from_iter([("value".to_owned(), json!(at_target))]);
        if !self.omit_reference_urls {
            reference.insert("$ref".to_owned(), json!(format!("{kind}/{at_target}")));
        }
        reference
    }

    /// A list of references to objects of one kind.
    pub(super) fn references<'a>(&self, kind: &ObjectKind, at_target: impl Iterator<Item = &'a str>) -> Value {
        Value::Array(at_target.map(|it| Value::Object(self.reference(kind, it))).collect())
    }

    /// Adds a field that the portal can do without, unless it is to be left out or there is nothing in it.
    pub(super) fn optional(&self, body: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value.filter(|_| !self.omit_optional_fields) {
            body.insert(name.to_owned(), value.into());
        }
    }
}
