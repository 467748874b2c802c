//! JSON bodies of requests and answers.

use super::document::Place;
use super::schema::{Compiled, Compiling, Schema};
use super::{Asked, Deviation};

/// The body that a request may or must have.
pub(super) struct RequestBody {
    required: bool,
    json: Option<Schema>,
}

impl RequestBody {
    pub(super) fn read(place: &Place<'_>, compiling: &mut Compiling) -> Result<Self, String> {
        let required = place.value["required"].as_bool().unwrap_or_default();
        Ok(Self { required, json: json_schema(place, compiling)? })
    }

    /// How the body that came deviates from the one that is declared, if any is.
    pub(super) fn deviations(declared: Option<&Self>, asked: &Asked<'_>, compiled: &Compiled) -> Vec<Deviation> {
        let Some(declared) = declared else {
            return if asked.body.is_empty() { Vec::new() } else { vec![wrong("is not declared")] };
        };
        match declared.json {
            _ if asked.body.is_empty() && declared.required => vec![wrong("is missing")],
            _ if asked.body.is_empty() => Vec::new(),
            Some(_) if !is_json(asked.content_type) => vec![wrong("is not called JSON")],
            Some(schema) => match serde_json::from_slice(asked.body) {
                Ok(body) => compiled.deviations(schema, &body),
                Err(_) => vec![wrong("is no JSON")],
            },
            None => Vec::new(),
        }
    }
}

/// The schema of `application/json` in something that has `content`.
pub(super) fn json_schema(place: &Place<'_>, compiling: &mut Compiling) -> Result<Option<Schema>, String> {
    let json = place.get("content").and_then(|content| content.get(JSON));
    json.and_then(|json| json.get("schema")).map(|schema| compiling.compile(&schema)).transpose()
}

const JSON: &str = "application/json";

fn is_json(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|it| it.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(JSON)
}

fn wrong(why: &str) -> Deviation {
    Deviation { at: "body".to_owned(), why: why.to_owned() }
}
