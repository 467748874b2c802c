//! What is around the objects: OData's collection, and Graph's answer to a batch.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::SourceError;
use crate::lenient::{Field, Text};

/// `{"value":[…],"@odata.nextLink":…,"@odata.deltaLink":…}` (OData JSON format 4.01 §4.6).
#[derive(Debug)]
pub(crate) struct Collection<'a> {
    /// The objects.
    pub(crate) value: Vec<&'a RawValue>,
    /// What comes after them.
    pub(crate) link: Link,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// Another page.
    Next(String),
    /// Nothing now; this is where changes will be told.
    Delta(String),
    /// Nothing.
    End,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(default, rename = "@odata.nextLink")]
    next: Field<Text<'a>>,
    #[serde(default, rename = "@odata.deltaLink")]
    delta: Field<Text<'a>>,
}

impl<'a> Collection<'a> {
    /// # Errors
    /// `source.page_unreadable` when it is truncated, has no list, or a link that is no text.
    pub(crate) fn of(body: &'a [u8]) -> Result<Self, SourceError> {
        let wire: Wire<'a> = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
        let link = match (text(&wire.next)?, text(&wire.delta)?) {
            (Some(next), _) => Link::Next(next),
            (None, Some(delta)) => Link::Delta(delta),
            (None, None) => Link::End,
        };
        Ok(Self { value: wire.value, link })
    }
}

fn text(field: &Field<Text<'_>>) -> Result<Option<String>, SourceError> {
    match field {
        Field::Absent => Ok(None),
        Field::Read(text) => text
            .filled()
            .map(|it| Some(it.to_owned()))
            .ok_or_else(|| SourceError::page_unreadable("a link without an address")),
        Field::Unreadable => Err(SourceError::page_unreadable("a link that is no text")),
    }
}

/// One answer within the answer to a batch.
#[derive(Debug)]
pub(crate) struct Part {
    /// HTTP status.
    pub(crate) status: u16,
    /// Seconds to wait, if it says so.
    pub(crate) retry_after: Option<u64>,
    /// What it answers; `null` when nothing.
    pub(crate) body: Box<RawValue>,
}

#[derive(Deserialize)]
struct Responses {
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Response {
    id: String,
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    body: Option<Box<RawValue>>,
}

/// The answers to a batch whose requests had the ids `0`, `1`, …, in the order of the requests: they may come in any.
///
/// # Errors
/// `source.page_unreadable` when one is missing, comes twice, or was never asked for.
pub(crate) fn parts(body: &[u8], asked: usize) -> Result<Vec<Part>, SourceError> {
    let wire: Responses = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
    let mut found: BTreeMap<usize, Part> = BTreeMap::new();
    for response in wire.responses {
        let at = response.id.parse().ok().filter(|at| *at < asked);
        let at = at.ok_or_else(|| SourceError::page_unreadable("a batch answers what was not asked"))?;
        if found.insert(at, part(response)?).is_some() {
            return Err(SourceError::page_unreadable("a batch answers something twice"));
        }
    }
    if found.len() < asked {
        return Err(SourceError::page_unreadable("a batch leaves something unanswered"));
    }
    Ok(found.into_values().collect())
}

fn part(response: Response) -> Result<Part, SourceError> {
    let wait = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    let retry_after = wait.and_then(|(_, value)| match value {
        serde_json::Value::Number(seconds) => seconds.as_u64(),
        serde_json::Value::String(text) => text.trim().parse().ok(),
        _ => None,
    });
    let body = match response.body {
        Some(body) => body,
        None => RawValue::from_string("null".to_owned()).map_err(|error| unreadable(&error))?,
    };
    Ok(Part { status: response.status, retry_after, body })
}

/// Says where the page ceases to be readable, never what stands there.
fn unreadable(error: &serde_json::Error) -> SourceError {
    SourceError::page_unreadable(format!("no valid page at line {}, column {}", error.line(), error.column()))
}
