//! What an answer says.

use outbound::Answer;
use serde::Deserialize;

use super::envelope::Part;
use crate::{SourceError, SourceErrorKind};

/// How long to wait when a part of a batch asks for patience without saying how much, in seconds.
const USUAL_PATIENCE: u64 = 30;

/// Nobody waits longer than this because of what another side says, in seconds.
const LONGEST_PATIENCE: u64 = 86_400;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was asked for.
    Given,
    /// The delta or page token is no longer known: `410`, or an error code that says so.
    Expired,
    /// There is no such object.
    Missing,
    /// A failure.
    Failed,
}

/// Codes seen for a token that is no longer known [delta query overview: "Synchronization reset", "Token duration"].
const EXPIRED: [&str; 5] = [
    "syncstatenotfound",
    "syncstateinvalid",
    "resyncrequired",
    "directory_expiredpagetoken",
    "directory_resyncrequired",
];

#[derive(Deserialize)]
struct Body {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    #[serde(default)]
    code: String,
}

pub(super) fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Given,
        410 => Verdict::Expired,
        400..=499 if says_expired(&answer.body) => Verdict::Expired,
        404 => Verdict::Missing,
        _ => Verdict::Failed,
    }
}

fn says_expired(body: &[u8]) -> bool {
    let code = serde_json::from_slice(body).map(|body: Body| body.error.code.to_lowercase());
    code.is_ok_and(|code| EXPIRED.contains(&code.as_str()))
}

/// A part of a batch, if it gives what was asked for; `None`: there is no such object.
///
/// # Errors
/// Whatever the same answer to a call of its own would be.
pub(super) fn given(part: Part) -> Result<Option<Part>, SourceError> {
    let detail = format!("HTTP {} in a batch", part.status);
    match part.status {
        200..=299 => Ok(Some(part)),
        404 => Ok(None),
        401 | 403 => Err(SourceError::new(SourceErrorKind::Refused, "source.refused", detail)),
        429 | 503 if part.status == 429 || part.retry_after.is_some() => {
            let patience = part.retry_after.unwrap_or(USUAL_PATIENCE).clamp(1, LONGEST_PATIENCE);
            Err(SourceError::new(SourceErrorKind::Throttled(patience), "source.throttled", detail))
        }
        status if crate::failure::passes(status) => {
            Err(SourceError::new(SourceErrorKind::Passing, "source.page_failed", detail))
        }
        _ => Err(SourceError::contract("source.unexpected_answer", detail)),
    }
}
