//! References between the receiver's objects.

use super::ResourceType;
use super::resource_type::{Shape, USER_EXTENSION};
use serde_json::Value;
use std::collections::BTreeSet;

/// Another object, by type and by what the sender called it.
pub(crate) type Reference = (ResourceType, String);

/// Checks the form of `{value,$ref}`; `$ref`, where given, must end in `Type/value`.
pub(crate) fn check_one(value: &Value, kinds: &[ResourceType]) -> Result<(), String> {
    let target = value["value"].as_str().ok_or("a reference needs a value")?;
    let matches = |reference: &str| {
        let ending = |kind: &ResourceType| format!("{}/{target}", kind.path());
        kinds.iter().any(|kind| reference.ends_with(&ending(kind)))
    };
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) if !matches(reference) => Err("$ref names something else".to_owned()),
        _ => Ok(()),
    }
}

/// Everything a body refers to.
pub(crate) fn of(kind: ResourceType, body: &Value) -> BTreeSet<Reference> {
    let mut found = BTreeSet::new();
    for attribute in kind.attributes() {
        let value = &body[attribute.name];
        match attribute.shape {
            Shape::Reference(kinds) => found.extend(one(value, target_kind(kinds, value))),
            Shape::References(kinds) => found.extend(many(value, kinds[0])),
            _ => {}
        }
    }
    let enrolments = &body[USER_EXTENSION]["enrolments"];
    found.extend(many(enrolments, ResourceType::SchoolUnits));
    found
}

/// With several possible types the body's own `type` (`User`, `StudentGroup`) decides.
fn target_kind(kinds: &[ResourceType], value: &Value) -> ResourceType {
    let named = value["type"].as_str().unwrap_or_default();
    let by_name = |kind: &&ResourceType| kind.path().trim_end_matches('s') == named;
    kinds.iter().find(by_name).copied().unwrap_or(kinds[0])
}

fn one(value: &Value, kind: ResourceType) -> Option<Reference> {
    value["value"].as_str().map(|target| (kind, target.to_owned()))
}

fn many(value: &Value, kind: ResourceType) -> impl Iterator<Item = Reference> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(move |item| one(item, kind))
}
