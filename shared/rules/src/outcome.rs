//! Outcomes: what came of one operation. Data, not control flow.

use std::time::Duration;

/// What came of one operation at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out.
    Done {
        /// The target's own identity of the object, where it is not our key.
        remote: Option<String>,
        /// Whether an object that existed was taken over instead of a new one made.
        adopted: bool,
    },
    /// There was nothing left to do: already there, or already gone.
    AlreadyDone,
    /// The object we meant to replace does not exist any more: forget it and create it again.
    Vanished,
    /// Something the object needs is not there yet, and whether it ever will be is not the hub's to say.
    WaitFor {
        /// A stable code.
        code: &'static str,
    },
    /// A passing fault; try again, after the given time if the target named one.
    Retry {
        /// The target's `Retry-After`.
        after: Option<Duration>,
        /// A stable code.
        code: &'static str,
        /// The target's own words, without personal data.
        detail: String,
    },
    /// Too many requests.
    Throttled {
        /// The target's `Retry-After`.
        after: Option<Duration>,
        /// What the limit covers.
        scope: String,
    },
    /// The target as a whole is unreachable, or refuses us altogether: opens the breaker.
    TargetDown {
        /// A stable code.
        code: &'static str,
        /// What was seen, without personal data.
        detail: String,
    },
    /// This subject is refused, for good, with the target's own words.
    Rejected {
        /// A stable code.
        code: &'static str,
        /// The target's own words, cut short and without the personal data that was sent.
        message: String,
    },
}

impl Outcome {
    /// Carried out, under our own key.
    #[must_use]
    pub const fn done() -> Self {
        Self::Done { remote: None, adopted: false }
    }

    /// Whether the object is now as wanted.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::AlreadyDone)
    }
}
