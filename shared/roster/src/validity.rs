//! When something holds: inclusive dates in Europe/Stockholm (SS 12000: both `startDate` and `endDate` are inclusive).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Swedish time, compiled in: a Lambda has no time-zone database of its own.
static STOCKHOLM: TimeZone = jiff::tz::get!("Europe/Stockholm");

/// The date in Sweden at an instant.
#[must_use]
pub fn date_in_sweden(at: Timestamp) -> Date {
    at.to_zoned(STOCKHOLM.clone()).date()
}

/// The instant a date begins in Sweden.
#[must_use]
pub fn start_of_day(date: Date) -> Timestamp {
    date.to_zoned(STOCKHOLM.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The clock time in Sweden at an instant, as minutes since midnight.
#[must_use]
pub fn minute_of_day(at: Timestamp) -> u16 {
    let time = at.to_zoned(STOCKHOLM.clone()).time();
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(0)
}

/// A period with inclusive ends; a missing end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Validity {
    /// First day, inclusive.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// Last day, inclusive.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

impl Validity {
    /// Always valid.
    pub const ALWAYS: Self = Self { start: None, end: None };

    /// Valid from `start` to `end`, both inclusive.
    #[must_use]
    pub const fn new(start: Option<Date>, end: Option<Date>) -> Self {
        Self { start, end }
    }

    /// Whether `today` is within the period.
    #[must_use]
    pub fn is_active(&self, today: Date) -> bool {
        self.start.is_none_or(|start| start <= today) && self.end.is_none_or(|end| today <= end)
    }

    /// The first day after `today` on which [`is_active`](Self::is_active) may answer differently.
    #[must_use]
    pub fn next_turn(&self, today: Date) -> Option<Date> {
        let begins = self.start.filter(|start| *start > today);
        let ceases = self.end.and_then(|end| end.checked_add(1.day()).ok()).filter(|day| *day > today);
        [begins, ceases].into_iter().flatten().min()
    }
}

/// The earliest of the next turns of several periods.
#[must_use]
pub fn next_turn<'a>(periods: impl IntoIterator<Item = &'a Validity>, today: Date) -> Option<Date> {
    periods.into_iter().filter_map(|period| period.next_turn(today)).min()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_ends_are_inclusive() {
        let term = Validity::new(Some(date(2026, 8, 17)), Some(date(2026, 12, 18)));

        let active = [date(2026, 8, 16), date(2026, 8, 17), date(2026, 12, 18), date(2026, 12, 19)]
            .map(|day| term.is_active(day));

        assert_eq!(active, [false, true, true, false]);
    }

    #[test]
    fn the_day_changes_at_midnight_in_sweden_not_in_utc() {
        let half_past_midnight: Timestamp = "2026-06-30T22:30:00Z".parse().unwrap();

        assert_eq!(date_in_sweden(half_past_midnight), date(2026, 7, 1));
    }

    #[test]
    fn the_day_after_the_last_one_begins_at_midnight() {
        let midnight = start_of_day(date(2026, 12, 19));

        assert_eq!(midnight.to_string(), "2026-12-18T23:00:00Z");
    }

    proptest! {
        #[test]
        fn nothing_turns_before_the_next_turn(start in 0i32..400, length in 0i32..400, today in 0i32..900) {
            let day = |n: i32| date(2026, 1, 1).checked_add(n.days()).unwrap();
            let period = Validity::new(Some(day(start)), Some(day(start + length)));

            let turn = period.next_turn(day(today)).unwrap_or(day(1_000));

            let now = period.is_active(day(today));
            let mut between = day(today);
            while between < turn {
                prop_assert_eq!(period.is_active(between), now);
                between = between.checked_add(1.day()).unwrap();
            }
        }
    }
}
