//! Profiles: what goes wrong, and how often.

use std::time::Duration;

use world::Moods;

/// How often each thing goes wrong. Rates are probabilities, 0 to 1, of one effect suffering it.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// A function's process ends just before or just after an effect.
    pub crash: f64,
    /// A write is refused because another transaction is at work.
    pub table_conflict: f64,
    /// The table refuses: too much at once.
    pub table_throttled: f64,
    /// The table carried a request out, its answer is lost.
    pub table_answer_lost: f64,
    /// A call takes seconds instead of milliseconds.
    pub stalled: f64,
    /// A message that was sent never arrives.
    pub message_lost: f64,
    /// A message arrives twice.
    pub message_duplicated: f64,
    /// A message comes late, after others.
    pub message_delayed: f64,
    /// A message that was handled comes back all the same.
    pub delete_lost: f64,
    /// Messages in flight per queue, at most.
    pub in_flight: u64,
    /// An object that was just made is not found.
    pub not_found_after_create: f64,
    /// How the sources behave.
    pub sources: Moods,
    /// How the targets behave.
    pub targets: Moods,
}

impl Profile {
    /// Nothing goes wrong.
    #[must_use]
    pub fn calm() -> Self {
        Self {
            crash: 0.0,
            table_conflict: 0.0,
            table_throttled: 0.0,
            table_answer_lost: 0.0,
            stalled: 0.0,
            message_lost: 0.0,
            message_duplicated: 0.0,
            message_delayed: 0.0,
            delete_lost: 0.0,
            in_flight: 120_000,
            not_found_after_create: 0.0,
            sources: Moods::calm(),
            targets: Moods::calm(),
        }
    }

    /// Everything goes wrong, each now and then.
    #[must_use]
    pub fn all_faults() -> Self {
        let slow = Moods { slow: 0.01, slow_for: Duration::from_secs(35), ..Moods::bad_day() };
        Self {
            crash: 0.002,
            table_conflict: 0.01,
            table_throttled: 0.005,
            table_answer_lost: 0.005,
            stalled: 0.002,
            message_lost: 0.02,
            message_duplicated: 0.05,
            message_delayed: 0.05,
            delete_lost: 0.02,
            in_flight: 20,
            not_found_after_create: 0.02,
            sources: slow.clone(),
            targets: Moods { token_expired: 0.0, retry_after: 7, ..slow },
        }
    }
}
