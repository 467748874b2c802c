//! Partial answers: the parameter `fields`, such as `nextPageToken,users(id,name/givenName)`.

use super::service::Call;
use serde_json::{Map, Value};

/// What is asked for of a body; all of it, without the parameter.
pub(super) fn selected(body: Value, call: &Call) -> Value {
    match call.parameter("fields") {
        Some(mask) if mask != "*" => narrowed(&body, mask),
        _ => body,
    }
}

fn narrowed(value: &Value, mask: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| narrowed(item, mask)).collect(),
        Value::Object(fields) => {
            let mut kept = Map::new();
            for part in parts(mask) {
                let (name, inner) = split(part);
                if let Some(field) = fields.get(name) {
                    let field = inner.map_or_else(|| field.clone(), |inner| narrowed(field, inner));
                    kept.insert(name.to_owned(), field);
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// A mask's parts: commas within parentheses do not part them.
fn parts(mask: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let parts = mask.split(move |letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        letter == ',' && depth == 0
    });
    parts.map(str::trim).filter(|it| !it.is_empty())
}

/// A part's name, and the mask of what is within.
fn split(part: &str) -> (&str, Option<&str>) {
    let Some(at) = part.find(['(', '/']) else { return (part, None) };
    let (name, rest) = part.split_at(at);
    let inner = rest.strip_prefix('(').and_then(|it| it.strip_suffix(')')).or_else(|| rest.strip_prefix('/'));
    (name, inner)
}
