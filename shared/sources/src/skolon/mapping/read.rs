//! Reading one record's fields, and writing down what could not be read.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use roster::validity::start_of_day;
use roster::{Id, RecordKind};
use serde_json::Value;

use super::native_identity;
use crate::Unreadable;
use crate::skolon::feed::Feed;

/// Numbers from here on are milliseconds since 1970, smaller ones seconds.
const MILLISECONDS: u64 = 100_000_000_000;

/// 31 December 9999, as registers write "for ever", in milliseconds. Time itself ends a little earlier here.
const LAST_DAY: std::ops::Range<i64> = 253_402_207_200_000..253_402_300_800_000;

/// Why a record is left out.
#[derive(Debug)]
pub(super) struct Lost(String);

impl Lost {
    pub(super) fn record() -> Self {
        Self("the record is not an object".to_owned())
    }

    pub(super) fn field(name: &str) -> Self {
        Self(format!("{name} is missing or cannot be read, and the record is nothing without it"))
    }
}

/// One record being read.
#[derive(Debug)]
pub(super) struct RecordReader<'n> {
    kind: RecordKind,
    id: Option<Id>,
    notes: &'n mut Vec<Unreadable>,
}

impl<'n> RecordReader<'n> {
    pub(super) const fn new(kind: RecordKind, notes: &'n mut Vec<Unreadable>) -> Self {
        Self { kind, id: None, notes }
    }

    /// The record as a whole is left out.
    pub(super) fn lost(&mut self, lost: Lost) {
        self.write("skolon.record_unreadable", lost.0, true);
    }

    /// Something about the record deserves a warning.
    pub(super) fn warn(&mut self, code: &str, reason: impl Into<String>) {
        self.write(code, reason.into(), false);
    }

    fn write(&mut self, code: &str, reason: String, lost: bool) {
        let id = self.id.map(|id| id.to_string());
        self.notes.push(Unreadable { kind: self.kind, id, code: code.to_owned(), reason, lost });
    }

    /// A field is left out.
    pub(super) fn unreadable(&mut self, name: &str) {
        self.warn("skolon.field_unreadable", format!("{name} cannot be read and is left out"));
    }

    /// The record's own identity.
    pub(super) fn identity(&mut self, feed: Feed, uuid: Option<&Value>, native: Option<&str>) -> Result<Id, Lost> {
        let by_uuid = uuid.and_then(Value::as_str).and_then(|text| text.parse().ok());
        self.id = by_uuid.or_else(|| native.map(|native| native_identity(feed, native)));
        self.id.ok_or_else(|| Lost::field("id"))
    }

    /// Text; `None` when absent, blank or unreadable.
    pub(super) fn text(&mut self, name: &str, value: Option<&Value>) -> Option<String> {
        let value = value?;
        if !(value.is_string() || value.is_number()) {
            self.unreadable(name);
        }
        text(value)
    }

    /// Text that a record should have; empty, with a warning, when it is not there.
    pub(super) fn required_text(&mut self, name: &str, value: Option<&Value>) -> String {
        if value.is_none() {
            self.warn("skolon.field_missing", format!("{name} is missing"));
        }
        self.text(name, value).unwrap_or_default()
    }

    /// A mark that decides about the whole record: one that cannot be read is not taken for "no".
    pub(super) fn flag(&self, name: &str, value: Option<&Value>) -> Result<bool, Lost> {
        match value {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) => text.trim().to_lowercase().parse().map_err(|_| Lost::field(name)),
            Some(_) => Err(Lost::field(name)),
        }
    }
}

/// Text without surrounding blanks, or a whole number's digits.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// An instant: a time stamp (UTC when it names no zone), the end of a date in Sweden, or a number since 1970.
pub(super) fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number.as_i64().and_then(since_1970),
        Value::String(text) => written(text.trim()),
        _ => None,
    }
}

fn since_1970(number: i64) -> Option<Timestamp> {
    if LAST_DAY.contains(&number) {
        return Some(Timestamp::MAX);
    }
    let read = if number.unsigned_abs() >= MILLISECONDS { Timestamp::from_millisecond } else { Timestamp::from_second };
    read(number).ok()
}

fn written(text: &str) -> Option<Timestamp> {
    if text.len() == 10 {
        let last: Date = text.parse().ok()?;
        return Some(last.tomorrow().map_or(Timestamp::MAX, start_of_day));
    }
    if text.starts_with("9999-12-31T") {
        return Some(Timestamp::MAX);
    }
    let zoned = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse().ok().or_else(zoned)
}
