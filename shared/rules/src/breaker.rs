//! The breaker and the budget: when a target may be called at all, and how often.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::{Lane, later};
use crate::policy::Rate;

/// Failures in a row, of the target rather than of a subject, that open the breaker.
pub const FAILURES_TO_OPEN: u32 = 5;

/// How long one prober has the target to itself when the breaker's time is up.
pub const PROBE: Duration = Duration::from_secs(10);

/// How long the breaker stays open the `nth` time in a row (from 1): 30 s, doubling to 15 minutes.
#[must_use]
pub fn open_for(nth: u32) -> Duration {
    let doublings = nth.saturating_sub(1).min(5);
    Duration::from_secs((30u64 << doublings).min(900))
}

/// How much of a budget is there, and as of when.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// The tokens.
    pub tokens: f64,
    /// As of when. Clocks differ: it never goes back, or the same time would fill the bucket twice.
    pub at: Timestamp,
}

impl Bucket {
    /// A bucket nothing has been taken from.
    #[must_use]
    pub fn full(rate: &Rate, now: Timestamp) -> Self {
        Self { tokens: burst(rate), at: now }
    }

    /// Takes up to `wanted` tokens at `now`. Gives what is left and how many were taken. Bulk work leaves a fifth of the
    /// burst to single changes.
    #[must_use]
    pub fn take(self, rate: &Rate, now: Timestamp, wanted: u32, lane: Lane) -> (Self, u32) {
        let elapsed = now.duration_since(self.at).as_secs_f64().max(0.0);
        let full = (self.tokens + elapsed * rate.per_second).clamp(0.0, burst(rate));
        let available = (full - reserve(rate, lane)).max(0.0).floor().min(f64::from(wanted));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and `wanted`
        let taken = available as u32;
        (Self { tokens: full - available, at: self.at.max(now) }, taken)
    }
}

fn burst(rate: &Rate) -> f64 {
    f64::from(rate.burst.max(1))
}

/// What a lane leaves in the bucket. Never all of it, or bulk work with a small burst would wait for ever.
fn reserve(rate: &Rate, lane: Lane) -> f64 {
    match lane {
        Lane::Fresh => 0.0,
        Lane::Bulk => (burst(rate) / 5.0).min(burst(rate) - 1.0),
    }
}

/// When the next token will be there for work of a lane.
#[must_use]
pub fn next_token(rate: &Rate, tokens: f64, now: Timestamp, lane: Lane) -> Timestamp {
    let missing = (1.0 + reserve(rate, lane) - tokens).max(0.0);
    later(now, Duration::from_secs_f64((missing / rate.per_second.max(0.001)).clamp(0.05, 900.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { per_second: 10.0, burst: 20 };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    #[test]
    fn the_breaker_stays_open_ever_longer() {
        assert_eq!([1, 2, 3, 9].map(|nth| open_for(nth).as_secs()), [30, 60, 120, 900]);
    }

    #[test]
    fn bulk_leaves_a_fifth_to_single_changes() {
        assert_eq!(
            Bucket::full(&RATE, at(0)).take(&RATE, at(0), 50, Lane::Bulk),
            (Bucket { tokens: 4.0, at: at(0) }, 16)
        );
    }

    #[test]
    fn single_changes_may_take_all() {
        assert_eq!(
            Bucket::full(&RATE, at(0)).take(&RATE, at(0), 50, Lane::Fresh),
            (Bucket { tokens: 0.0, at: at(0) }, 20)
        );
    }

    #[test]
    fn the_next_token_is_a_tenth_of_a_second_away() {
        assert_eq!(next_token(&RATE, 0.0, at(0), Lane::Fresh), at(100));
    }

    #[test]
    fn bulk_work_gets_its_turn_with_the_smallest_burst_there_is() {
        let slow = Rate { per_second: 1.0, burst: 1 };

        assert_eq!(Bucket::full(&slow, at(0)).take(&slow, at(0), 1, Lane::Bulk).1, 1);
    }

    fn rates() -> impl Strategy<Value = Rate> {
        (0.1f64..200.0, 1u32..50).prop_map(|(per_second, burst)| Rate { per_second, burst })
    }

    /// When somebody comes, by a clock that may be wrong, for how much, and in which lane.
    fn visits() -> impl Strategy<Value = Vec<(i64, u32, bool)>> {
        proptest::collection::vec((-300i64..700, 0u32..40, any::<bool>()), 1..80)
    }

    proptest! {
        #[test]
        fn no_more_is_taken_than_the_rate_allows_whoevers_clock_is_wrong(rate in rates(), visits in visits()) {
            let (mut bucket, mut taken, mut clock, mut latest) = (Bucket::full(&rate, at(0)), 0, 0, 0);
            for (pause, wanted, bulk) in visits {
                clock += pause;
                latest = latest.max(clock);
                let lane = if bulk { Lane::Bulk } else { Lane::Fresh };
                let (left, got) = bucket.take(&rate, at(clock), wanted, lane);
                prop_assert!(got <= wanted && left.at >= bucket.at);
                let fifth = f64::from(rate.burst) / 5.0;
                prop_assert!(!bulk || got == 0 || rate.burst < 5 || left.tokens >= fifth - 1e-9, "nothing is left");
                (bucket, taken) = (left, taken + got);
            }
            let allowed = f64::from(rate.burst) + at(latest).duration_since(at(0)).as_secs_f64() * rate.per_second;
            prop_assert!(f64::from(taken) <= allowed + 1e-6);
        }

        #[test]
        fn whoever_comes_when_told_gets_a_token(rate in rates(), held in 0.0f64..1.0, bulk in any::<bool>()) {
            let lane = if bulk { Lane::Bulk } else { Lane::Fresh };
            let bucket = Bucket { tokens: held, at: at(0) };

            // A hundredth of a second later, since instants are whole nanoseconds.
            let told = later(next_token(&rate, held, at(0), lane), Duration::from_millis(10));

            prop_assert_eq!(bucket.take(&rate, told, 1, lane).1, 1);
        }

        #[test]
        fn the_breaker_never_opens_for_less_than_before(nth in 0u32..100) {
            prop_assert!(open_for(nth) <= open_for(nth + 1) && open_for(nth + 1) <= Duration::from_secs(900));
        }
    }
}
