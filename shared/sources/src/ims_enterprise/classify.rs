//! What an answer means.

use jiff::Timestamp;
use outbound::Answer;

use crate::{SourceError, failure};

/// Which question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// For everything.
    Everything,
    /// For a window of changes.
    Changes,
}

/// # Errors
/// The failure that the answer is. A window that is refused is not answered by reading everything at each poll: the
/// clocks, or the way in which instants are written, are wrong, and somebody has to look.
pub(super) fn given(answer: &Answer, asked: Asked, now: Timestamp) -> Result<(), SourceError> {
    match (answer.status, asked) {
        (200..=299, _) => Ok(()),
        (400, Asked::Changes) => Err(SourceError::contract("ims_enterprise.window_refused", "HTTP 400")),
        _ => Err(failure::of_answer(answer, now)),
    }
}
