//! Personal numbers: personnummer, samordningsnummer and temporary (TF) numbers.
//!
//! A number is read in every form seen in registers – 10 or 12 digits, with `-`, `+` or nothing between – and kept
//! in the form SS 12000 prescribes for `civicNo.value`: twelve characters, no separator. A number that does not
//! check is kept and marked, never a reason to lose its person: even the standard's own examples fail the check.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::personal::{Personal, at_rest};

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CivicNumberKind {
    /// Personnummer.
    #[serde(rename = "p")]
    Personal,
    /// Samordningsnummer: the day of birth plus 60. Replaced by a personnummer on registration.
    #[serde(rename = "c")]
    Coordination,
    /// A temporary number (TF): a date, letters and digits; no check digit, unique within one principal only.
    #[serde(rename = "t")]
    Temporary,
    /// Not a form this version knows. Kept as it came.
    #[serde(rename = "u")]
    Unrecognised,
}

/// Why a number deserves a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum CivicNumberWarning {
    /// The check digit is not the Luhn digit of the first nine.
    #[error("the check digit does not match")]
    CheckDigit,
    /// The first six or eight characters are not a date.
    #[error("the date does not exist")]
    Date,
    /// Neither 10 nor 12 characters, or characters where digits belong.
    #[error("the form is not known")]
    Form,
}

impl CivicNumberWarning {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckDigit => "roster.civic_number_check_digit",
            Self::Date => "roster.civic_number_date",
            Self::Form => "roster.civic_number_form",
        }
    }
}

/// A personal number in its canonical form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CivicNumber {
    #[serde(rename = "v", with = "at_rest")]
    value: Personal<String>,
    #[serde(rename = "k")]
    kind: CivicNumberKind,
    #[serde(rename = "ok", default)]
    checks: bool,
}

impl fmt::Debug for CivicNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CivicNumber({:?}, •••)", self.kind)
    }
}

impl CivicNumber {
    /// Reads a number as it stands in a register. `today` settles the century of a ten-digit one: the youngest
    /// age that is not in the future, and one hundred years more when the separator is `+`.
    ///
    /// Always gives a number back, unless the text is blank; the warning says what is wrong with it.
    #[must_use]
    pub fn read(text: &str, today: Date) -> Option<(Self, Option<CivicNumberWarning>)> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let parsed = Parts::split(text, today).and_then(Parts::classify);
        Some(match parsed {
            Ok((value, kind, warning)) => (Self::of(value, kind, warning.is_none()), warning),
            Err(warning) => (Self::of(text.to_owned(), CivicNumberKind::Unrecognised, false), Some(warning)),
        })
    }

    const fn of(value: String, kind: CivicNumberKind, checks: bool) -> Self {
        Self { value: Personal::new(value), kind, checks }
    }

    /// The number: twelve characters without separator, or the text as it came when it was not recognised.
    #[must_use]
    pub const fn value(&self) -> &Personal<String> {
        &self.value
    }

    /// What kind of number it is.
    #[must_use]
    pub const fn kind(&self) -> CivicNumberKind {
        self.kind
    }

    /// Whether the date exists and the check digit (where the kind has one) matches.
    #[must_use]
    pub const fn checks(&self) -> bool {
        self.checks
    }
}

/// Eight date digits and four characters after them.
struct Parts {
    date: String,
    serial: String,
}

impl Parts {
    fn split(text: &str, today: Date) -> Result<Self, CivicNumberWarning> {
        let hundred = text.contains('+');
        let characters: Vec<char> =
            text.chars().filter(|c| !matches!(c, '-' | '+' | ' ')).flat_map(char::to_uppercase).collect();
        let (date, serial) = match characters.len() {
            12 => characters.split_at(8),
            10 => characters.split_at(6),
            _ => return Err(CivicNumberWarning::Form),
        };
        if !date.iter().all(char::is_ascii_digit) {
            return Err(CivicNumberWarning::Form);
        }
        let date: String = date.iter().collect();
        let date = if date.len() == 6 { with_century(&date, hundred, today) } else { date };
        Ok(Self { date, serial: serial.iter().collect() })
    }

    fn classify(self) -> Result<(String, CivicNumberKind, Option<CivicNumberWarning>), CivicNumberWarning> {
        let (exists, coordination) = birth_date(&self.date);
        let value = format!("{}{}", self.date, self.serial);
        let kind = self.kind(coordination).ok_or(CivicNumberWarning::Form)?;
        let warning = if !exists {
            Some(CivicNumberWarning::Date)
        } else if kind != CivicNumberKind::Temporary && !luhn(&value[2..]) {
            Some(CivicNumberWarning::CheckDigit)
        } else {
            None
        };
        Ok((value, kind, warning))
    }

    fn kind(&self, coordination: bool) -> Option<CivicNumberKind> {
        let digits = self.serial.chars().all(|c| c.is_ascii_digit());
        let temporary = self.serial.starts_with(|c: char| c.is_alphabetic())
            && self.serial.is_ascii()
            && self.serial.chars().all(char::is_alphanumeric);
        match (digits, coordination, temporary) {
            (true, true, _) => Some(CivicNumberKind::Coordination),
            (true, false, _) => Some(CivicNumberKind::Personal),
            (false, _, true) => Some(CivicNumberKind::Temporary),
            (false, _, false) => None,
        }
    }
}

fn with_century(six: &str, hundred: bool, today: Date) -> String {
    let year: i16 = six.get(..2).and_then(|yy| yy.parse().ok()).unwrap_or(0);
    let century = today.year() - today.year().rem_euclid(100);
    let this = century + year;
    // Month and day decide within the present year; a coordination number's day is moved back first.
    let (month, day) = month_and_day(six.get(2..).unwrap_or_default());
    let future = Date::new(this, month, day).map_or(this > today.year(), |born| born > today);
    let born = this - if future { 100 } else { 0 } - if hundred { 100 } else { 0 };
    format!("{born:04}{}", six.get(2..).unwrap_or_default())
}

fn month_and_day(four: &str) -> (i8, i8) {
    let number = |range| four.get(range).and_then(|text: &str| text.parse::<i8>().ok()).unwrap_or(0);
    let (month, day) = (number(0..2), number(2..4));
    (month, if day > 60 { day - 60 } else { day })
}

/// Whether eight digits are a date of birth, and whether the day carries the coordination number's 60.
fn birth_date(eight: &str) -> (bool, bool) {
    let year = eight.get(..4).and_then(|text| text.parse::<i16>().ok()).unwrap_or(0);
    let rest = eight.get(4..).unwrap_or_default();
    let (month, day) = month_and_day(rest);
    let coordination = rest.get(2..).and_then(|text| text.parse::<i8>().ok()).is_some_and(|raw| raw > 60);
    (Date::new(year, month, day).is_ok_and(|date| date.checked_add(0.days()).is_ok()), coordination)
}

/// Luhn over the ten digits `YYMMDDNNNC`, weights 2, 1, 2, …
fn luhn(ten: &str) -> bool {
    let sum: u32 = ten
        .chars()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| {
            let weighted = digit * if place % 2 == 0 { 2 } else { 1 };
            weighted / 10 + weighted % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (String, CivicNumberKind, Option<CivicNumberWarning>) {
        let (number, warning) = CivicNumber::read(text, date(2026, 11, 22)).unwrap();
        (number.value().expose().clone(), number.kind(), warning)
    }

    #[test]
    fn twelve_digits_read_with_and_without_a_separator() {
        assert_eq!(read("19121212-1212"), read("191212121212"));
    }

    #[test]
    fn ten_digits_take_the_youngest_century() {
        assert_eq!(read("121212-1212").0, "201212121212");
    }

    #[test]
    fn a_plus_adds_a_hundred_years() {
        assert_eq!(read("121212+1212").0, "191212121212");
    }

    #[test]
    fn a_birthday_later_this_year_belongs_to_the_last_century() {
        assert_eq!(read("261231-2380").0, "192612312380");
    }

    #[test]
    fn a_coordination_number_is_recognised_by_its_day() {
        assert_eq!(read("191212721219"), ("191212721219".to_owned(), CivicNumberKind::Coordination, None));
    }

    #[test]
    fn a_temporary_number_has_letters_and_no_check_digit() {
        assert_eq!(read("20130101-TF01"), ("20130101TF01".to_owned(), CivicNumberKind::Temporary, None));
    }

    #[test]
    fn a_wrong_check_digit_is_a_warning() {
        assert_eq!(
            read("200112240123"),
            ("200112240123".to_owned(), CivicNumberKind::Personal, Some(CivicNumberWarning::CheckDigit))
        );
    }

    #[test]
    fn a_date_that_does_not_exist_is_a_warning() {
        assert_eq!(read("201302301234").2, Some(CivicNumberWarning::Date));
    }

    #[test]
    fn anything_else_is_kept_as_it_came() {
        assert_eq!(read("okänt"), ("okänt".to_owned(), CivicNumberKind::Unrecognised, Some(CivicNumberWarning::Form)));
    }

    #[test]
    fn debug_shows_no_digit() {
        let (number, _) = CivicNumber::read("191212121212", date(2026, 11, 22)).unwrap();

        assert_eq!(format!("{number:?}"), "CivicNumber(Personal, •••)");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = CivicNumber::read(&text, date(2026, 11, 22));
        }

        #[test]
        fn reading_what_was_read_changes_nothing(text in "[0-9]{6}[-+]?[0-9TF]{4}") {
            let (first, _) = CivicNumber::read(&text, date(2026, 11, 22)).unwrap();
            let (second, _) = CivicNumber::read(first.value().as_str(), date(2026, 11, 22)).unwrap();
            prop_assert_eq!(first.value(), second.value());
        }
    }
}
