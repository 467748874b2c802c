//! What time it is out there: the operating system's, or whatever a simulation says; a server's clock may be wrong.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::Arc;

static STOCKHOLM: TimeZone = jiff::tz::get!("Europe/Stockholm");

/// Tells the time.
#[derive(Clone)]
pub struct Time(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Time {
    /// The operating system's time.
    pub fn real() -> Self {
        Self::told_by(Timestamp::now)
    }

    /// Whatever `tell` says.
    pub fn told_by(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// The same, wrong by `skew`.
    pub fn wrong_by(&self, skew: SignedDuration) -> Self {
        let right = self.clone();
        Self::told_by(move || right.now().saturating_add(skew).unwrap_or(Timestamp::MAX))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// The date in Sweden, by which validity periods are judged.
    pub fn today(&self) -> Date {
        self.now().to_zoned(STOCKHOLM.clone()).date()
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({})", self.now())
    }
}
