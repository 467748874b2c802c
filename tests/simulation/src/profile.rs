//! Profiles: what goes wrong, and how often.

use std::time::Duration;

use world::{Moods, RateLimit};

use crate::fault::Fault;

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
    /// The indexes learn of a write some seconds later.
    pub index_late: f64,
    /// A page of a source comes without its records, and the next ones follow.
    pub page_left_out: f64,
    /// A page of a source comes twice.
    pub page_repeated: f64,
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
    /// A target does not find what it has just made, for up to half a minute.
    pub not_found_after_create: f64,
    /// Pupils of the first tenant, where it is to have many, and large pages; otherwise there are a handful.
    pub many_pupils: Option<usize>,
    /// Whether the first tenant has a receiving system of every kind beside its portal.
    pub every_target: bool,
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
            index_late: 0.0,
            page_left_out: 0.0,
            page_repeated: 0.0,
            stalled: 0.0,
            message_lost: 0.0,
            message_duplicated: 0.0,
            message_delayed: 0.0,
            delete_lost: 0.0,
            in_flight: 120_000,
            not_found_after_create: 0.0,
            many_pupils: None,
            every_target: false,
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
            index_late: 0.02,
            page_left_out: 0.01,
            page_repeated: 0.02,
            stalled: 0.002,
            message_lost: 0.02,
            message_duplicated: 0.05,
            message_delayed: 0.05,
            delete_lost: 0.02,
            in_flight: 20,
            not_found_after_create: 0.02,
            many_pupils: None,
            every_target: false,
            sources: slow.clone(),
            targets: Moods { token_expired: 0.0, retry_after: 7, ..slow },
        }
    }

    /// Nothing goes wrong, but one tenant changes everything beside another's single changes; then
    /// targets take two calls in five seconds, so that this takes longer than a single change may.
    #[must_use]
    pub fn beside_bulk() -> Self {
        let rate_limit = Some(RateLimit { per_second: 0.4, burst: 5.0 });
        Self { many_pupils: Some(210), targets: Moods { rate_limit, ..Moods::calm() }, ..Self::calm() }
    }

    /// Some faults only, each as often as when everything goes wrong.
    #[must_use]
    pub fn of(faults: &[Fault]) -> Self {
        let mut profile = Self::all_faults();
        Fault::ALL.into_iter().filter(|it| !faults.contains(it)).for_each(|it| it.spare(&mut profile));
        profile
    }
}
