//! News: what has changed of that which others read here, and who is to be told to come and look. Pure: time is passed in.
//!
//! ```text
//!          hear                  begin                     done: every subscriber has it on the list
//! nothing ──────▶ heard ──────────────────▶ being spread ─────────────────────────────────▶ nothing
//!                   ▲                          │ failed; who spread it died
//!                   └──────────────────────────┘
//! ```
//!
//! What is published is stored before it is heard of here, and a subscriber is told after it is on the list: whoever comes
//! to look finds it. What is heard while it is being spread is spread again.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backoff;
use crate::delivery::{Lease, Trouble, later};
use crate::object::is_default;

/// How long news are gathered: related changes belong in one notice, and what has just been stored takes a moment to be
/// listed.
pub const GATHERED: Duration = Duration::from_secs(10);

/// How long whoever spreads news may take.
const SPREADING: Duration = Duration::from_secs(60);

/// How long a subscription lasts unless it is renewed.
pub const SUBSCRIBED_FOR: Duration = Duration::from_secs(30 * 86_400);

/// What there is to come and look at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// The resources of which something came or changed, in the target's own words, e.g. `Person`.
    #[serde(rename = "m", skip_serializing_if = "BTreeSet::is_empty")]
    pub modified: BTreeSet<String>,
    /// Those of which something is gone.
    #[serde(rename = "d", skip_serializing_if = "BTreeSet::is_empty")]
    pub deleted: BTreeSet<String>,
}

impl Changes {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.modified.is_empty() && self.deleted.is_empty()
    }

    fn add(&mut self, more: Self) {
        self.modified.extend(more.modified);
        self.deleted.extend(more.deleted);
    }

    /// Those of some resources.
    fn of(&self, resources: &BTreeSet<String>) -> Self {
        let of = |all: &BTreeSet<String>| all.intersection(resources).cloned().collect();
        Self { modified: of(&self.modified), deleted: of(&self.deleted) }
    }
}

/// The news of a target, which nobody has been told yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct News {
    /// What was heard.
    #[serde(rename = "c", skip_serializing_if = "is_default")]
    changes: Changes,
    /// Since when.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// Who spreads what.
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    spreading: Option<(Lease, Changes)>,
}

impl News {
    /// Something of a resource was published, or is gone.
    pub fn hear(&mut self, resource: &str, is_gone: bool, now: Timestamp) {
        let of = if is_gone { &mut self.changes.deleted } else { &mut self.changes.modified };
        if of.insert(resource.to_owned()) {
            self.since = self.since.or(Some(now));
        }
    }

    /// When they are to be spread. `None`: there are none, or somebody is at it.
    #[must_use]
    pub fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.spreading {
            Some((lease, _)) if lease.until > now => None,
            Some((lease, _)) => Some(lease.until),
            None => self.since.map(|since| later(since, GATHERED)),
        }
    }

    /// Asks for the spreading, and gives what is to be spread. The lease is set, and must be stored before anybody is told.
    pub fn begin(&mut self, holder: &str, now: Timestamp) -> Option<Changes> {
        self.due_at(now).filter(|due| *due <= now)?;
        let mut changes = std::mem::take(&mut self.changes);
        self.since = None;
        changes.add(self.spreading.take().map(|(_, left)| left).unwrap_or_default());
        let lease = Lease { holder: holder.to_owned(), until: later(now, SPREADING) };
        self.spreading = Some((lease, changes.clone()));
        Some(changes)
    }

    /// Every subscriber has them on the list.
    pub fn done(&mut self, holder: &str) {
        self.spreading.take_if(|(lease, _)| lease.holder == holder);
    }
}

/// Somebody who wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Names it.
    #[serde(rename = "i")]
    pub id: String,
    /// The name that the subscriber gave it.
    #[serde(rename = "n")]
    pub name: String,
    /// Where notices are posted.
    #[serde(rename = "u")]
    pub target: String,
    /// Of which resources.
    #[serde(rename = "r")]
    pub resources: BTreeSet<String>,
    /// Until when, unless it is renewed.
    #[serde(rename = "e")]
    pub expires: Timestamp,
    /// What the subscriber has not been told.
    #[serde(rename = "w", default, skip_serializing_if = "is_default")]
    waiting: Changes,
    /// Counts what was put on the list.
    #[serde(rename = "h", default, skip_serializing_if = "is_default")]
    heard: u64,
    /// Failures in a row.
    #[serde(rename = "f", default, skip_serializing_if = "is_default")]
    pub failures: u32,
    /// Not before then, after a failure.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    /// What went wrong last, until it goes right.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// What is to be posted, and as of when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it tells.
    pub changes: Changes,
    heard: u64,
}

impl Subscription {
    /// A new one, which has nothing to be told.
    #[must_use]
    pub fn new(id: String, name: String, target: String, resources: BTreeSet<String>, now: Timestamp) -> Self {
        Self {
            id,
            name,
            target,
            resources,
            expires: later(now, SUBSCRIBED_FOR),
            waiting: Changes::default(),
            heard: 0,
            failures: 0,
            not_before: None,
            trouble: None,
        }
    }

    /// It is wanted for as long again.
    pub fn renew(&mut self, now: Timestamp) {
        self.expires = later(now, SUBSCRIBED_FOR);
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires <= now
    }

    /// Puts on the list what it is about.
    pub fn hear(&mut self, changes: &Changes) {
        let mine = changes.of(&self.resources);
        if !mine.is_empty() {
            self.waiting.add(mine);
            self.heard = self.heard.wrapping_add(1);
        }
    }

    /// What is to be posted now. `None`: nothing, or not yet.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Option<Notice> {
        let is_due = !self.waiting.is_empty() && !self.is_over(now) && self.not_before.is_none_or(|at| at <= now);
        is_due.then(|| Notice { changes: self.waiting.clone(), heard: self.heard })
    }

    /// The subscriber was told. What was put on the list meanwhile stays there, with what was told: it may have been stored
    /// after the subscriber looked.
    pub fn told(&mut self, notice: &Notice) {
        (self.failures, self.not_before, self.trouble) = (0, None, None);
        if self.heard == notice.heard {
            self.waiting = Changes::default();
        }
    }

    /// The subscriber could not be told. `jitter` is between 0 and 1.
    pub fn failed(&mut self, trouble: Trouble, jitter: f64) {
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(later(trouble.at, backoff::pause(self.failures, jitter, None)));
        self.trouble = Some(trouble);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    fn of(modified: &[&str], deleted: &[&str]) -> Changes {
        let set = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        Changes { modified: set(modified), deleted: set(deleted) }
    }

    fn subscription(resources: &[&str]) -> Subscription {
        let resources = resources.iter().map(|it| (*it).to_owned()).collect();
        Subscription::new("1".into(), "DNP".into(), "https://reader.example/".into(), resources, at(0))
    }

    fn trouble(second: i64) -> Trouble {
        Trouble { code: "notice.unreachable".into(), message: String::new(), at: at(second) }
    }

    #[test]
    fn related_changes_are_spread_together() {
        let mut news = News::default();
        news.hear("Person", false, at(0));
        news.hear("Group", false, at(4));
        news.hear("Person", true, at(9));

        let (early, spread) = (news.clone().begin("a", at(9)), news.begin("a", at(10)));

        assert_eq!((early, spread), (None, Some(of(&["Group", "Person"], &["Person"]))));
    }

    #[test]
    fn what_is_heard_while_news_are_spread_is_spread_again() {
        let mut news = News::default();
        news.hear("Person", false, at(0));
        news.begin("a", at(10));

        news.hear("Person", false, at(11));
        news.done("a");

        assert_eq!(news.begin("b", at(21)), Some(of(&["Person"], &[])));
    }

    #[test]
    fn who_dies_while_spreading_leaves_it_to_the_next() {
        let mut news = News::default();
        news.hear("Person", false, at(0));
        news.begin("a", at(10));
        news.hear("Group", false, at(12));

        let (meanwhile, afterwards) = (news.clone().begin("b", at(69)), news.begin("b", at(70)));
        news.done("a");

        assert_eq!((meanwhile, afterwards), (None, Some(of(&["Group", "Person"], &[]))));
        assert_eq!(news.due_at(at(71)), None, "whoever has lost the spreading has nothing to say");
    }

    #[test]
    fn a_subscriber_hears_of_what_the_subscription_is_about() {
        let mut subscription = subscription(&["Person"]);

        subscription.hear(&of(&["Group"], &["Duty"]));
        let nothing = subscription.due(at(0));
        subscription.hear(&of(&["Group", "Person"], &["Person"]));

        assert_eq!((nothing, subscription.due(at(0)).unwrap().changes), (None, of(&["Person"], &["Person"])));
    }

    #[test]
    fn what_comes_while_a_notice_is_under_way_is_told_again() {
        let mut subscription = subscription(&["Person", "Group"]);
        subscription.hear(&of(&["Person"], &[]));
        let notice = subscription.due(at(0)).unwrap();

        subscription.hear(&of(&["Person"], &[]));
        subscription.told(&notice);

        assert_eq!(subscription.due(at(0)).unwrap().changes, of(&["Person"], &[]));
    }

    #[test]
    fn a_subscriber_that_is_away_is_tried_ever_more_seldom() {
        let mut subscription = subscription(&["Person"]);
        subscription.hear(&of(&["Person"], &[]));

        subscription.failed(trouble(0), 0.5);
        let first = [1, 2].map(|second| subscription.due(at(second)).is_some());
        subscription.failed(trouble(2), 0.5);

        assert_eq!((first, [7, 8].map(|it| subscription.due(at(it)).is_some())), ([false, true], [false, true]));
    }

    #[test]
    fn a_subscription_that_is_over_is_told_nothing() {
        let mut subscription = subscription(&["Person"]);
        subscription.hear(&of(&["Person"], &[]));

        let end = later(at(0), SUBSCRIBED_FOR);
        let over = subscription.due(end);
        subscription.renew(end);

        assert_eq!((over, subscription.due(end).is_some()), (None, true));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Publish(u8),
        Begin(u8),
        Spread(u8),
        Done(u8),
        Post,
        Answer,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0u8..3).prop_map(Step::Publish),
            (0u8..2).prop_map(Step::Begin),
            (0u8..2).prop_map(Step::Spread),
            (0u8..2).prop_map(Step::Done),
            Just(Step::Post),
            Just(Step::Answer),
        ]
    }

    proptest! {
        /// In whatever order workers act, and wherever they die: in the end the subscriber has been told to look after
        /// everything was stored.
        #[test]
        fn whatever_is_published_is_looked_at_in_the_end(steps in prop::collection::vec(step(), 0..40)) {
            let resources = ["Person", "Group", "Duty"];
            let (mut news, mut subscription) = (News::default(), subscription(&resources));
            let mut begun: [Option<Changes>; 2] = [None, None];
            let (mut unseen, mut posted, mut now) = (BTreeSet::new(), None, 0);
            let last = [Step::Begin(0), Step::Spread(0), Step::Done(0), Step::Post, Step::Answer];
            for step in steps.into_iter().chain(last) {
                now += 100;
                match step {
                    Step::Publish(which) => {
                        let resource = resources[usize::from(which)];
                        unseen.insert(resource.to_owned());
                        news.hear(resource, false, at(now));
                    }
                    Step::Begin(who) => begun[usize::from(who)] = news.begin(&who.to_string(), at(now)),
                    Step::Spread(who) => {
                        if let Some(changes) = &begun[usize::from(who)] {
                            subscription.hear(changes);
                        }
                    }
                    // Only whoever has put it on the list says so.
                    Step::Done(who) => if let Some(changes) = begun[usize::from(who)].take() {
                        subscription.hear(&changes);
                        news.done(&who.to_string());
                    },
                    Step::Post => if let Some(notice) = subscription.due(at(now)) {
                        unseen.retain(|it| !notice.changes.modified.contains(it));
                        posted = Some(notice);
                    },
                    Step::Answer => if let Some(notice) = posted.take() {
                        subscription.told(&notice);
                    },
                }
            }
            prop_assert_eq!(unseen, BTreeSet::new());
        }
    }
}
