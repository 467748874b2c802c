//! An instant in eight bytes: each of hundreds of thousands of messages may carry one.

use std::time::Duration;

use jiff::Timestamp;

/// Nanoseconds since 1970, which lasts until the year 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl Moment {
    pub(super) fn after(self, time: Duration) -> Self {
        let nanos = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(nanos))
    }

    /// The time from this moment to a `later` one; zero when that has passed.
    pub(super) fn until(self, later: Self) -> Duration {
        let nanos = later.0.saturating_sub(self.0);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        Self(i64::try_from(timestamp.as_nanosecond()).unwrap_or(i64::MAX))
    }
}
