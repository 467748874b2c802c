//! What an answer says about the provider.

use outbound::Answer;

/// What an answer means for what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Here it is.
    Given,
    /// The question was not understood (400, 422): with fewer parameters it may be [OneRoster 1.1 §3.6].
    NotUnderstood,
    /// There is no such thing here (404, 405, 501).
    Missing,
    /// The token's scopes do not reach so far (403).
    Forbidden,
    /// None of these: a failure.
    Failed,
}

pub(crate) const fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Given,
        400 | 422 => Verdict::NotUnderstood,
        403 => Verdict::Forbidden,
        404 | 405 | 501 => Verdict::Missing,
        _ => Verdict::Failed,
    }
}
