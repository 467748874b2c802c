//! Periods with inclusive ends: where two meet, and several as few.

use jiff::civil::Date;
use roster::Validity;

/// What two periods have in common; `None`: nothing.
pub(crate) fn overlap(a: Validity, b: Validity) -> Option<Validity> {
    let start = a.start.max(b.start);
    let end = match (a.end, b.end) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    };
    let empty = start.zip(end).is_some_and(|(start, end)| end < start);
    (!empty).then_some(Validity::new(start, end))
}

/// Periods in order, those that overlap or follow upon each other as one.
pub(crate) fn merged(mut periods: Vec<Validity>) -> Vec<Validity> {
    periods.sort_unstable();
    let mut merged: Vec<Validity> = Vec::new();
    for period in periods {
        match merged.last_mut() {
            Some(last) if reaches(last.end, period.start) => last.end = later(last.end, period.end),
            _ => merged.push(period),
        }
    }
    merged
}

/// Of several periods the one that matters on a day: the present, else the next, else the last.
pub(crate) fn of_today(periods: Vec<Validity>, today: Date) -> Option<Validity> {
    let periods = merged(periods);
    let ahead = periods.iter().find(|it| it.end.is_none_or(|end| today <= end));
    ahead.or_else(|| periods.last()).copied()
}

fn reaches(end: Option<Date>, start: Option<Date>) -> bool {
    let Some((end, start)) = end.zip(start) else { return true };
    end.tomorrow().map_or(true, |next| start <= next)
}

fn later(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    a.zip(b).map(|(a, b)| a.max(b))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn day(n: i32) -> Date {
        date(2026, 8, 1).checked_add(n.days()).unwrap()
    }

    fn periods() -> impl Strategy<Value = Vec<Validity>> {
        let end = || proptest::option::of(0i32..40);
        let period = (end(), end()).prop_filter_map("ends before it begins", |(a, b)| {
            let fits = a.zip(b).is_none_or(|(a, b)| a <= b);
            fits.then(|| Validity::new(a.map(day), b.map(day)))
        });
        proptest::collection::vec(period, 0..6)
    }

    proptest! {
        #[test]
        fn merging_changes_no_day(periods in periods(), today in -5i32..50) {
            let covered = |all: &[Validity]| all.iter().any(|it| it.is_active(day(today)));

            prop_assert_eq!(covered(&periods), covered(&merged(periods.clone())));
        }

        #[test]
        fn a_day_in_both_is_in_the_overlap_and_no_other(periods in periods(), today in -5i32..50) {
            for pair in periods.windows(2) {
                let both = pair.iter().all(|it| it.is_active(day(today)));

                prop_assert_eq!(both, overlap(pair[0], pair[1]).is_some_and(|it| it.is_active(day(today))));
            }
        }

        #[test]
        fn the_order_of_periods_decides_nothing(
            (given, shuffled) in periods().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        ) {
            prop_assert_eq!(merged(given), merged(shuffled));
        }
    }

    #[test]
    fn of_several_periods_the_present_matters_then_the_next_then_the_last() {
        let all = || vec![Validity::new(Some(day(20)), Some(day(30))), Validity::new(Some(day(0)), Some(day(10)))];

        let starts = [5, 15, 40].map(|n| of_today(all(), day(n)).unwrap().start);

        assert_eq!(starts, [Some(day(0)), Some(day(20)), Some(day(20))]);
    }
}
