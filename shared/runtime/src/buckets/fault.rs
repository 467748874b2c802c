//! Why a bucket was not read.

use outbound::{CallError, CallErrorKind};
use sources::file_drop::place::{PlaceError, PlaceErrorKind};

/// A call did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) error: PlaceError,
    /// Worth asking again in a moment.
    pub(super) passes: bool,
}

impl Fault {
    pub(super) const fn lasting(kind: PlaceErrorKind, detail: &'static str) -> Self {
        Self { error: PlaceError::new(kind, detail), passes: false }
    }

    pub(super) const fn passing(detail: &'static str) -> Self {
        Self { error: PlaceError::new(PlaceErrorKind::Unreachable, detail), passes: true }
    }

    /// No whole answer came.
    pub(super) fn of_call(error: &CallError) -> Self {
        match error.kind() {
            CallErrorKind::BodyTooLarge => {
                Self::lasting(PlaceErrorKind::Unreachable, "the bucket answered more than it was asked for")
            }
            _ => Self::passing("the bucket did not answer, or broke off"),
        }
    }

    /// A list was refused.
    pub(super) const fn of_list(status: u16) -> Self {
        match status {
            404 => Self::lasting(PlaceErrorKind::Unreachable, "there is no such bucket"),
            _ => Self::of_any(status),
        }
    }

    /// A file was refused.
    pub(super) const fn of_object(status: u16) -> Self {
        match status {
            // Not there any more, another version, or too short for the range.
            404 | 412 | 416 => Self::lasting(PlaceErrorKind::Changed, "a file changed before it was read"),
            _ => Self::of_any(status),
        }
    }

    const fn of_any(status: u16) -> Self {
        match status {
            301 | 307 => Self::lasting(PlaceErrorKind::Unreachable, "the bucket is in another region than the hub"),
            401 | 403 => Self::lasting(PlaceErrorKind::Refused, "the hub's role may not read it"),
            // `SlowDown` is a 503.
            429 | 500..=599 => Self::passing("the bucket is in trouble, or wants to be asked less often"),
            _ => Self::lasting(PlaceErrorKind::Unreachable, "the bucket refused what it was asked"),
        }
    }
}
