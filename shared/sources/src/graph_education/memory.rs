//! What is kept between reads, small however many people there are.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What was seen when who and what is where was listed last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    /// A fingerprint of which users and classes are at which chosen schools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) listing: Option<String>,
    /// When it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) listed_at: Option<Timestamp>,
    /// Whether any class has ever had a member: if so, a page of classes without any is no truth.
    #[serde(default)]
    pub(super) members_seen: bool,
}

impl Memory {
    /// What an earlier read remembered. Memory that cannot be read is no memory.
    pub(super) fn recall(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Whether it is time to list again. Without an earlier listing there is nothing to compare with.
    pub(super) fn listing_is_due(&self, minutes: u32, now: Timestamp) -> bool {
        let pause = SignedDuration::from_mins(i64::from(minutes));
        minutes > 0 && self.listing.is_some() && self.listed_at.is_none_or(|at| now.duration_since(at) >= pause)
    }

    /// The memory to keep, if it differs from what it was.
    pub(super) fn keep(&self, before: Option<&str>) -> Option<String> {
        if *self == Self::recall(before) { None } else { serde_json::to_string(self).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_listing_is_due_when_the_pause_is_over() {
        let listed_at = Some(at("2026-11-22T12:00:00Z"));
        let memory = Memory { listing: Some("x".into()), listed_at, members_seen: true };

        let due = ["2026-11-22T12:14:59Z", "2026-11-22T12:15:00Z"].map(|now| memory.listing_is_due(15, at(now)));

        assert_eq!(due, [false, true]);
        assert!(!memory.listing_is_due(0, at("2026-11-23T12:00:00Z")));
    }

    #[test]
    fn memory_survives_being_kept_and_foreign_memory_is_none() {
        let memory = Memory { listing: Some("x".into()), ..Memory::default() };

        let kept = memory.keep(None).unwrap();

        assert_eq!(Memory::recall(Some(&kept)), memory);
        assert_eq!((memory.keep(Some(&kept)), Memory::recall(Some("[1]"))), (None, Memory::default()));
    }
}
