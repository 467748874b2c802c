//! The tempers of remote systems: throttling, faults, slowness, lost answers, unreliable doorbells.

mod layer;
mod switch;

pub(crate) use layer::{TokenExpiresNow, suffer};
pub use switch::MoodSwitch;
pub(crate) use switch::Ring;

use std::time::Duration;

/// A token bucket: requests beyond it are answered 429 with `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// Sustained requests per second.
    pub per_second: f64,
    /// Requests that may come at once.
    pub burst: f64,
}

/// How a server behaves. Every `f64` is the probability, 0–1, that one request (or one ring) suffers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moods {
    /// 429 without `Retry-After`.
    pub throttled: f64,
    /// 429 with `Retry-After`.
    pub throttled_with_retry_after: f64,
    /// The `Retry-After`, in seconds.
    pub retry_after: u64,
    /// 500.
    pub internal_error: f64,
    /// 503.
    pub unavailable: f64,
    /// Answered, but only after `slow_for`.
    pub slow: f64,
    /// How long a slow answer takes.
    pub slow_for: Duration,
    /// Closed before anything was done and without an answer.
    pub connection_reset: f64,
    /// Carried out in full, then closed without an answer.
    pub answer_lost: f64,
    /// A 200 answer to a GET whose JSON stops half-way.
    pub truncated_page: f64,
    /// The bearer token is revoked when it is used (401). Nothing happens where there are no tokens.
    pub token_expired: f64,
    /// A doorbell that is never rung.
    pub doorbell_lost: f64,
    /// A doorbell rung twice.
    pub doorbell_duplicated: f64,
    /// A doorbell held back until after the next one, or until `release_doorbells` is called.
    pub doorbell_reordered: f64,
    /// A quota, if any.
    pub rate_limit: Option<RateLimit>,
    /// Added to every answer; for benchmarks.
    pub latency: Duration,
}

impl Moods {
    /// Everything works, at once.
    pub fn calm() -> Self {
        Self {
            throttled: 0.0,
            throttled_with_retry_after: 0.0,
            retry_after: 1,
            internal_error: 0.0,
            unavailable: 0.0,
            slow: 0.0,
            slow_for: Duration::from_millis(300),
            connection_reset: 0.0,
            answer_lost: 0.0,
            truncated_page: 0.0,
            token_expired: 0.0,
            doorbell_lost: 0.0,
            doorbell_duplicated: 0.0,
            doorbell_reordered: 0.0,
            rate_limit: None,
            latency: Duration::ZERO,
        }
    }

    /// A little of everything: about one request in six suffers something.
    pub fn bad_day() -> Self {
        Self {
            throttled: 0.02,
            throttled_with_retry_after: 0.02,
            internal_error: 0.02,
            unavailable: 0.02,
            slow: 0.03,
            connection_reset: 0.02,
            answer_lost: 0.02,
            truncated_page: 0.02,
            token_expired: 0.01,
            doorbell_lost: 0.1,
            doorbell_duplicated: 0.2,
            doorbell_reordered: 0.1,
            ..Self::calm()
        }
    }

    /// Nothing but 503: the system is down.
    pub fn down() -> Self {
        Self { unavailable: 1.0, ..Self::calm() }
    }
}

impl Default for Moods {
    fn default() -> Self {
        Self::calm()
    }
}
