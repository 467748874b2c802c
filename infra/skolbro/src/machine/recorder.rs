//! What happened on this machine since it started: lags, deliveries, dead letters.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use sync::events::Observer;

/// Lags are kept in buckets of one per cent: memory does not grow with the number of deliveries.
const BUCKETS: usize = 2_400;

/// Hears what happens, and adds it up. Clones share the sums.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Sums>>);

#[derive(Debug)]
struct Sums {
    lags: Vec<u64>,
    longest: Duration,
    delivered: u64,
    calls: u64,
    died: u64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { lags: vec![0; BUCKETS], longest: Duration::ZERO, delivered: 0, calls: 0, died: 0 }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Changes delivered.
    pub delivered: u64,
    /// Operations at targets.
    pub calls: u64,
    /// Subjects refused for good.
    pub died: u64,
    /// Half of the changes arrived within this many milliseconds.
    pub p50_ms: u64,
    /// Ninety-nine of a hundred did.
    pub p99_ms: u64,
    /// All did.
    pub max_ms: u64,
}

impl Recorder {
    /// What happened since the last reset.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Summary {
            delivered: sums.delivered,
            calls: sums.calls,
            died: sums.died,
            p50_ms: quantile(&sums.lags, 0.50),
            p99_ms: quantile(&sums.lags, 0.99),
            max_ms: u64::try_from(sums.longest.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Forgets everything.
    pub fn reset(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Sums::default();
    }

    fn add(&self, change: impl FnOnce(&mut Sums)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Observer for Recorder {
    fn delivered(&self, _: &str, _: &str, lag: Duration) {
        self.add(|sums| {
            sums.delivered += 1;
            sums.longest = sums.longest.max(lag);
            sums.lags[bucket(lag)] += 1;
        });
    }

    fn called(&self, _: &str, _: &str, calls: u32) {
        self.add(|sums| sums.calls += u64::from(calls));
    }

    fn died(&self, _: &str, _: &str, _: &str) {
        self.add(|sums| sums.died += 1);
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small positive number
fn bucket(lag: Duration) -> usize {
    let millis = (lag.as_secs_f64() * 1_000.0).max(1.0);
    ((millis.ln() / 1.01f64.ln()).ceil().max(0.0) as usize).min(BUCKETS - 1)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // counts far below 2^52
fn quantile(lags: &[u64], share: f64) -> u64 {
    let total: u64 = lags.iter().sum();
    let wanted = ((total as f64) * share).ceil() as u64;
    let mut seen = 0;
    for (bucket, count) in lags.iter().enumerate() {
        seen += count;
        if *count > 0 && seen >= wanted {
            return 1.01f64.powf(bucket as f64).round() as u64;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_within_one_per_cent() {
        let recorder = Recorder::default();
        for millis in 1..=1_000 {
            recorder.delivered("t", "g", Duration::from_millis(millis));
        }

        let summary = recorder.summary();

        assert!(summary.p50_ms.abs_diff(500) <= 6 && summary.p99_ms.abs_diff(990) <= 11, "{summary:?}");
        assert_eq!(summary.max_ms, 1_000);
    }
}
