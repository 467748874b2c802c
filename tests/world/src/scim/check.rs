//! Whether a body is what the schemas say.

use super::answer::Refusal;
use super::provider::Provider;
use super::schema::{MEMBERS, PASSWORD, Shape};
use super::{ScimKind, ScimResource};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) type Fields = Map<String, Value>;

impl Provider<'_> {
    /// What is taken of the body of a `POST` or `PUT`: known attributes that can be written.
    pub(super) fn taken(
        &mut self,
        kind: ScimKind,
        body: Value,
        before: Option<&ScimResource>,
    ) -> Result<Fields, Refusal> {
        let Value::Object(sent) = body else {
            return Err(Refusal::bad("invalidSyntax", "the body is no JSON object"));
        };
        self.check_schemas(kind, &sent)?;
        let mut fields = Fields::new();
        for (name, value) in sent {
            if self.takes(kind, &name)? {
                fields.insert(name, value);
            }
        }
        self.settled(kind, fields, before)
    }

    fn check_schemas(&mut self, kind: ScimKind, sent: &Fields) -> Result<(), Refusal> {
        let named = sent.get("schemas").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let named: BTreeSet<&str> = named.iter().filter_map(Value::as_str).collect();
        if !named.contains(kind.schema()) {
            self.note("the core schema is not in schemas");
            return Err(Refusal::bad("invalidSyntax", "the core schema is not in schemas"));
        }
        let known: BTreeSet<&str> = kind.extensions(self.options).chain([kind.schema()]).collect();
        if let Some(unknown) = named.difference(&known).next() {
            self.note(&format!("unknown schema {unknown}"));
            return Err(Refusal::bad("invalidValue", "a schema is not known"));
        }
        if let Some(unnamed) = known.iter().find(|urn| sent.contains_key(**urn) && !named.contains(**urn)) {
            self.note(&format!("{unnamed} is used but not in schemas"));
            return Err(Refusal::bad("invalidSyntax", "an extension is used but not in schemas"));
        }
        Ok(())
    }

    /// Whether an attribute is taken. What is read-only is left out in silence, as the standard says; a password is
    /// not kept.
    fn takes(&mut self, kind: ScimKind, name: &str) -> Result<bool, Refusal> {
        if let Some(attribute) = kind.attributes().find(|attribute| attribute.name == name) {
            return Ok(!attribute.read_only && name != PASSWORD);
        }
        if kind.extensions(self.options).any(|urn| urn == name) {
            return Ok(true);
        }
        self.note(&format!("unknown attribute {name}"));
        if self.options.refuses_unknown_attributes {
            return Err(Refusal::bad("invalidSyntax", format!("unknown attribute {name}")));
        }
        Ok(false)
    }

    /// Attributes as they are kept: checked, without what has no value, each member once.
    pub(super) fn settled(
        &self,
        kind: ScimKind,
        mut fields: Fields,
        before: Option<&ScimResource>,
    ) -> Result<Fields, Refusal> {
        fields.retain(|name, value| !is_unassigned(value) && name != PASSWORD);
        for attribute in kind.attributes() {
            let name = attribute.name;
            match fields.get(name) {
                None | Some(Value::String(_)) if attribute.required && text(fields.get(name)).is_none() => {
                    return Err(invalid(name, "is required"));
                }
                None => {}
                Some(value) => check_shape(attribute.shape, value).map_err(|why| invalid(name, why))?,
            }
        }
        self.settle_members(&mut fields, before)?;
        let extensions = kind.extensions(self.options).filter(|urn| fields.contains_key(*urn));
        let schemas: Vec<&str> = [kind.schema()].into_iter().chain(extensions).collect();
        fields.insert("schemas".to_owned(), json!(schemas));
        Ok(fields)
    }

    /// Every member must be there, unless it was a member before.
    fn settle_members(&self, fields: &mut Fields, before: Option<&ScimResource>) -> Result<(), Refusal> {
        let Some(members) = fields.get_mut(MEMBERS).and_then(Value::as_array_mut) else { return Ok(()) };
        let known = before.map(ScimResource::members).unwrap_or_default();
        let mut seen = BTreeSet::new();
        for member in members.iter() {
            let id = text(member.get("value")).ok_or_else(|| invalid(MEMBERS, "need a value"))?;
            if !known.contains(id) && self.found(ScimKind::User, id).is_err() {
                return Err(invalid(MEMBERS, "hold somebody who is not here"));
            }
        }
        // `$ref` and `type` follow from the rest, and are shown but not kept.
        for member in members.iter_mut().filter_map(Value::as_object_mut) {
            member.retain(|part, _| matches!(part.as_str(), "value" | "display"));
        }
        members.retain(|member| seen.insert(member.get("value").cloned().unwrap_or_default().to_string()));
        Ok(())
    }
}

/// Null, an empty list and an empty object are no values.
fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn invalid(name: &str, why: &str) -> Refusal {
    Refusal::bad("invalidValue", format!("{name} {why}"))
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.trim().is_empty())
}

fn check_shape(shape: Shape, value: &Value) -> Result<(), &'static str> {
    match shape {
        Shape::Text if !value.is_string() => Err("is no text"),
        Shape::Flag if !value.is_boolean() => Err("is neither true nor false"),
        Shape::Complex(parts) => check_parts(parts, value),
        Shape::Many(parts) => {
            let items = value.as_array().ok_or("is no list")?;
            items.iter().try_for_each(|item| check_parts(parts, item))?;
            let primary = items.iter().filter(|item| item.get("primary") == Some(&Value::Bool(true)));
            if primary.count() > 1 { Err("has several primary values") } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

fn check_parts(parts: &[&str], value: &Value) -> Result<(), &'static str> {
    let fields = value.as_object().ok_or("is no object")?;
    for (name, value) in fields {
        if !parts.contains(&name.as_str()) {
            return Err("has a part that is not known");
        }
        let fits = if name == "primary" { value.is_boolean() } else { value.is_string() };
        if !fits && !value.is_null() {
            return Err("has a part of the wrong type");
        }
    }
    Ok(())
}
