//! Invented personal numbers that satisfy every rule of form and belong to nobody.
//!
//! Rule: the serial is one of 980–999, which Skatteverket reserves for test numbers; the ninth digit
//! is odd for men and even for women; the check digit is Luhn over the ten digits `YYMMDDNNNC`.

use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The numbers already given out, so that nobody shares one.
#[derive(Default)]
pub struct CivicNumbers {
    taken: BTreeMap<(Date, bool), u16>,
}

const SERIALS_PER_SEX_AND_DAY: u16 = 10;
const DAYS_TO_TRY: usize = 366;

impl CivicNumbers {
    /// A free number for somebody born on or soon after `birth`, with the birth date it belongs to.
    /// `None` when the test series is used up for a year ahead.
    pub fn allot(&mut self, birth: Date, man: bool) -> Option<(Date, String)> {
        let mut day = birth;
        for _ in 0..DAYS_TO_TRY {
            let used = self.taken.entry((day, man)).or_default();
            if *used < SERIALS_PER_SEX_AND_DAY {
                let serial = 980 + 2 * *used + u16::from(man);
                *used += 1;
                return Some((day, with_check_digit(day, serial)));
            }
            day = day.saturating_add(1.day());
        }
        None
    }
}

fn with_check_digit(day: Date, serial: u16) -> String {
    let body = format!("{}{serial:03}", day.strftime("%Y%m%d"));
    let digit = luhn_digit(&body[2..]);
    format!("{body}{digit}")
}

/// The Luhn check digit for a string of digits (weights 2, 1 from the right end).
pub fn luhn_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 } else { digit })
        .map(|product| product / 10 + product % 10)
        .sum();
    (10 - sum % 10) % 10
}

/// Whether twelve digits end with the right check digit.
pub fn is_valid(number: &str) -> bool {
    number.len() == 12
        && number.bytes().all(|b| b.is_ascii_digit())
        && number.ends_with(&luhn_digit(&number[2..11]).to_string())
}

/// The same number with a wrong check digit.
pub(crate) fn spoiled(number: &str) -> String {
    let wrong = (luhn_digit(&number[2..11]) + 1) % 10;
    format!("{}{wrong}", &number[..11])
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn published_valid_numbers_pass_and_a_spoiled_one_fails() {
        assert!(is_valid("191212121212"));
        assert!(is_valid("191212721219"));
        assert!(!is_valid(&spoiled("191212121212")));
    }

    #[test]
    fn numbers_come_from_the_test_series_and_are_never_repeated() {
        let mut numbers = CivicNumbers::default();
        let all: Vec<_> = (0..50).filter_map(|i| numbers.allot(date(2014, 5, 6), i % 2 == 0)).collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|(_, n)| n.clone()).collect();
        assert_eq!(distinct.len(), 50);
        assert!(all.iter().all(|(_, n)| is_valid(n) && &n[8..10] >= "98"));
    }
}
