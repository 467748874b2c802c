//! Answers → outcomes. Pure.

use std::time::Duration;

use jiff::Timestamp;
use outbound::federation::FederationError;
use outbound::{Answer, CallError, CallErrorKind, TokenError};
use rules::outcome::Outcome;
use serde_json::Value;

use super::masking::{masked, personal_values, whole_words};

/// What was asked of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// `POST`.
    Create,
    /// `PUT`.
    Replace,
    /// `DELETE`.
    Delete,
}

/// What the target answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// The target's words, without personal data.
    pub(super) words: String,
}

/// What an answer comes to. Words are kept only where there is something to compare them with: a delete knows no names
/// to mask.
pub(crate) fn judged(step: Step, answer: &Answer, sent: Option<&Value>, now: Timestamp) -> Outcome {
    let words = match sent {
        Some(sent) if !answer.is_success() => {
            masked(&answer.without_credential(&words(answer)), &personal_values(sent))
        }
        _ => String::new(),
    };
    outcome(step, Reply { status: answer.status, retry_after: answer.retry_after(now), words })
}

/// What an answer means for the step. A create's 409 is not final: the client replaces, and asks again.
pub(super) fn outcome(step: Step, reply: Reply) -> Outcome {
    let Reply { status, retry_after: after, words } = reply;
    let message = if words.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {words}") };
    let rejected = |code| Outcome::Rejected { code, message: message.clone() };
    match (status, step) {
        (200..=299, _) => Outcome::done(),
        (404 | 410, Step::Replace) => Outcome::Vanished,
        (404 | 410, Step::Delete) => Outcome::AlreadyDone,
        (300..=399, _) => Outcome::TargetDown { code: "egil.redirected", detail: message },
        (401 | 403, _) => Outcome::TargetDown { code: "egil.refused", detail: message },
        (429, _) => Outcome::Throttled { after, scope: "target".to_owned() },
        (404 | 405 | 410, _) => rejected("egil.no_such_endpoint"),
        (409, _) => rejected("egil.conflict"),
        (413, _) => rejected("egil.too_large"),
        (415, _) => rejected("egil.media_type"),
        (501, _) => rejected("egil.not_supported"),
        (408 | 423 | 425 | 500..=599, _) => Outcome::Retry { after, code: "egil.unavailable", detail: message },
        _ => rejected("egil.rejected"),
    }
}

/// What it means that there was no answer. A create that was sent may have happened: the next attempt meets a 409.
pub(super) fn no_answer(error: &CallError) -> Outcome {
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
pub(super) fn no_key(error: &TokenError) -> Outcome {
    Outcome::TargetDown { code: error.code(), detail: error.to_string() }
}

/// What it means that the federation names no way to the target: nothing may be sent.
pub(super) fn no_way(error: &FederationError) -> Outcome {
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
pub(super) fn words(answer: &Answer) -> String {
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
