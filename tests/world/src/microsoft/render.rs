//! Objects as they are shown.

use super::schema::Kind;
use super::{MicrosoftGroup, MicrosoftUser};
use serde_json::{Map, Value, json};

/// A user with all that can be selected.
pub(super) fn user(user: &MicrosoftUser) -> Value {
    Value::clone(&user.body)
}

/// A group with all that can be selected.
pub(super) fn group(group: &MicrosoftGroup) -> Value {
    let mut body = Value::clone(&group.body);
    if let Some(fields) = body.as_object_mut() {
        let provisioned: &[&str] = if group.team.is_some() { &["Team"] } else { &[] };
        fields.insert("resourceProvisioningOptions".to_owned(), json!(provisioned));
    }
    body
}

/// A class with all that can be selected: its own, and what it shares with its group.
pub(super) fn class(group: &MicrosoftGroup) -> Value {
    let mut body = group.class.as_ref().map(|class| Value::clone(class)).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        for name in ["id", "displayName", "mailNickname", "description"] {
            fields.extend(group.body.get(name).map(|value| (name.to_owned(), value.clone())));
        }
    }
    body
}

/// The properties that were selected, or those that are shown by default; null where nothing is set.
pub(super) fn shown(kind: Kind, whole: &Value, selected: Option<&[String]>) -> Value {
    let is_wanted = |name: &str, by_default: bool| match selected {
        Some(names) => names.iter().any(|it| it == name),
        None => by_default,
    };
    let wanted = kind.properties().iter().filter(|property| is_wanted(property.name, property.by_default));
    let fields: Map<String, Value> = wanted
        .filter(|property| property.name != super::schema::PASSWORD)
        .map(|property| (property.name.to_owned(), whole.get(property.name).cloned().unwrap_or_default()))
        .collect();
    Value::Object(fields)
}
