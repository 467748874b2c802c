//! `PATCH` (RFC 7644, 3.5.2).

mod many;

use super::answer::{Answer, Outcome, Refusal};
use super::check::Fields;
use super::path::Path;
use super::provider::Provider;
use super::schema::{Attribute, MEMBERS, Shape};
use super::{MemberRemoval, ScimKind, ScimPatch};
use serde_json::Value;

const MESSAGE: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

impl Verb {
    fn of(name: &str) -> Option<Self> {
        match name {
            "add" => Some(Verb::Add),
            "replace" => Some(Verb::Replace),
            "remove" => Some(Verb::Remove),
            _ => None,
        }
    }
}

struct Operation {
    verb: Verb,
    path: Option<String>,
    value: Value,
}

impl Provider<'_> {
    /// `PATCH`: all operations, or none.
    pub(super) fn modify(&mut self, kind: ScimKind, id: &str, body: Value, condition: Option<&str>) -> Outcome {
        match self.options.patch {
            ScimPatch::NotImplemented => return Err(Refusal::not_implemented("PATCH")),
            ScimPatch::NotAllowed => return Err(Refusal::plain(405, "PATCH is not allowed")),
            ScimPatch::Supported | ScimPatch::SupportedWithoutBody => {}
        }
        let operations = self.operations(&body)?;
        let before = self.writable(kind, id, condition)?;
        let mut fields = before.body.as_object().cloned().unwrap_or_default();
        for operation in &operations {
            self.apply(kind, operation, &mut fields)?;
        }
        let fields = self.settled(kind, fields, Some(&before))?;
        let answer = self.keep(kind, id, before, fields, "PATCH")?;
        Ok(match self.options.patch {
            ScimPatch::SupportedWithoutBody => Answer { status: 204, body: None, ..answer },
            _ => answer,
        })
    }

    fn operations(&mut self, body: &Value) -> Result<Vec<Operation>, Refusal> {
        let schemas = body.get("schemas").and_then(Value::as_array);
        if !schemas.is_some_and(|all| all.iter().any(|it| it == MESSAGE)) {
            self.note("PatchOp is not in schemas");
            return Err(Refusal::bad("invalidSyntax", "PatchOp is not in schemas"));
        }
        let operations = body.get("Operations").and_then(Value::as_array).filter(|all| !all.is_empty());
        let operations = operations.ok_or_else(|| Refusal::bad("invalidSyntax", "there are no operations"))?;
        operations.iter().map(|it| self.operation(it)).collect()
    }

    fn operation(&self, sent: &Value) -> Result<Operation, Refusal> {
        let name = sent.get("op").and_then(Value::as_str).unwrap_or_default();
        let lower = name.to_lowercase();
        let name = if self.options.capitalised_operations { &lower } else { name };
        Ok(Operation {
            verb: Verb::of(name).ok_or_else(|| Refusal::bad("invalidSyntax", "there is no such op"))?,
            path: sent.get("path").and_then(Value::as_str).map(str::to_owned),
            value: sent.get("value").cloned().unwrap_or_default(),
        })
    }

    fn apply(&mut self, kind: ScimKind, operation: &Operation, fields: &mut Fields) -> Result<(), Refusal> {
        if let Some(path) = &operation.path {
            return self.apply_at(kind, path, operation.verb, &operation.value, fields);
        }
        if operation.verb == Verb::Remove {
            return Err(Refusal::bad("noTarget", "a remove needs a path"));
        }
        let values = operation.value.as_object();
        let values = values.ok_or_else(|| Refusal::bad("invalidValue", "without a path an object is needed"))?;
        values.iter().try_for_each(|(path, value)| self.apply_at(kind, path, operation.verb, value, fields))
    }

    fn apply_at(
        &mut self,
        kind: ScimKind,
        path: &str,
        verb: Verb,
        value: &Value,
        fields: &mut Fields,
    ) -> Result<(), Refusal> {
        let parsed = Path::parse(path, kind, self.options);
        if parsed.is_err() {
            // What is in brackets may be somebody's.
            self.note(&format!("a path that is not understood, {}", path.split('[').next().unwrap_or_default()));
        }
        match parsed? {
            Path::Extension { urn, attribute } => merge(fields, &urn, attribute.as_deref(), &[], verb, value),
            Path::Core { attribute, .. } if attribute.read_only => {
                Err(Refusal::bad("mutability", format!("{} is read-only", attribute.name)))
            }
            Path::Core { attribute, filter, part } => match attribute.shape {
                Shape::Schemas => Ok(()),
                Shape::Many(_) => {
                    self.note_emptying(attribute, verb, value);
                    many::change(self.options, attribute, (filter.as_deref(), part), verb, value, fields)
                }
                Shape::Complex(parts) => merge(fields, attribute.name, part, parts, verb, value),
                Shape::Text | Shape::Flag if part.is_some() => {
                    Err(Refusal::bad("invalidPath", "the attribute has no parts"))
                }
                Shape::Text | Shape::Flag => set(fields, attribute, verb, value),
            },
        }
    }

    /// Whoever names those to be removed, where this means nothing, empties the group.
    fn note_emptying(&mut self, attribute: &Attribute, verb: Verb, value: &Value) {
        let by_filter = self.options.member_removal == MemberRemoval::ByFilter;
        if by_filter && verb == Verb::Remove && attribute.name == MEMBERS && !value.is_null() {
            self.note("a remove of members with a value, which means nothing here");
        }
    }
}

fn set(fields: &mut Fields, attribute: &Attribute, verb: Verb, value: &Value) -> Result<(), Refusal> {
    let removes = verb == Verb::Remove || value.is_null();
    if removes && attribute.required {
        return Err(Refusal::bad("mutability", format!("{} is required", attribute.name)));
    }
    put(fields, attribute.name, removes, value);
    Ok(())
}

fn put(fields: &mut Fields, name: &str, removes: bool, value: &Value) {
    if removes {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), value.clone());
    }
}

/// Changes an object, or one of its parts. What is not mentioned stays. Extensions' parts may be any.
fn merge(
    fields: &mut Fields,
    name: &str,
    part: Option<&str>,
    known: &[&str],
    verb: Verb,
    value: &Value,
) -> Result<(), Refusal> {
    if part.is_none() && verb == Verb::Remove {
        fields.remove(name);
        return Ok(());
    }
    let mut object = fields.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    match (part, value.as_object()) {
        (Some(part), _) => put(&mut object, part, verb == Verb::Remove || value.is_null(), value),
        (None, Some(values)) => {
            for (part, value) in values {
                // Names are the same in any case of letters.
                let part = known.iter().find(|it| it.eq_ignore_ascii_case(part)).copied().unwrap_or(part);
                put(&mut object, part, value.is_null(), value);
            }
        }
        (None, None) => return Err(Refusal::bad("invalidValue", format!("{name} is an object"))),
    }
    fields.insert(name.to_owned(), Value::Object(object));
    Ok(())
}
