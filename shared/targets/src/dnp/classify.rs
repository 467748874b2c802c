//! Answers → what became of objects. Pure.
//!
//! `LogEntry` repeats what was sent in `message` and `attributeValue`. Of it only the message's number and the attribute's
//! name are kept.

use std::time::Duration;

use outbound::{Answer, InvalidBody};
use roster::Id;
use serde::Deserialize;
use serde_json::Value;

/// How many of an object's messages are kept.
const MOST_MESSAGES: usize = 5;

/// The longest pause that is believed: a quota is of a second.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pause where none is said.
const UNSAID_PAUSE: Duration = Duration::from_secs(1);

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It was taken.
    Success,
    /// It was taken, and something is wrong with it.
    Warning,
    /// It was not taken.
    Error,
    /// Not yet, or not now.
    Unsettled,
}

/// What a job says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectResult {
    pub(crate) id: String,
    pub(crate) status: Status,
    /// HTTP status, as for a call of its own.
    pub(crate) status_code: Option<u16>,
    /// Numbers of messages with the names of attributes, e.g. `3047 eppn`.
    pub(crate) codes: Vec<String>,
}

#[cfg(feature = "fuzzing")]
impl ObjectResult {
    pub(crate) const fn is_taken(&self) -> bool {
        matches!(self.status, Status::Success | Status::Warning)
    }
}

#[derive(Deserialize)]
struct Job {
    responses: Vec<Value>,
}

#[derive(Deserialize)]
struct Entry {
    id: Id,
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(default)]
    status: String,
    #[serde(default)]
    status_code: Value,
    #[serde(default)]
    errors: Value,
    #[serde(default)]
    warnings: Value,
}

/// What a job says of its objects. One that cannot be read is left out, as if it were not there.
///
/// # Errors
/// [`InvalidBody`]: it is no job.
pub(crate) fn results(answer: &Answer) -> Result<Vec<ObjectResult>, InvalidBody> {
    let job: Job = answer.json()?;
    let entries = job.responses.into_iter().filter_map(|it| serde_json::from_value::<Entry>(it).ok());
    Ok(entries.map(result).collect())
}

fn result(Entry { id, response }: Entry) -> ObjectResult {
    let status = match response.status.as_str() {
        "Success" => Status::Success,
        "Warning" => Status::Warning,
        "Error" => Status::Error,
        _ => Status::Unsettled,
    };
    let mut codes = codes(&response.errors);
    codes.extend(self::codes(&response.warnings));
    codes.truncate(MOST_MESSAGES);
    let status_code = response.status_code.as_u64().and_then(|it| u16::try_from(it).ok());
    ObjectResult { id: id.to_string(), status, status_code, codes }
}

/// The numbers of messages, with the attributes they are about.
pub(super) fn codes(entries: &Value) -> Vec<String> {
    let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found: Vec<String> = entries.iter().take(50).filter_map(code).collect();
    found.sort();
    found.dedup();
    found.truncate(MOST_MESSAGES);
    found
}

fn code(entry: &Value) -> Option<String> {
    let number = match &entry["id"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_number = !number.is_empty() && number.len() <= 6 && number.bytes().all(|it| it.is_ascii_digit());
    let number = Some(number).filter(|_| is_number)?;
    Some(match entry["attributeName"].as_str().filter(|it| is_attribute(it)) {
        Some(name) => format!("{number} {name}"),
        None => number,
    })
}

/// `eppn`, `Enrolment.schoolYear`: ASCII letters only, so that neither a number nor an address passes for one, and as much
/// as names of attributes are long.
fn is_attribute(name: &str) -> bool {
    !name.is_empty() && name.len() <= 60 && name.bytes().all(|it| it.is_ascii_alphabetic() || it == b'.')
}

/// What an answer that is no job says: its status with the numbers of its messages.
pub(super) fn words(answer: &Answer) -> String {
    let codes = codes(&answer.json().unwrap_or_default());
    let status = format!("HTTP {}", answer.status);
    std::iter::once(status).chain(codes).collect::<Vec<_>>().join(", ")
}

/// The job that an accepted call began, by its body or `Location`.
pub(super) fn job(answer: &Answer) -> Option<Id> {
    let body: Value = answer.json().unwrap_or_default();
    let said = body["jobId"].as_str().and_then(|it| it.parse().ok());
    let location = || answer.header("location")?.rsplit('/').next()?.parse().ok();
    said.or_else(location)
}

/// How long a call that came too often has to wait: `X-RateLimit-Reset`, in seconds that may have a fraction.
pub(super) fn pause(answer: &Answer, now: jiff::Timestamp) -> Duration {
    let reset = answer.header("x-ratelimit-reset").and_then(|it| it.trim().parse::<f64>().ok());
    let reset = reset.and_then(|it| Duration::try_from_secs_f64(it).ok());
    reset.or_else(|| answer.retry_after(now)).unwrap_or(UNSAID_PAUSE).min(LONGEST_PAUSE)
}
