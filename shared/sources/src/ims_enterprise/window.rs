//! Windows of changes.
//!
//! The vendor answers for at least 5 minutes and at most 24 hours that ended at least 5 minutes ago and began at most
//! 30 days ago [Organization API v12 §9.2]. One window is asked for; after a longer silence everything is read, since
//! a change makes everything be read anyway.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

static STOCKHOLM: TimeZone = jiff::tz::get!("Europe/Stockholm");

/// The shortest window.
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);
/// The longest window, less what an hour that comes twice adds.
const LONGEST: SignedDuration = SignedDuration::from_hours(23);
/// How long ago a window ends: 5 minutes by the vendor's clock, which may be somewhat behind ours.
const AGO: SignedDuration = SignedDuration::from_secs(5 * 60 + 30);
/// How far before the end of the last window the next one begins.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// How instants are written in questions. The contract gives a form for documents only, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Times {
    /// Swedish time without a zone, `2026-11-25T09:00:00`, as documents have it.
    #[default]
    Local,
    /// Swedish time with its offset, `2026-11-25T09:00:00+01:00`.
    Offset,
    /// `2026-11-25T08:00:00Z`.
    Utc,
}

impl Window {
    /// The window after `cursor`, as far as it can be asked for at `now`. `None`: it would be too long.
    pub(super) fn after(cursor: Timestamp, now: Timestamp) -> Option<Self> {
        let end = whole_seconds(now.checked_sub(AGO).ok()?);
        let start = whole_seconds(cursor.checked_sub(OVERLAP).ok()?).min(end.checked_sub(SHORTEST).ok()?);
        (end.duration_since(start) <= LONGEST).then_some(Self { start, end })
    }

    /// Beginning and end as they are asked for. Without a zone an hour comes twice when the clocks go back: the window
    /// begins an hour earlier then, so that both are covered and it does not end before it begins.
    pub(super) fn written(&self, times: Times) -> [String; 2] {
        let back = offset(self.start) > offset(self.end);
        let start = if times == Times::Local && back {
            self.start.checked_sub(SignedDuration::from_hours(1)).unwrap_or(self.start)
        } else {
            self.start
        };
        [start, self.end].map(|at| times.write(at))
    }
}

impl Times {
    fn write(self, at: Timestamp) -> String {
        let zoned = at.to_zoned(STOCKHOLM.clone());
        match self {
            Self::Local => zoned.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            Self::Offset => zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            Self::Utc => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

fn offset(at: Timestamp) -> i32 {
    at.to_zoned(STOCKHOLM.clone()).offset().seconds()
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn asked(cursor: &str, now: &str) -> [String; 2] {
        Window::after(at(cursor), at(now)).unwrap().written(Times::Local)
    }

    #[test]
    fn a_window_begins_before_the_last_one_ended_and_ends_in_time() {
        assert_eq!(
            asked("2026-11-25T08:00:00Z", "2026-11-25T08:20:00Z"),
            ["2026-11-25T08:55:00", "2026-11-25T09:14:30"]
        );
    }

    #[test]
    fn a_window_that_would_be_too_short_begins_earlier() {
        assert_eq!(
            asked("2026-11-25T08:19:00Z", "2026-11-25T08:20:00Z"),
            ["2026-11-25T09:09:30", "2026-11-25T09:14:30"]
        );
    }

    #[test]
    fn after_a_long_silence_there_is_no_window() {
        assert_eq!(Window::after(at("2026-11-24T08:00:00Z"), at("2026-11-25T08:20:00Z")), None);
    }

    #[test]
    fn when_the_clocks_go_back_both_hours_are_covered() {
        assert_eq!(
            asked("2026-10-25T00:50:00Z", "2026-10-25T01:10:30Z"),
            ["2026-10-25T01:45:00", "2026-10-25T02:05:00"]
        );
    }

    #[test]
    fn instants_are_written_in_three_ways() {
        let written = [Times::Local, Times::Offset, Times::Utc].map(|it| it.write(at("2026-07-01T08:00:00Z")));

        assert_eq!(written, ["2026-07-01T10:00:00", "2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00Z"]);
    }

    proptest! {
        #[test]
        fn every_window_is_within_the_vendors_rules(since in 0i64..200_000, now in 1_790_000_000i64..1_800_000_000) {
            let now = Timestamp::from_second(now).unwrap();
            let cursor = now.checked_sub(SignedDuration::from_secs(since)).unwrap();
            let Some(window) = Window::after(cursor, now) else {
                prop_assert!(since > 22 * 3_600);
                return Ok(());
            };

            let [start, end] = window.written(Times::Local).map(|it| it.parse::<jiff::civil::DateTime>().unwrap());
            let asked = end.duration_since(start);
            prop_assert!(asked >= SignedDuration::from_mins(5) && asked <= SignedDuration::from_hours(24));
            prop_assert!(now.duration_since(window.end) >= SignedDuration::from_mins(5));
            prop_assert!(window.start <= cursor);
        }
    }
}
