//! Simulated time: the runtime's own, which stands still while there is work and leaps to the next timer when there is
//! none.

use jiff::{SignedDuration, Timestamp};
use roster::Clock;
use tokio::time::Instant;

/// Tells simulated time. Clones tell the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SimulatedClock {
    start: Timestamp,
    began: Instant,
}

impl SimulatedClock {
    /// A clock that shows `start` now. To be made inside a runtime whose time is paused.
    #[must_use]
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self { start, began: Instant::now() }
    }

    /// How much time has passed.
    #[must_use]
    pub(crate) fn elapsed(&self) -> SignedDuration {
        SignedDuration::try_from(self.began.elapsed()).unwrap_or(SignedDuration::MAX)
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        self.start.checked_add(self.elapsed()).unwrap_or(Timestamp::MAX)
    }
}
