//! Whether a body is what the schemas say.

use super::answer::Refusal;
use super::graph::Graph;
use super::schema::{Kind, Property, Shape, Written};
use serde_json::{Map, Value};

pub(super) type Fields = Map<String, Value>;

impl Graph<'_> {
    /// What is taken of a body: the properties, without annotations (`@odata.type`, `members@odata.bind`).
    pub(super) fn taken(&mut self, kind: Kind, sent: &Fields, at_creation: bool) -> Result<Fields, Refusal> {
        let sent = sent.iter().filter(|(name, _)| !name.contains('@'));
        let mut fields = Fields::new();
        for (name, value) in sent {
            self.check(kind, name, value, at_creation)?;
            fields.insert(name.clone(), value.clone());
        }
        let alone = fields.keys().any(|name| kind.property(name).is_some_and(|it| it.written == Written::Alone));
        if alone && fields.keys().any(|name| kind.property(name).is_some_and(|it| it.written != Written::Alone)) {
            self.note("properties that Exchange keeps together with others");
            return Err(Refusal::bad("These properties can only be set by themselves."));
        }
        Ok(fields)
    }

    fn check(&mut self, kind: Kind, name: &str, value: &Value, at_creation: bool) -> Result<(), Refusal> {
        let Some(property) = kind.property(name) else {
            let known = self.metadata.is_some_and(|metadata| metadata.has(kind.name(), name));
            let what = if known { "which this counterpart has not" } else { "which Graph has not" };
            self.note(&format!("sends {name}, {what}"));
            return Err(Refusal::bad(format!("One or more property values specified are invalid: '{name}'.")));
        };
        let is_late = property.written == Written::AtCreation && !at_creation;
        let is_early = property.written == Written::Alone && at_creation;
        if property.written == Written::ByItself || is_late || is_early {
            self.note(&format!("sends {name}, which cannot be written here"));
            return Err(Refusal::bad(format!("Property '{name}' is read-only and cannot be set.")));
        }
        check_shape(property, value)
    }

    /// `$select`: names that there are. `None`: none.
    pub(super) fn selected(&mut self, kind: Kind, select: Option<&str>) -> Result<Option<Vec<String>>, Refusal> {
        let Some(select) = select else { return Ok(None) };
        let names: Vec<String> = select.split(',').map(|name| name.trim().to_owned()).collect();
        if let Some(name) = names.iter().find(|name| kind.property(name).is_none()) {
            self.note(&format!("selects {name}, which {} has not", kind.name()));
            let why = format!("Could not find a property named '{name}' on type 'microsoft.graph.{}'.", kind.name());
            return Err(Refusal::bad_request(why));
        }
        Ok(Some(names))
    }
}

fn check_shape(property: &Property, value: &Value) -> Result<(), Refusal> {
    let fits = value.is_null()
        || match property.shape {
            Shape::Text(most) => is_text(value, most),
            Shape::Flag => value.is_boolean(),
            Shape::Texts => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
            Shape::Instant => value.as_str().is_some_and(|it| it.parse::<jiff::Timestamp>().is_ok()),
            Shape::Parts(parts) => value.as_object().is_some_and(|it| {
                it.iter().all(|(name, part)| parts.contains(&name.as_str()) && (!part.is_object() && !part.is_array()))
            }),
        };
    if fits { Ok(()) } else { Err(Refusal::invalid(property.name)) }
}

/// An empty text is no value in the directory.
fn is_text(value: &Value, most: usize) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= most)
}

/// A text that must be there.
pub(super) fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refusal> {
    fields.get(name).and_then(Value::as_str).ok_or_else(|| Refusal::required(name))
}

/// A flag that must be there.
pub(super) fn required_flag(fields: &Fields, name: &str) -> Result<bool, Refusal> {
    fields.get(name).and_then(Value::as_bool).ok_or_else(|| Refusal::required(name))
}
