//! Personal numbers, periods and identifiers.

use jiff::ToSpan;
use roster::civic_number::CivicNumberKind;
use roster::validity::{date_in_sweden, minute_of_day, start_of_day};
use roster::{CivicNumber, Id, RecordKind, SubjectKey, Validity};

use crate::{now, today};

/// A personal number in any form.
pub fn civic_number(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = |text: &str| CivicNumber::read(text, today());
    let Some((number, warning)) = read(&text) else {
        assert!(text.trim().is_empty(), "a number was lost");
        return;
    };
    assert_eq!(number.checks(), warning.is_none());
    let value = number.value().as_str();
    assert_eq!(read(value), Some((number.clone(), warning)), "reading what was read changes it");
    if number.kind() == CivicNumberKind::Unrecognised {
        assert_eq!(value, text.trim(), "what is not understood is kept as it came");
    } else {
        assert!(value.len() == 12 && value.bytes().all(|it| it.is_ascii_alphanumeric()), "no canonical form");
    }
    assert_eq!(format!("{number:?}"), format!("CivicNumber({:?}, •••)", number.kind()));
    let stored = serde_json::to_string(&number).unwrap_or_default();
    assert_eq!(serde_json::from_str(&stored).ok(), Some(number), "a number changes in the table");
}

/// A period as it is stored, and an instant in the second line.
pub fn validity(data: &[u8]) {
    let (head, body) = crate::head_and_body(data);
    let Ok(period) = serde_json::from_slice::<Validity>(head) else { return };
    let stored = serde_json::to_string(&period).unwrap_or_default();
    assert_eq!(serde_json::from_str(&stored).ok(), Some(period), "a period changes in the table");
    let at = std::str::from_utf8(body).ok().and_then(|text| text.trim().parse().ok()).unwrap_or_else(now);
    let day = date_in_sweden(at);
    assert!(minute_of_day(at) < 24 * 60 && start_of_day(day) <= at, "a day begins after it has begun");
    match period.next_turn(day) {
        Some(turn) => {
            assert!(turn > day, "a turn lies behind");
            let eve = turn.checked_sub(1.day()).unwrap_or(day);
            assert_eq!(period.is_active(eve), period.is_active(day), "it turns before its turn");
        }
        None => assert_eq!(period.is_active(jiff::civil::Date::MAX), period.is_active(day), "it turns without a turn"),
    }
}

/// An identifier, alone or as part of a key.
pub fn identifier(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(id) = text.parse::<Id>() {
        let written = id.to_string();
        assert!(written.len() == 36 && written == written.to_lowercase(), "not as the profile wants it");
        assert_eq!(written.parse(), Ok(id));
        assert_eq!(Id::from_source("demo", &text), id, "a UUID is kept");
    }
    let derived = Id::from_source("demo", &text);
    assert_eq!(derived, Id::from_source("demo", &text));
    assert_eq!(derived.to_string().parse(), Ok(derived));
    if let Ok(key) = text.parse::<SubjectKey>() {
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(serde_json::to_string(&key).ok(), Some(format!("\"{key}\"")));
    }
    if let Ok(kind) = text.parse::<RecordKind>() {
        assert_eq!(kind.as_str(), text);
    }
}
