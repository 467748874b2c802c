//! What has been learnt about a provider, kept between reads.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::resource::Resource;

/// How long a capability stays off before it is tried again.
const UNTIL_NEXT_TRY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long lists may be empty without anybody being gone. SchoolSoft says "a few days" late in June.
const LONGEST_ARCHIVING: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What a provider may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Capability {
    /// `meta.modified.after`.
    Changes,
    /// `/deletedEntities`.
    DeletedEntities,
    /// `limit`.
    Limit,
}

/// What has been learnt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    /// What the provider turned out to lack, and when.
    #[serde(default)]
    off: BTreeMap<Capability, Timestamp>,
    /// Resources that it does not have. Every full read asks for them again.
    #[serde(default)]
    pub(super) resources_missing: BTreeSet<Resource>,
    /// Lists that were not empty at the last full read, of a provider that empties its lists now and then; and since when
    /// they are.
    #[serde(default)]
    filled: BTreeMap<Resource, Option<Timestamp>>,
}

impl Memory {
    /// What an earlier read remembered. Memory that cannot be read is no memory.
    pub(super) fn recall(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
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

    /// A list has been read that is not empty.
    pub(super) fn is_filled(&mut self, resource: Resource) {
        self.filled.insert(resource, None);
    }

    /// Whether an empty list is believed: it always was, or it has been for long.
    pub(super) fn may_be_empty(&mut self, resource: Resource, now: Timestamp) -> bool {
        let Some(since) = self.filled.get_mut(&resource) else { return true };
        let since = *since.get_or_insert(now);
        now.duration_since(since) >= LONGEST_ARCHIVING
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
    fn what_is_missing_is_tried_again_after_a_week() {
        let mut memory = Memory::default();

        memory.lacks(Capability::Changes, at("2026-11-01T00:00:00Z"));

        let seen = ["2026-11-07T23:59:59Z", "2026-11-08T00:00:00Z"].map(|now| memory.has(Capability::Changes, at(now)));
        assert_eq!(seen, [false, true]);
    }

    #[test]
    fn a_list_that_was_filled_is_believed_to_be_empty_after_two_weeks() {
        let mut memory = Memory::default();
        let days = ["2026-06-20T00:00:00Z", "2026-06-23T00:00:00Z", "2026-07-04T00:00:00Z"];
        let before = memory.may_be_empty(Resource::Groups, at(days[0]));

        memory.is_filled(Resource::Groups);

        let seen = days.map(|now| memory.may_be_empty(Resource::Groups, at(now)));
        assert_eq!((before, seen), (true, [false, false, true]));
    }

    #[test]
    fn memory_survives_being_kept() {
        let mut memory = Memory::default();
        memory.lacks(Capability::Limit, at("2026-11-01T00:00:00Z"));
        memory.resources_missing.insert(Resource::Activities);

        let kept = memory.keep(None).unwrap();

        assert_eq!(Memory::recall(Some(&kept)), memory);
    }

    #[test]
    fn nothing_learnt_is_nothing_to_keep() {
        assert_eq!(Memory::default().keep(None), None);
    }

    #[test]
    fn foreign_memory_is_no_memory() {
        assert_eq!(Memory::recall(Some("[1]")), Memory::default());
    }
}
