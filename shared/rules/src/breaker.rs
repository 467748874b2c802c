//! The breaker and the budget: when a target may be called at all, and how often.

use std::time::Duration;

use jiff::Timestamp;

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

/// Takes up to `wanted` tokens at `now` from a bucket that held `tokens` at `since`. Gives what is left and what
/// was taken. Bulk work leaves a fifth of the burst to single changes.
#[must_use]
pub fn take(rate: &Rate, tokens: f64, since: Timestamp, now: Timestamp, wanted: u32, lane: Lane) -> (f64, u32) {
    let burst = f64::from(rate.burst.max(1));
    let elapsed = now.duration_since(since).as_secs_f64().max(0.0);
    let full = (tokens + elapsed * rate.per_second).clamp(0.0, burst);
    let reserve = if lane == Lane::Bulk { burst / 5.0 } else { 0.0 };
    let available = (full - reserve).max(0.0).floor().min(f64::from(wanted));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and `wanted`
    let taken = available as u32;
    (full - available, taken)
}

/// When the next token will be there for work of a lane.
#[must_use]
pub fn next_token(rate: &Rate, tokens: f64, now: Timestamp, lane: Lane) -> Timestamp {
    let reserve = if lane == Lane::Bulk { f64::from(rate.burst.max(1)) / 5.0 } else { 0.0 };
    let missing = (1.0 + reserve - tokens).max(0.0);
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
        assert_eq!(take(&RATE, 20.0, at(0), at(0), 50, Lane::Bulk), (4.0, 16));
    }

    #[test]
    fn single_changes_may_take_all() {
        assert_eq!(take(&RATE, 20.0, at(0), at(0), 50, Lane::Fresh), (0.0, 20));
    }

    #[test]
    fn the_next_token_is_a_tenth_of_a_second_away() {
        assert_eq!(next_token(&RATE, 0.0, at(0), Lane::Fresh), at(100));
    }

    proptest! {
        #[test]
        fn no_more_is_taken_than_the_rate_allows(steps in proptest::collection::vec((0i64..500, 0u32..30), 1..60)) {
            let (mut tokens, mut since, mut taken, mut now) = (20.0, at(0), 0u32, at(0));
            let mut clock = 0;
            for (pause, wanted) in steps {
                clock += pause;
                now = at(clock);
                let (left, got) = take(&RATE, tokens, since, now, wanted, Lane::Fresh);
                (tokens, since) = (left, now);
                taken += got;
            }
            let allowed = 20.0 + now.duration_since(at(0)).as_secs_f64() * 10.0;
            prop_assert!(f64::from(taken) <= allowed + 1e-6);
        }
    }
}
