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

    #[test]
    fn every_day_begins_at_its_own_midnight_also_when_the_clocks_change() {
        let mut day = date(1990, 1, 1);
        while day < date(2060, 1, 1) {
            let begins = start_of_day(day);
            let before = begins.checked_sub(1.nanosecond()).unwrap();

            assert_eq!((date_in_sweden(begins), minute_of_day(begins)), (day, 0));
            assert_eq!(date_in_sweden(before), day.yesterday().unwrap());
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn the_days_on_which_the_clocks_change_are_an_hour_shorter_and_longer() {
        let hours = [date(2026, 3, 29), date(2026, 6, 1), date(2026, 10, 25)]
            .map(|day| start_of_day(day.tomorrow().unwrap()).duration_since(start_of_day(day)).as_hours());

        assert_eq!(hours, [23, 24, 25]);
    }

    #[test]
    fn what_ends_on_the_last_day_there_is_never_turns() {
        assert_eq!(Validity::new(None, Some(Date::MAX)).next_turn(date(2026, 1, 1)), None);
    }

    fn day(n: i32) -> Date {
        date(2026, 1, 1).checked_add(n.days()).unwrap()
    }

    /// Any period within four months, open at either end, and also one that ends before it begins.
    fn periods() -> impl Strategy<Value = Validity> {
        let end = || proptest::option::of((0i32..120).prop_map(day));
        (end(), end()).prop_map(|(start, end)| Validity::new(start, end))
    }

    /// Day by day: the first after `today` on which the answer is another one.
    fn first_change(answer: impl Fn(Date) -> bool, today: Date) -> Option<Date> {
        let now = answer(today);
        (1..200).filter_map(|n| today.checked_add(n.days()).ok()).find(|day| answer(*day) != now)
    }

    proptest! {
        #[test]
        fn the_next_turn_is_the_first_day_with_another_answer(period in periods(), today in 0i32..120) {
            let today = day(today);
            let never = period.start.zip(period.end).is_some_and(|(start, end)| end < start);
            prop_assume!(!never);

            prop_assert_eq!(period.next_turn(today), first_change(|day| period.is_active(day), today));
        }

        #[test]
        fn nothing_turns_before_the_next_turn_of_several(
            periods in proptest::collection::vec(periods(), 0..6), today in 0i32..120,
        ) {
            let today = day(today);
            let turn = next_turn(&periods, today).unwrap_or(day(400));

            let changes = periods.iter().filter_map(|it| first_change(|day| it.is_active(day), today));

            prop_assert!(changes.min().is_none_or(|change| turn <= change));
        }

        #[test]
        fn a_day_is_active_exactly_between_its_ends(period in periods(), today in 0i32..120) {
            let today = day(today);
            let after_start = period.start.is_none_or(|start| today >= start);
            let before_end = period.end.is_none_or(|end| today <= end);

            prop_assert_eq!(period.is_active(today), after_start && before_end);
        }
    }
}
