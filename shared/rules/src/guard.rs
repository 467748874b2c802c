//! The guard: removals that look like a mistake wait for a person. Creates and updates are never its business.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The rolling window: many small removals within it are one large one.
pub const WINDOW: Duration = Duration::from_secs(24 * 3_600);

/// How long a count of what a target has is believed.
const COUNTED_FOR: Duration = Duration::from_secs(3_600);

/// Removals are remembered by the hour: what happened within one leaves the window together.
const STEP: i64 = 3_600;

/// When removals are held. Defaults as promised in the README.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Removals are held above this share of what was there, in percent …
    pub removed_percent: f64,
    /// … when they are also more than this many.
    pub removed_count: u64,
    /// Replaced identities (as many new ones as old ones gone) are held above this share, in percent.
    pub replaced_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { removed_percent: 5.0, removed_count: 20, replaced_percent: 30.0 }
    }
}

/// What is about to happen to one kind of record of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// How many there were.
    pub before: u64,
    /// How many would be removed now.
    pub removed: u64,
    /// How many new ones the same read brought.
    pub added: u64,
    /// How many were removed earlier in the rolling window: many small removals are one large one.
    pub removed_recently: u64,
    /// How many new ones came together with those.
    pub added_recently: u64,
    /// How many of those to be removed are schools or school units that still have people or groups.
    pub schools_vanished: u64,
}

/// Why removals are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The kind was not empty and now is.
    EmptyKind,
    /// A school is gone.
    SchoolVanished,
    /// Too many of a kind would go.
    TooManyRemovals,
    /// Too many identities were replaced by new ones.
    IdentitiesReplaced,
}

impl HoldReason {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmptyKind => "guard.empty_kind",
            Self::SchoolVanished => "guard.school_vanished",
            Self::TooManyRemovals => "guard.too_many_removals",
            Self::IdentitiesReplaced => "guard.identities_replaced",
        }
    }
}

/// Judges removals, together with those of the rolling window; `None`: they may go on.
#[must_use]
pub fn judge(thresholds: &Thresholds, evidence: &Evidence) -> Option<HoldReason> {
    if evidence.removed == 0 {
        return None;
    }
    let removed = evidence.removed.saturating_add(evidence.removed_recently);
    let added = evidence.added.saturating_add(evidence.added_recently);
    // What was there when the window began, not what is left of it now: the same whether it goes at once or by drops.
    let before = evidence.before.saturating_add(evidence.removed_recently).saturating_sub(evidence.added_recently);
    if removed >= before && before > 1 {
        return Some(HoldReason::EmptyKind);
    }
    if evidence.schools_vanished > 0 {
        return Some(HoldReason::SchoolVanished);
    }
    if removed > thresholds.removed_count && share(removed, before) > thresholds.removed_percent {
        return Some(HoldReason::TooManyRemovals);
    }
    let replaced = removed.min(added);
    if replaced > 1 && share(replaced, before) > thresholds.replaced_percent {
        return Some(HoldReason::IdentitiesReplaced);
    }
    None
}

/// What a target has of a kind of subject, and what was taken away of it in the rolling window – for whatever reason that
/// is not a record gone from a source, which is judged there: validity that ended, licences, rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TakenAway {
    /// When what is there was last counted.
    #[serde(rename = "t", default)]
    counted: Option<Timestamp>,
    /// How many were taken away, by the hour in seconds since 1970.
    #[serde(rename = "h", default)]
    hours: BTreeMap<i64, u64>,
    /// How many there had been when the window began, as far as was known in each hour: those that came since are among
    /// what is there, and make no room for more removals.
    #[serde(rename = "b", default)]
    before: BTreeMap<i64, u64>,
}

impl TakenAway {
    /// Whether what is there must be counted before anything is judged.
    #[must_use]
    pub fn must_be_counted(&self, now: Timestamp) -> bool {
        self.counted.is_none_or(|at| now.duration_since(at).unsigned_abs() >= COUNTED_FOR)
    }

    /// Remembers how many there are.
    pub fn count(&mut self, there: u64, now: Timestamp) {
        let hour = self.leave_behind(now);
        let before = there.saturating_add(self.recently());
        self.before.entry(hour).and_modify(|known| *known = before.min(*known)).or_insert(before);
        self.counted = Some(now);
    }

    /// Judges one more removal, and counts it if it may go on.
    pub fn take(&mut self, thresholds: &Thresholds, is_school: bool, now: Timestamp) -> Option<HoldReason> {
        let hour = self.leave_behind(now);
        let recently = self.recently();
        let before = self.before.values().min().copied().unwrap_or(0);
        let evidence = Evidence {
            before: before.saturating_sub(recently),
            removed: 1,
            removed_recently: recently,
            schools_vanished: u64::from(is_school),
            ..Evidence::default()
        };
        let reason = judge(thresholds, &evidence);
        if reason.is_none() {
            *self.hours.entry(hour).or_insert(0) += 1;
        }
        reason
    }

    fn recently(&self) -> u64 {
        self.hours.values().sum()
    }

    /// Forgets what has left the window. Gives the hour it is.
    fn leave_behind(&mut self, now: Timestamp) -> i64 {
        let hour = now.as_second().div_euclid(STEP);
        let window = i64::try_from(WINDOW.as_secs()).unwrap_or(i64::MAX) / STEP;
        self.hours.retain(|then, _| hour - then <= window);
        self.before.retain(|then, _| hour - then <= window);
        hour
    }
}

#[allow(clippy::cast_precision_loss)] // counts of people: far below 2^52
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(before: u64, removed: u64) -> Evidence {
        Evidence { before, removed, ..Evidence::default() }
    }

    fn judged(evidence: &Evidence) -> Option<HoldReason> {
        judge(&Thresholds::default(), evidence)
    }

    #[test]
    fn twenty_of_a_hundred_may_go() {
        assert_eq!(judged(&of(100, 20)), None);
    }

    #[test]
    fn twenty_one_of_a_hundred_are_held() {
        assert_eq!(judged(&of(100, 21)), Some(HoldReason::TooManyRemovals));
    }

    #[test]
    fn five_percent_of_a_thousand_may_go() {
        assert_eq!(judged(&of(1_000, 50)), None);
    }

    #[test]
    fn many_small_removals_are_one_large_one() {
        let drip = Evidence { before: 80, removed: 1, removed_recently: 20, ..Evidence::default() };

        assert_eq!(judged(&drip), Some(HoldReason::TooManyRemovals));
    }

    #[test]
    fn a_kind_that_became_empty_is_held_however_small() {
        assert_eq!(judged(&of(3, 3)), Some(HoldReason::EmptyKind));
    }

    #[test]
    fn a_kind_that_is_emptied_by_drops_is_held_too() {
        let last = Evidence { before: 1, removed: 1, removed_recently: 14, ..Evidence::default() };

        assert_eq!(judged(&last), Some(HoldReason::EmptyKind));
    }

    #[test]
    fn identities_replaced_by_and_by_are_held_like_all_at_once() {
        let second = Evidence {
            before: 40,
            removed: 8,
            added: 8,
            removed_recently: 8,
            added_recently: 8,
            ..Evidence::default()
        };

        assert_eq!(judged(&second), Some(HoldReason::IdentitiesReplaced));
    }

    #[test]
    fn replaced_identities_are_held_though_the_count_stays() {
        let replaced = Evidence { before: 40, removed: 15, added: 15, ..Evidence::default() };

        assert_eq!(judged(&replaced), Some(HoldReason::IdentitiesReplaced));
    }

    #[test]
    fn a_vanished_school_is_held() {
        let vanished = Evidence { before: 30, removed: 1, schools_vanished: 1, ..Evidence::default() };

        assert_eq!(judged(&vanished), Some(HoldReason::SchoolVanished));
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * STEP).expect("an instant")
    }

    /// How many of a target's hundred go, one every so many hours, before one is held.
    fn gone_before_a_hold(hours_between: i64) -> i64 {
        let mut taken = TakenAway::default();
        (0..200)
            .find(|number| {
                let now = at(number * hours_between);
                taken.count(100, now);
                taken.take(&Thresholds::default(), false, now).is_some()
            })
            .unwrap_or(200)
    }

    #[test]
    fn the_twenty_first_removal_of_a_day_at_a_target_is_held() {
        assert_eq!(gone_before_a_hold(0), 20);
    }

    #[test]
    fn who_came_within_the_window_makes_no_room_for_more_removals() {
        let mut taken = TakenAway::default();
        taken.count(400, at(0));
        let went = (0..20).filter(|_| taken.take(&Thresholds::default(), false, at(0)).is_none()).count();

        taken.count(780, at(2));

        let next = taken.take(&Thresholds::default(), false, at(2));
        assert_eq!((went, next), (20, Some(HoldReason::TooManyRemovals)));
    }

    #[test]
    fn removals_spread_over_days_are_not_held() {
        assert_eq!(gone_before_a_hold(2), 200);
    }

    #[test]
    fn the_last_one_at_a_target_is_held() {
        let mut taken = TakenAway::default();
        taken.count(2, at(0));
        taken.take(&Thresholds::default(), false, at(0));

        assert_eq!(taken.take(&Thresholds::default(), false, at(0)), Some(HoldReason::EmptyKind));
    }

    #[test]
    fn a_count_is_believed_for_an_hour() {
        let mut taken = TakenAway::default();
        taken.count(2, at(0));

        assert_eq!((taken.must_be_counted(at(0)), taken.must_be_counted(at(1))), (false, true));
    }

    #[test]
    fn what_an_earlier_version_counted_is_counted_anew() {
        let stored = r#"{"n":["2027-01-15T08:00:00Z",100],"s":1,"h":{"500000":1}}"#;

        let taken: TakenAway = serde_json::from_str(stored).expect("it is still read");

        assert!(taken.must_be_counted(at(0)));
    }

    /// What one read would bring: how many go, and how many come.
    fn reads() -> impl Strategy<Value = Vec<(u64, u64)>> {
        proptest::collection::vec((1u64..30, 0u64..30), 1..6)
    }

    proptest! {
        #[test]
        fn more_removals_are_never_judged_milder(
            before in 0u64..500, removed in 0u64..500, recently in 0u64..50, added in 0u64..50, lately in 0u64..50,
        ) {
            let less = Evidence {
                before, removed, added, removed_recently: recently, added_recently: lately, schools_vanished: 0,
            };
            let more = Evidence { removed: removed + 1, ..less };
            prop_assert!(judged(&less).is_none() || judged(&more).is_some());
        }

        #[test]
        fn a_stricter_threshold_never_lets_more_go(before in 1u64..500, removed in 1u64..500, percent in 0.0f64..100.0) {
            let strict = Thresholds { removed_percent: percent / 2.0, ..Thresholds::default() };
            let loose = Thresholds { removed_percent: percent, ..Thresholds::default() };
            prop_assert!(judge(&loose, &of(before, removed)).is_none() || judge(&strict, &of(before, removed)).is_some());
        }

        /// However a day's removals are split over reads, the last of them is judged as all of them at once.
        #[test]
        fn removals_split_in_any_way_are_judged_as_at_once(before in 0u64..300, reads in reads()) {
            let (mut there, mut window) = (before, (0, 0));
            let mut last = None;
            for (removed, added) in reads {
                let removed = removed.min(there);
                if removed == 0 {
                    break;
                }
                last = judged(&Evidence {
                    before: there, removed, added, removed_recently: window.0, added_recently: window.1, schools_vanished: 0,
                });
                there = there - removed + added;
                window = (window.0 + removed, window.1 + added);
            }

            let at_once = Evidence { before, removed: window.0, added: window.1, ..Evidence::default() };

            prop_assert_eq!(last, judged(&at_once));
        }
    }
}
