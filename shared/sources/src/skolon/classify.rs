//! What an answer says about a feed.

use outbound::Answer;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A page.
    Given,
    /// The version tag or cursor is not accepted (400, 410).
    NotAccepted,
    /// The partner has no such feed (404, 501).
    Missing,
    /// A failure.
    Failed,
}

pub(super) const fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Given,
        400 | 410 => Verdict::NotAccepted,
        404 | 501 => Verdict::Missing,
        _ => Verdict::Failed,
    }
}
