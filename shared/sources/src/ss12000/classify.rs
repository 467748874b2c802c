//! What an answer says about the provider.

use outbound::Answer;
use serde::Deserialize;

use crate::lenient::{Field, Text};

/// What an answer means for the capability that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Here it is.
    Given,
    /// The question was not understood (400): with fewer parameters it may be.
    NotUnderstood,
    /// There is no such thing here (404, 405, 501).
    Missing,
    /// Neither: a failure.
    Failed,
}

/// IST's word for an outage, seen with statuses that would otherwise mean a missing capability.
const OUTAGE: &str = "source_unavailable";

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct ErrorBody<'a> {
    #[serde(default)]
    code: Field<Text<'a>>,
}

pub(crate) fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Given,
        400..=499 if is_outage(answer) => Verdict::Failed,
        400 => Verdict::NotUnderstood,
        404 | 405 | 501 => Verdict::Missing,
        _ => Verdict::Failed,
    }
}

/// Whether the provider says that it has no data for the moment, in an answer that is no server error.
pub(super) fn is_outage(answer: &Answer) -> bool {
    let body: Result<ErrorBody<'_>, _> = serde_json::from_slice(&answer.body);
    body.is_ok_and(|body| body.code.read().is_some_and(|code| code.0 == OUTAGE))
}
