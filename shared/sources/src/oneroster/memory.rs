//! What has been learnt about a provider, kept between reads.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use roster::{Id, Validity};
use serde::{Deserialize, Serialize};

use super::mapping::{Above, Status};

/// How long a capability stays off before it is tried again.
const UNTIL_NEXT_TRY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Sessions kept; a municipality has some hundreds. Those that ended first are forgotten first, with their classes.
const MOST_SESSIONS: usize = 4_000;

/// What a provider may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Capability {
    /// `filter=dateLastModified>…`.
    Changes,
    /// `sort=sourcedId`.
    Sort,
    /// `/schools/{id}/classes/{id}/enrollments`; without it enrollments are filtered by class.
    MembersInSchool,
}

/// What has been learnt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    /// What the provider turned out to lack, and when.
    #[serde(default)]
    off: BTreeMap<Capability, Timestamp>,
    /// Academic sessions by first and last day, since many have the same.
    #[serde(default)]
    sessions: BTreeMap<Period, Vec<Id>>,
    /// Organisations that are no schools.
    #[serde(default)]
    pub(super) above: Above,
}

/// First and last day, as `2026-08-17/2026-12-18`.
type Period = String;

impl Memory {
    /// What an earlier read remembered. Memory that cannot be read is no memory.
    pub(super) fn recall(text: Option<&str>) -> Option<Self> {
        text.and_then(|text| serde_json::from_str(text).ok())
    }

    /// Whether a capability may be relied on, or is due to be tried again.
    pub(super) fn has(&self, capability: Capability, now: Timestamp) -> bool {
        self.off.get(&capability).is_none_or(|since| now.duration_since(*since) >= UNTIL_NEXT_TRY)
    }

    /// A capability turned out to be missing.
    pub(super) fn lacks(&mut self, capability: Capability, now: Timestamp) {
        self.off.insert(capability, now);
    }

    /// A capability turned out to be there.
    pub(super) fn finds(&mut self, capability: Capability) {
        self.off.remove(&capability);
    }

    /// When a session is.
    pub(super) fn session(&self, id: Id) -> Option<Validity> {
        let (period, _) = self.sessions.iter().find(|(_, ids)| ids.binary_search(&id).is_ok())?;
        validity(period)
    }

    /// Learns a session, or that it is gone. Gives whether it was known otherwise: its classes have another period now.
    pub(super) fn learn(&mut self, id: Id, status: Status, when: Validity) -> bool {
        let known = self.session(id);
        let now = (status == Status::Here).then_some(when);
        if known == now {
            return false;
        }
        self.sessions.values_mut().for_each(|ids| ids.retain(|it| *it != id));
        if let Some(period) = now.and_then(period) {
            let ids = self.sessions.entry(period).or_default();
            ids.push(id);
            ids.sort_unstable();
        }
        self.sessions.retain(|_, ids| !ids.is_empty());
        self.forget_oldest();
        known.is_some()
    }

    fn forget_oldest(&mut self) {
        let count = |sessions: &BTreeMap<Period, Vec<Id>>| sessions.values().map(Vec::len).sum::<usize>();
        while count(&self.sessions) > MOST_SESSIONS {
            let oldest = self.sessions.keys().min_by_key(|period| validity(period).and_then(|it| it.end)).cloned();
            let Some(oldest) = oldest else { return };
            let ids = self.sessions.entry(oldest.clone()).or_default();
            ids.pop();
            if ids.is_empty() {
                self.sessions.remove(&oldest);
            }
        }
    }

    /// The memory to keep, if it differs from what it was.
    pub(super) fn keep(&self, before: Option<&str>) -> Option<String> {
        if Self::recall(before).as_ref() == Some(self) { None } else { serde_json::to_string(self).ok() }
    }
}

fn period(validity: Validity) -> Option<Period> {
    let start = validity.start.map(|day| day.to_string()).unwrap_or_default();
    Some(format!("{start}/{}", validity.end?))
}

fn validity(period: &str) -> Option<Validity> {
    let (start, end) = period.split_once('/')?;
    let end: Date = end.parse().ok()?;
    Some(Validity::new(start.parse().ok(), Some(end)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn term(year: i16) -> Validity {
        Validity::new(Some(date(year, 8, 17)), Some(date(year, 12, 18)))
    }

    fn id(n: usize) -> Id {
        Id::derived(&[&n.to_string()])
    }

    #[test]
    fn what_is_missing_is_tried_again_after_a_week() {
        let mut memory = Memory::default();

        memory.lacks(Capability::Changes, at("2026-11-01T00:00:00Z"));

        let seen = ["2026-11-07T23:59:59Z", "2026-11-08T00:00:00Z"].map(|now| memory.has(Capability::Changes, at(now)));
        assert_eq!(seen, [false, true]);
    }

    #[test]
    fn a_session_survives_being_kept() {
        let mut memory = Memory::default();
        memory.learn(id(1), Status::Here, term(2026));
        memory.learn(id(2), Status::Here, Validity::new(None, Some(date(2027, 6, 11))));

        let kept = Memory::recall(memory.keep(None).as_deref()).unwrap();

        assert_eq!((kept.session(id(1)), kept.session(id(3))), (Some(term(2026)), None));
        assert_eq!(kept, memory);
    }

    #[test]
    fn only_a_known_session_that_is_otherwise_now_is_news_for_its_classes() {
        let mut memory = Memory::default();

        let told = [
            (Status::Here, term(2026)),
            (Status::Here, term(2026)),
            (Status::Here, term(2027)),
            (Status::Gone, term(2027)),
        ]
        .map(|(status, when)| memory.learn(id(1), status, when));

        assert_eq!(told, [false, false, true, true]);
        assert_eq!(memory, Memory::default());
    }

    #[test]
    fn the_sessions_that_ended_first_are_forgotten_first() {
        let mut memory = Memory::default();
        memory.learn(id(0), Status::Here, term(2020));

        for n in 1..=MOST_SESSIONS {
            memory.learn(id(n), Status::Here, term(2026));
        }

        assert_eq!((memory.session(id(0)), memory.session(id(1))), (None, Some(term(2026))));
    }

    #[test]
    fn foreign_memory_is_no_memory() {
        assert_eq!(Memory::recall(Some("[1]")), None);
    }
}
