//! Days on which a source is left alone, as its school's calendar has them.

use jiff::civil::Date;
use toml::Value;

/// From a day to a day, both included: of one year, or of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    from: Day,
    to: Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Of(Date),
    /// Month and day.
    EachYear(i8, i8),
}

impl Pause {
    /// Reads `{ from, to }`, both `YYYY-MM-DD` or both `MM-DD`.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let table = value.as_table().filter(|it| it.len() == 2)?;
        let day = |key| table.get(key).and_then(Value::as_str).and_then(Day::read);
        let pause = Self { from: day("from")?, to: day("to")? };
        match (pause.from, pause.to) {
            (Day::Of(from), Day::Of(to)) if from <= to => Some(pause),
            (Day::EachYear(..), Day::EachYear(..)) => Some(pause),
            _ => None,
        }
    }

    /// Whether it covers a day.
    #[must_use]
    pub fn covers(self, date: Date) -> bool {
        match (self.from, self.to) {
            (Day::Of(from), Day::Of(to)) => from <= date && date <= to,
            (Day::EachYear(month, day), Day::EachYear(last_month, last_day)) => {
                let (from, to, this) = ((month, day), (last_month, last_day), (date.month(), date.day()));
                // Over New Year the end comes before the beginning.
                if from <= to { from <= this && this <= to } else { from <= this || this <= to }
            }
            _ => false,
        }
    }
}

impl Day {
    fn read(text: &str) -> Option<Self> {
        if let Ok(date) = text.parse() {
            return Some(Self::Of(date));
        }
        // A leap year, so that the last of February can be named.
        let date: Date = format!("2028-{text}").parse().ok()?;
        Some(Self::EachYear(date.month(), date.day()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn pause(from: &str, to: &str) -> Option<Pause> {
        let table: toml::Table = format!("from = '{from}'\nto = '{to}'").parse().unwrap();
        Pause::read(&Value::Table(table))
    }

    #[test]
    fn a_pause_of_each_year_comes_again() {
        let summer = pause("06-20", "07-31").unwrap();

        let covered = [date(2026, 6, 19), date(2026, 6, 20), date(2031, 7, 31), date(2031, 8, 1)];

        assert_eq!(covered.map(|day| summer.covers(day)), [false, true, true, false]);
    }

    #[test]
    fn a_pause_may_go_over_new_year() {
        let christmas = pause("12-22", "01-07").unwrap();

        assert_eq!(
            [date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 8)].map(|day| christmas.covers(day)),
            [true, true, false]
        );
    }

    #[test]
    fn a_pause_of_one_year_does_not_come_again() {
        let once = pause("2026-06-20", "2026-07-31").unwrap();

        assert!(once.covers(date(2026, 7, 1)) && !once.covers(date(2027, 7, 1)));
    }

    #[test]
    fn days_that_do_not_exist_or_do_not_go_together_are_no_pause() {
        for (from, to) in
            [("02-30", "03-01"), ("06-20", "2026-07-31"), ("2026-07-31", "2026-06-20"), ("summer", "07-31")]
        {
            assert_eq!(pause(from, to), None, "{from} to {to}");
        }
    }

    proptest! {
        #[test]
        fn the_first_and_the_last_day_are_covered(from in 1i8..=12, to in 1i8..=12, day in 1i8..=28, year in 2026i16..2040) {
            let pause = pause(&format!("{from:02}-{day:02}"), &format!("{to:02}-{day:02}")).unwrap();

            prop_assert!(pause.covers(date(year, from, day)) && pause.covers(date(year, to, day)));
        }
    }
}
