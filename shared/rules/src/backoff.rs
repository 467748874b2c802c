//! When to try again: densely inside the five-minute window, then ever more slowly for three days, then never. And when to
//! look again for what is on its way.

use std::time::Duration;

/// Pauses after the first failures; tries land at about 0, 2, 8, 20, 50, 110 and 230 seconds.
const IN_WINDOW: [u64; 6] = [2, 6, 12, 30, 60, 120];

/// Pauses after that, the last one repeated.
const SLOW_LANE: [u64; 6] = [300, 900, 1_800, 3_600, 7_200, 14_400];

/// Waits for something on its way, in seconds, the last one repeated. Each look costs two reads and a write. Whoever waits
/// is woken by what comes or lets go; these looks are for when that is lost.
const WAITS: [u64; 11] = [1, 1, 2, 3, 5, 8, 15, 15, 15, 30, 60];

/// How long those are dense: what has been waited for longer is in trouble, and has missed the window.
const DENSE_FOR: Duration = Duration::from_secs(300);

/// The waits after that, in seconds.
const LONG_WAIT: u64 = 300;

/// How long a change is tried before it becomes a dead letter.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(72 * 3_600);

/// The pause after `failures` failures in a row (1 or more). `jitter` is between 0 and 1 and spreads the pause
/// by ± 20 %, so that what failed together does not return together. A pause that the target named wins when it is longer.
#[must_use]
pub fn pause(failures: u32, jitter: f64, retry_after: Option<Duration>) -> Duration {
    let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = IN_WINDOW.iter().chain(&SLOW_LANE).nth(step).or(SLOW_LANE.last()).copied().unwrap_or(300);
    let spread = 0.8 + 0.4 * jitter.clamp(0.0, 1.0);
    let own = Duration::from_secs(seconds).mul_f64(spread);
    retry_after.map_or(own, |asked| asked.max(own))
}

/// The pause before looking again for something on its way, after `waits` looks in a row and `waited` in all. Looks alone
/// say little of time: every change meanwhile is one. `jitter` is between 0 and 1 and adds up to half a second.
#[must_use]
pub fn wait(waits: u32, waited: Duration, jitter: f64) -> Duration {
    let step = usize::try_from(waits).unwrap_or(usize::MAX);
    let last = if waited > DENSE_FOR { LONG_WAIT } else { WAITS[WAITS.len() - 1] };
    let seconds = WAITS.get(step).copied().unwrap_or(last);
    Duration::from_secs(seconds) + Duration::from_millis(500).mul_f64(jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seven_tries_fit_in_the_window() {
        let tries: Vec<u64> = (1..=6)
            .scan(0.0, |at, failures| {
                *at += pause(failures, 0.5, None).as_secs_f64();
                Some(*at)
            })
            .map(|at: f64| at.round() as u64)
            .collect();

        assert_eq!(tries, [2, 8, 20, 50, 110, 230]);
    }

    #[test]
    fn many_looks_in_a_short_time_make_no_wait_long() {
        assert_eq!(wait(500, Duration::from_secs(20), 0.0), Duration::from_secs(60));
    }

    #[test]
    fn what_has_been_on_its_way_for_longer_than_the_window_is_looked_at_seldom() {
        assert_eq!(wait(11, Duration::from_secs(301), 0.0), Duration::from_secs(300));
    }

    #[test]
    fn what_the_target_asks_for_wins() {
        assert_eq!(pause(1, 0.5, Some(Duration::from_secs(30))), Duration::from_secs(30));
    }

    #[test]
    fn a_target_in_trouble_is_not_asked_sooner_because_it_says_so() {
        assert_eq!(pause(6, 0.5, Some(Duration::from_secs(1))), Duration::from_secs(120));
    }

    proptest! {
        #[test]
        fn a_pause_is_never_zero_nor_longer_than_five_hours(failures in 0u32.., jitter in -1.0f64..2.0) {
            let pause = pause(failures, jitter, None);
            prop_assert!(pause >= Duration::from_secs(1) && pause <= Duration::from_secs(5 * 3_600));
        }

        #[test]
        fn with_the_same_jitter_a_pause_is_never_shorter_than_the_one_before(failures in 0u32..200, jitter in 0.0f64..1.0) {
            prop_assert!(pause(failures, jitter, None) <= pause(failures + 1, jitter, None));
        }

        #[test]
        fn jitter_spreads_by_a_fifth_and_no_more(failures in 1u32..200, jitter in any::<f64>()) {
            let middle = pause(failures, 0.5, None);
            prop_assume!(!jitter.is_nan());
            let pause = pause(failures, jitter, None);
            prop_assert!(pause >= middle.mul_f64(0.799) && pause <= middle.mul_f64(1.201));
        }

        #[test]
        fn what_the_target_asks_for_is_waited_at_least(failures in 1u32..50, jitter in 0.0f64..1.0, asked in 0u64..90_000) {
            let asked = Duration::from_secs(asked);
            prop_assert_eq!(pause(failures, jitter, Some(asked)), asked.max(pause(failures, jitter, None)));
        }
    }
}
