//! Answers → outcomes. Pure.

use std::time::Duration;

use jiff::Timestamp;
use outbound::federation::FederationError;
use outbound::{Answer, CallError, CallErrorKind, TokenError};
use rules::outcome::Outcome;
use serde_json::Value;

use crate::masking::{collect, masked, whole_words, with_parts};

/// What a kind of target calls the ways in which its answers fail: stable codes.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) redirected: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) no_such_endpoint: &'static str,
    pub(crate) conflict: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) not_supported: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) rejected: &'static str,
}

/// What was asked of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// `POST`.
    Create,
    /// `PUT` or `PATCH`.
    Replace,
    /// `DELETE`.
    Delete,
}

/// What the target answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// HTTP status.
    pub(crate) status: u16,
    /// `Retry-After`.
    pub(crate) retry_after: Option<Duration>,
    /// The target's words, without personal data.
    pub(crate) words: String,
}

/// What an answer comes to. Words are kept only where there is something to compare them with: a delete knows no names
/// to mask.
pub(crate) fn judged(codes: &Codes, step: Step, answer: &Answer, sent: Option<&Value>, now: Timestamp) -> Outcome {
    let words = match sent {
        Some(sent) if !answer.is_success() => {
            masked(&answer.without_credential(&words(answer)), &personal_values(sent))
        }
        _ => String::new(),
    };
    outcome(codes, step, Reply { status: answer.status, retry_after: answer.retry_after(now), words })
}

/// What an answer means for the step. A create's 409 is not final: the client replaces, and asks again.
pub(crate) fn outcome(codes: &Codes, step: Step, reply: Reply) -> Outcome {
    let Reply { status, retry_after: after, words } = reply;
    let message = if words.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {words}") };
    let rejected = |code| Outcome::Rejected { code, message: message.clone() };
    match (status, step) {
        (200..=299, _) => Outcome::done(),
        (404 | 410, Step::Replace) => Outcome::Vanished,
        (404 | 410, Step::Delete) => Outcome::AlreadyDone,
        (300..=399, _) => Outcome::TargetDown { code: codes.redirected, detail: message },
        (401 | 403, _) => Outcome::TargetDown { code: codes.refused, detail: message },
        (429, _) => Outcome::Throttled { after, scope: "target".to_owned() },
        (404 | 405 | 410, _) => rejected(codes.no_such_endpoint),
        (409, _) => rejected(codes.conflict),
        // Somebody changed it since it was read [RFC 7644 §3.14].
        (412, Step::Replace) => Outcome::Retry { after, code: codes.conflict, detail: message },
        (413, _) => rejected(codes.too_large),
        (415, _) => rejected(codes.media_type),
        (501, _) => rejected(codes.not_supported),
        (408 | 423 | 425 | 500..=599, _) => Outcome::Retry { after, code: codes.unavailable, detail: message },
        _ => rejected(codes.rejected),
    }
}

/// What it means that there was no answer. A create that was sent may have happened: the next attempt meets a 409.
pub(crate) fn no_answer(error: &CallError) -> Outcome {
    let (code, detail) = (error.code(), error.to_string());
    match error.kind() {
        CallErrorKind::Timeout | CallErrorKind::Reset | CallErrorKind::BodyTooLarge => {
            Outcome::Retry { after: None, code, detail }
        }
        CallErrorKind::Other if error.was_sent() => Outcome::Retry { after: None, code, detail },
        _ => Outcome::TargetDown { code, detail },
    }
}

/// What it means that the key could not be had: nothing can be sent to the target.
pub(crate) fn no_key(error: &TokenError) -> Outcome {
    Outcome::TargetDown { code: error.code(), detail: error.to_string() }
}

/// What it means that the federation names no way to the target: nothing may be sent.
pub(crate) fn no_way(error: &FederationError) -> Outcome {
    match error {
        FederationError::Call(error) => no_answer(error),
        _ => Outcome::TargetDown { code: error.code(), detail: error.to_string() },
    }
}

/// An error longer than this is a page, a dump or a mistake: its words are not looked at.
const LONGEST_ERROR: usize = 64 * 1024;

/// How many characters are compared with what was sent.
const COMPARED: usize = 2_000;

/// The words of an error: plain text (Windermere), or the `detail` of a SCIM error (RFC 7644 §3.12).
pub(crate) fn words(answer: &Answer) -> String {
    if answer.body.len() > LONGEST_ERROR {
        return String::new();
    }
    let words = match answer.json::<Value>() {
        Ok(Value::Object(error)) if error.contains_key("detail") => {
            let texts = ["scimType", "detail"].into_iter().filter_map(|name| error.get(name)?.as_str());
            texts.collect::<Vec<_>>().join(": ")
        }
        // Written anew, so that no character hides behind an escape; what is no JSON and has escapes says nothing.
        Ok(other) => other.to_string(),
        // One more, which tells whether there was more.
        Err(_) => Some(answer.text_excerpt(COMPARED + 1)).filter(|text| !text.contains('\\')).unwrap_or_default(),
    };
    whole_words(&words, COMPARED).to_owned()
}

/// Attributes whose text is personal, in users and employments.
const PERSONAL: [&str; 5] = ["userName", "displayName", "name", "emails", "signature"];

/// The same in extensions.
const PERSONAL_EXTENSIONS: [&str; 2] = ["civicNo", "employeeNumber"];

/// What in a body is personal: names, addresses, numbers and the parts of names, the longest first.
///
/// A group's or a school's `displayName` counts too: masking it costs little.
fn personal_values(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for name in PERSONAL {
        collect(&body[name], &mut found);
    }
    for extension in body.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("urn:")).map(|it| it.1)
    {
        PERSONAL_EXTENSIONS.iter().for_each(|name| collect(&extension[*name], &mut found));
    }
    with_parts(found)
}
