//! Whether a body is what the profile says, judged without looking at what the receiver holds.

use super::resource_type::{Attribute, Shape, USER_EXTENSION};
use super::{ResourceType, references};
use serde_json::{Map, Value};
use uuid::Uuid;

const EVERYWHERE: [&str; 4] = ["schemas", "externalId", "id", "meta"];
const ENROLMENT: [&str; 5] = ["value", "$ref", "schoolYear", "schoolType", "programCode"];
const EMAIL: [&str; 3] = ["value", "type", "primary"];
const NAME: [&str; 4] = ["familyName", "givenName", "middleName", "formatted"];
const EXTENSION: [&str; 4] = ["enrolments", "civicNo", "securityMarking", "userRelations"];

/// Checks a body; the error says what is wrong, with names of attributes but never their content.
pub(crate) fn check(kind: ResourceType, body: &Value, accepts_civic_number: bool) -> Result<(), String> {
    let object = body.as_object().ok_or("the body is no JSON object")?;
    check_schemas(kind, object)?;
    external_id(body)?;
    let known = |name: &str| kind.attributes().iter().any(|a| a.name == name);
    for name in object.keys() {
        if !known(name) && !EVERYWHERE.contains(&name.as_str()) {
            return Err(format!("unknown attribute {name}"));
        }
    }
    for attribute in kind.attributes() {
        check_attribute(attribute, object)?;
    }
    if !accepts_civic_number {
        check_minimal(object)?;
    }
    Ok(())
}

/// The `externalId`, which must be a lower-case UUID.
pub(crate) fn external_id(body: &Value) -> Result<&str, String> {
    let id = body["externalId"].as_str().ok_or("externalId is missing")?;
    if is_lower_uuid(id) { Ok(id) } else { Err("externalId is no lower-case UUID".to_owned()) }
}

fn is_lower_uuid(id: &str) -> bool {
    Uuid::parse_str(id).is_ok_and(|uuid| uuid.hyphenated().to_string() == id)
}

fn check_schemas(kind: ResourceType, object: &Map<String, Value>) -> Result<(), String> {
    let schemas = object.get("schemas").and_then(Value::as_array);
    let schemas = schemas.ok_or("schemas is missing")?;
    let schemas: Vec<&str> = schemas.iter().filter_map(Value::as_str).collect();
    if !kind.takes_schemas(&schemas) {
        return Err("schemas are not those of the type".to_owned());
    }
    if object.contains_key(USER_EXTENSION) && !schemas.contains(&USER_EXTENSION) {
        return Err("the extension is used but not named in schemas".to_owned());
    }
    Ok(())
}

fn check_attribute(attribute: &Attribute, object: &Map<String, Value>) -> Result<(), String> {
    let name = attribute.name;
    match object.get(name) {
        None | Some(Value::Null) if attribute.required => Err(format!("{name} is missing")),
        None => Ok(()),
        Some(value) => check_shape(attribute.shape, value).map_err(|why| format!("{name}: {why}")),
    }
}

fn check_shape(shape: Shape, value: &Value) -> Result<(), String> {
    match shape {
        Shape::Text => text(value),
        Shape::Texts => each(value, text),
        Shape::EightDigits => eight_digits(value),
        Shape::Reference(kinds) => references::check_one(value, kinds),
        Shape::References(kinds) => each(value, |one| references::check_one(one, kinds)),
        Shape::Name => {
            only(value, &NAME)?;
            text(&value["givenName"])?;
            text(&value["familyName"])
        }
        Shape::Emails => each(value, |email| {
            only(email, &EMAIL)?;
            text(&email["value"])
        }),
        Shape::UserExtension => user_extension(value),
        Shape::Free => Ok(()),
    }
}

fn user_extension(value: &Value) -> Result<(), String> {
    only(value, &EXTENSION)?;
    match value.get("enrolments") {
        None => Ok(()),
        Some(enrolments) => each(enrolments, |enrolment| {
            only(enrolment, &ENROLMENT)?;
            text(&enrolment["value"])
        }),
    }
}

fn check_minimal(object: &Map<String, Value>) -> Result<(), String> {
    let extension = object.get(USER_EXTENSION);
    for name in ["civicNo", "userRelations"] {
        if extension.is_some_and(|e| e.get(name).is_some()) {
            return Err(format!("{name} was sent to a receiver that has not asked for it"));
        }
    }
    Ok(())
}

fn text(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(()),
        _ => Err("a text that is not empty was expected".to_owned()),
    }
}

fn eight_digits(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(code) if code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
        _ => Err("eight digits were expected".to_owned()),
    }
}

fn each(value: &Value, check: impl Fn(&Value) -> Result<(), String>) -> Result<(), String> {
    value.as_array().ok_or("a list was expected")?.iter().try_for_each(check)
}

fn only(value: &Value, known: &[&str]) -> Result<(), String> {
    let object = value.as_object().ok_or("an object was expected")?;
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("unknown attribute {name}")),
        None => Ok(()),
    }
}
