//! What both files of a pair are called: `{municipality}_{YYYYMMDD}_{HHMM}` (help page 80000377954).

use jiff::civil::{Date, DateTime, Time};

/// Bytes of `_YYYYMMDD_HHMM`.
const MOMENT: usize = 14;
/// Characters of a name that are repeated in a complaint.
const SHOWN: usize = 80;
const FORM: &str = "not of the form municipality_YYYYMMDD_HHMM";

/// When the pair says that it was written, in whatever time zone its writer has.
pub(super) fn written(stem: &str, municipality: &str) -> Result<DateTime, &'static str> {
    let (named, moment) = stem.len().checked_sub(MOMENT).and_then(|at| stem.split_at_checked(at)).ok_or(FORM)?;
    let (date, time) = moment.strip_prefix('_').and_then(|it| it.split_once('_')).ok_or(FORM)?;
    let (date, time) = (digits(date, 8).ok_or(FORM)?, digits(time, 4).ok_or(FORM)?);
    let moment = civil(date, time).ok_or("a date or a time that does not exist")?;
    if named == municipality { Ok(moment) } else { Err("of another municipality") }
}

/// A name as it may stand in a complaint.
pub(super) fn shown(name: &str) -> String {
    name.escape_debug().take(SHOWN).collect()
}

fn digits(text: &str, count: usize) -> Option<i32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn civil(date: i32, time: i32) -> Option<DateTime> {
    let small = |number: i32| i8::try_from(number % 100).ok();
    let date = Date::new(i16::try_from(date / 10_000).ok()?, small(date / 100)?, small(date)?).ok()?;
    Some(date.to_datetime(Time::new(small(time / 100)?, small(time)?, 0, 0).ok()?))
}
