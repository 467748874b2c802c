//! `ååååmmdd-nnnn`, which is what a person is called (help pages 80000377939 and 80000377940).
//!
//! A coordination number has 60 added to its day. The last digit is Luhn's over the ten digits from the year's last two
//! on (Skatteverket's SKV 704 and SKV 707).

use crate::truth::luhn_digit;
use jiff::civil::Date;

/// Added to the day in a coordination number.
const COORDINATION: i8 = 60;

/// What is wrong with a personal number.
pub(super) fn fault(number: &str) -> Option<&'static str> {
    let form = "a personal number that is not ååååmmdd-nnnn";
    let Some((date, rest)) = number.split_once('-') else {
        return Some(form);
    };
    let is_number = |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(date, 8) || !is_number(rest, 4) {
        return Some(form);
    }
    if !exists(date) {
        return Some("a personal number of a date that does not exist");
    }
    let digits: String = date.chars().skip(2).chain(rest.chars()).collect();
    let wrong = digits.split_at_checked(9).is_none_or(|(body, last)| luhn_digit(body).to_string() != last);
    wrong.then_some("a personal number with a wrong check digit")
}

/// The twelve digits of a register, hyphenated.
pub(super) fn hyphenated(number: &str) -> String {
    number.split_at_checked(8).map_or_else(|| number.to_owned(), |(date, rest)| format!("{date}-{rest}"))
}

fn exists(date: &str) -> bool {
    let day = |date: i32| i8::try_from(date % 100).ok();
    let Ok(date) = date.parse::<i32>() else {
        return false;
    };
    let parts = || Some((i16::try_from(date / 10_000).ok()?, day(date / 100)?, day(date)?));
    parts().is_some_and(|(year, month, day)| {
        let day = if day > COORDINATION { day - COORDINATION } else { day };
        year > 1_800 && Date::new(year, month, day).is_ok()
    })
}
