//! The state of one subject at one target, and every step it can take. Pure: time and chance are passed in.
//!
//! ```text
//!            mark                 claim                    settle: done
//! settled ─────────▶ to do ───────────────▶ leased ───────────────────────▶ settled (until the next turn)
//!                      ▲                      │ settle: later (retry, wait, throttled)
//!                      └──────────────────────┤
//!                                             │ settle: dead                  mark / replay
//!                                             └──────────────▶ dead letter ─────────────────▶ to do
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use roster::{Id, SubjectKey};
use serde::{Deserialize, Serialize};

use crate::object::{DeliveredObject, ObjectKey, Origin, WantedObject, is_default};
use crate::plan::{Operation, Plan};

mod answered_later;

pub use answered_later::Told;

/// How long a worker may keep a subject to itself. Longer than any target call may take.
pub const LEASE: Duration = Duration::from_secs(120);

/// How long after work became ready the timer takes it that nobody was woken.
pub const GRACE: Duration = Duration::from_secs(60);

/// Why a subject stays at a target that should not have it: a person has to say so first.
pub const REMOVAL_HELD: &str = "guard.removal_held";

/// Why a removal waits: those that refer to the subject have been asked to let go.
pub const STILL_REFERRED_TO: &str = "delivery.still_referred_to";

/// Why it waits for a target that contradicts itself: something is neither found there nor to be made.
pub const NOT_SPREAD: &str = "target.not_spread";

/// How many who ask it to let go a subject remembers. Whoever asks beyond them looks whether it is still under way.
const ASKED_BY_AT_MOST: usize = 200;

/// Which of a target's two lanes work travels in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Lane {
    /// Single changes.
    #[default]
    #[serde(rename = "f")]
    Fresh,
    /// First loads, rollovers, late retries.
    #[serde(rename = "b")]
    Bulk,
}

/// The stored state of one subject at one target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Delivery {
    /// Counts the changes made known. A worker remembers the count it decided from.
    #[serde(rename = "w", default)]
    pub wanted: u64,
    /// The count that the target is up to date with.
    #[serde(rename = "d", default)]
    pub delivered: u64,
    /// When the oldest change not yet delivered became known.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Timestamp>,
    /// When there is work to do; `None`: there is none.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// Which lane the work travels in.
    #[serde(rename = "l", default, skip_serializing_if = "is_default")]
    pub lane: Lane,
    /// Failures in a row.
    #[serde(rename = "f", default, skip_serializing_if = "is_default")]
    pub failures: u32,
    /// Waits in a row for something that was not there yet. Never counted as failures.
    #[serde(rename = "i", default, skip_serializing_if = "is_default")]
    pub waits: u32,
    /// How often the target has contradicted itself, about what is now to be delivered.
    #[serde(rename = "z", default, skip_serializing_if = "is_default")]
    pub contradictions: u32,
    /// Who works on it now.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// What the target last accepted from us.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<DeliveredObject>,
    /// What was decided last: delivered, or why nothing is wanted.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// What went wrong last, until it goes right.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// Refused for good, or given up: waits for a new change or a replay.
    #[serde(rename = "x", default, skip_serializing_if = "is_default")]
    pub dead: bool,
    /// Since when those that refer to it have not been told that its objects came or went. They were decided without.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub untold: Option<Timestamp>,
    /// Since when it may be taken away from the target: judged by the guard, or approved by a person. Until it is settled.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<Timestamp>,
    /// Whether those that refer to it may have been asked to let go, or been decided while it was being taken away: noted
    /// before either, so that no crash comes between. Should it stay after all, they are told.
    #[serde(rename = "g", default, skip_serializing_if = "is_default")]
    pub may_have_asked: bool,
    /// The count as of which all that refer to it have been asked to let go.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub asked_to_let_go: Option<u64>,
    /// Who has asked it to let go and waits for that, each with the count that has to be delivered first.
    #[serde(rename = "b", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked_by: BTreeMap<SubjectKey, u64>,
    /// The duties by which others may refer to what the target has of a person, also those that no source has any more.
    #[serde(rename = "y", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub duties: BTreeSet<Id>,
}

/// Exclusive work on a delivery. It ends by itself, so that a worker that died does not keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who has it.
    #[serde(rename = "h")]
    pub holder: String,
    /// Until when.
    #[serde(rename = "u")]
    pub until: Timestamp,
}

/// What was decided last about a subject at a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The target should have it, and has.
    Present,
    /// The target should not have it: a stable code says why, e.g. `rules.protected`.
    Unwanted(String),
    /// The target should have it but cannot: a stable code says why, e.g. `rules.user_name_missing`. What the target has
    /// of it from before stays as it is: data that is missing is no reason to take something away.
    Refused(String),
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// A stable code.
    #[serde(rename = "c")]
    pub code: String,
    /// The target's own words, without personal data.
    #[serde(rename = "m")]
    pub message: String,
    /// When.
    #[serde(rename = "a")]
    pub at: Timestamp,
}

/// What came of asking for a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is the caller's, until the lease ends.
    Granted,
    /// There is nothing to do.
    Nothing,
    /// Somebody else works on it.
    Leased,
    /// There will be work later.
    NotYet,
}

/// How a worker leaves a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The target is as it should be, as of the count worked on.
    Done {
        /// What was decided.
        standing: Standing,
        /// When time alone will change the decision: the next midnight that matters, a licence's end.
        next_turn: Option<Timestamp>,
    },
    /// Not now: a fault, a need not yet there, a limit.
    Later {
        /// When to try again.
        at: Timestamp,
        /// Whether it counts as a failure (a wait or a limit does not).
        failure: bool,
        /// What is in the way.
        trouble: Trouble,
    },
    /// Never, unless something changes.
    Dead(Trouble),
}

impl Delivery {
    /// A change became known, of the subject or of something that its view depends on.
    pub fn mark(&mut self, now: Timestamp, lane: Lane) {
        let idle = !self.is_pending(now);
        self.wanted = self.wanted.saturating_add(1);
        self.known_at = Some(self.known_at.map_or(now, |since| since.min(now)));
        self.ready_at = Some(self.ready_at.map_or(now, |ready| ready.min(now)));
        if idle || lane == Lane::Fresh {
            self.lane = lane;
        }
        // What waited for a person is not late: what ends the wait is the change to be delivered.
        if self.dead || idle || self.is_held() {
            self.known_at = Some(now);
            self.failures = 0;
            self.waits = 0;
            self.contradictions = 0;
        }
        self.dead = false;
    }

    /// What the target has from us is not taken to be as it should: it is sent again.
    pub fn doubt_everything(&mut self) {
        self.objects.iter_mut().for_each(|it| it.fingerprint.clear());
    }

    /// Somebody about to go asks it to let go, and waits for that.
    pub fn ask_to_let_go(&mut self, asking: SubjectKey, now: Timestamp) {
        self.mark(now, Lane::Fresh);
        if !self.objects.is_empty() && self.asked_by.len() < ASKED_BY_AT_MOST {
            self.asked_by.insert(asking, self.wanted);
        }
    }

    /// Whether it may still refer to somebody who has asked it to let go.
    #[must_use]
    pub fn may_refer_to(&self, asking: SubjectKey) -> bool {
        let unlisted = self.asked_by.len() >= ASKED_BY_AT_MOST;
        self.asked_by.contains_key(&asking) || (unlisted && self.known_at.is_some() && !self.objects.is_empty())
    }

    /// Whether the target has it as it was before something changed that it needs: it has not been decided since, was
    /// refused for what it lacks, or was given up. What was missing then is no reason to take it away.
    #[must_use]
    pub fn may_be_as_it_was(&self) -> bool {
        let is_refused = matches!(self.standing, Some(Standing::Refused(_)));
        !self.objects.is_empty() && (is_refused || self.dead || self.known_at.is_some())
    }

    /// Somebody that it asked has let go: if it waits for that, it looks now. Others it has asked are not asked again.
    pub fn look_now(&mut self, now: Timestamp) {
        let waits = self.trouble.as_ref().is_some_and(|it| it.code == STILL_REFERRED_TO);
        let about_to_wait = self.ready_at.is_some_and(|ready| ready <= now);
        if !self.is_pending(now) || !(waits || about_to_wait) {
            return;
        }
        let has_asked = self.has_asked();
        self.wanted = self.wanted.saturating_add(1);
        self.ready_at = Some(now);
        if has_asked {
            self.asked_to_let_go = Some(self.wanted);
        }
    }

    /// Whether those that refer to it have been asked to let go since it last changed.
    #[must_use]
    pub fn has_asked(&self) -> bool {
        self.asked_to_let_go == Some(self.wanted)
    }

    /// Asks for the work. Granted: the lease is set, and must be stored before anything is done.
    pub fn claim(&mut self, holder: &str, now: Timestamp) -> Claim {
        if self.lease.as_ref().is_some_and(|lease| lease.until > now && lease.holder != holder) {
            return Claim::Leased;
        }
        match self.ready_at {
            None => Claim::Nothing,
            Some(ready) if ready > now => Claim::NotYet,
            Some(_) => {
                self.lease = Some(Lease { holder: holder.to_owned(), until: later(now, LEASE) });
                Claim::Granted
            }
        }
    }

    /// Notes what a worker is about to do: should it never tell how that ended, what was made is not forgotten, and what
    /// was replaced or taken away is not taken to be as it was when that is wanted again.
    pub fn begin(&mut self, plan: &Plan) {
        for operation in &plan.operations {
            let known = self.objects.iter_mut().find(|it| it.key == *operation.key());
            match (operation, known) {
                (Operation::Create(wanted) | Operation::Update { wanted, .. }, Some(it)) => it.doubt(wanted),
                (Operation::Create(wanted), None) => self.objects.push(DeliveredObject::begun(wanted)),
                (Operation::Delete(_), Some(it)) => it.leave(),
                (Operation::Update { .. } | Operation::Delete(_), None) => {}
            }
        }
        // Whoever is decided meanwhile is decided without what is leaving.
        self.may_have_asked |= plan.deletions().next().is_some();
    }

    /// Notes that the target has lost something, before it is made anew: should nobody ever tell how that ended, those that
    /// refer to it are told all the same, and once more when it is there.
    pub fn lose(&mut self, wanted: &WantedObject, now: Timestamp) {
        self.objects.retain(|it| it.key != wanted.key);
        self.objects.push(DeliveredObject::lost(wanted));
        self.untold = self.untold.or(Some(now));
    }

    /// Whether `holder` still has the work. Someone whose lease ended must not store anything.
    #[must_use]
    pub fn is_held_by(&self, holder: &str) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.holder == holder)
    }

    /// Ends the work that was decided from the count `seen`, with what the target has now. Gives who need not wait for it
    /// any longer.
    pub fn settle(
        &mut self,
        seen: u64,
        objects: Vec<DeliveredObject>,
        settlement: Settlement,
        now: Timestamp,
    ) -> Vec<SubjectKey> {
        self.lease = None;
        // Before the first decision everybody waits for it; nobody has been decided without.
        if self.was_decided() && identities(&self.objects) != identities(&objects) {
            self.untold = self.untold.or(Some(now));
        }
        self.objects = objects;
        match settlement {
            Settlement::Done { standing, next_turn } => self.done(seen, standing, next_turn, now),
            Settlement::Later { at, failure, trouble } => {
                // A change made known meanwhile does not wait for what went wrong before it.
                let at = if self.wanted > seen { at.min(now) } else { at };
                self.later(seen, at, failure, trouble);
                return Vec::new();
            }
            Settlement::Dead(trouble) => self.die(seen, trouble),
        }
        let (waiting, released) = std::mem::take(&mut self.asked_by).into_iter().partition(|(_, count)| *count > seen);
        self.asked_by = waiting;
        BTreeMap::into_keys(released).collect()
    }

    fn done(&mut self, seen: u64, standing: Standing, next_turn: Option<Timestamp>, now: Timestamp) {
        self.delivered = self.delivered.max(seen);
        let may_have_asked = std::mem::take(&mut self.may_have_asked);
        let has_asked = self.asked_to_let_go.take().is_some();
        if (may_have_asked || has_asked) && !matches!(standing, Standing::Unwanted(_)) {
            self.untold = self.untold.or(Some(now));
        }
        self.trouble = self.refusal(&standing, now);
        self.standing = Some(standing);
        self.failures = 0;
        self.waits = 0;
        self.contradictions = 0;
        self.dead = false;
        self.cleared = None;
        let moved_on = self.wanted > seen;
        self.ready_at = if moved_on { Some(now) } else { next_turn };
        if !moved_on {
            self.known_at = None;
            self.lane = Lane::Fresh;
        }
    }

    /// What the rules refuse is told, since when it is refused for that reason.
    fn refusal(&mut self, standing: &Standing, now: Timestamp) -> Option<Trouble> {
        let Standing::Refused(code) = standing else { return None };
        let told = self.trouble.take().filter(|it| it.code == *code);
        Some(told.unwrap_or_else(|| Trouble { code: code.clone(), message: String::new(), at: now }))
    }

    fn later(&mut self, seen: u64, at: Timestamp, failure: bool, trouble: Trouble) {
        if trouble.code == STILL_REFERRED_TO {
            self.asked_to_let_go = Some(seen);
        }
        if trouble.code == NOT_SPREAD {
            self.contradictions = self.contradictions.saturating_add(1);
        }
        self.trouble = Some(trouble);
        self.ready_at = Some(at);
        if failure {
            self.failures = self.failures.saturating_add(1);
        } else {
            self.waits = self.waits.saturating_add(1);
        }
    }

    fn die(&mut self, seen: u64, trouble: Trouble) {
        self.trouble = Some(trouble);
        if self.wanted <= seen {
            self.dead = true;
            self.ready_at = None;
        }
    }

    /// Whether a change waits to be delivered (a turn of the calendar that lies ahead does not count).
    #[must_use]
    pub fn is_pending(&self, now: Timestamp) -> bool {
        !self.dead && (self.known_at.is_some() || self.ready_at.is_some_and(|ready| ready <= now))
    }

    /// Whether something is being made anew that the target has lost, and has not been given up.
    #[must_use]
    pub fn is_making_anew(&self) -> bool {
        !self.dead && self.known_at.is_some() && self.objects.iter().any(|it| it.origin == Origin::Lost)
    }

    /// How long a change has been known and not delivered; zero when there is none.
    #[must_use]
    pub fn known_for(&self, now: Timestamp) -> Duration {
        self.known_at.map_or(Duration::ZERO, |at| now.duration_since(at).unsigned_abs())
    }

    /// It may be taken away from the target. Those that refer to it are asked to let go from now on.
    pub const fn clear(&mut self, now: Timestamp) {
        self.cleared = Some(now);
        self.may_have_asked = true;
        self.waits = 0;
    }

    /// Whether its removal waits for a person.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.trouble.as_ref().is_some_and(|it| it.code == REMOVAL_HELD) && !self.dead
    }

    /// When the timer should look at it, if nobody was woken.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.ready_at.into_iter().chain(self.untold).min().map(|at| later(at, GRACE))
    }

    /// Whether it has ever been decided, or tried.
    #[must_use]
    pub const fn was_decided(&self) -> bool {
        // A change after a dead letter begins anew, but others were decided without it: its trouble tells.
        self.standing.is_some() || self.trouble.is_some() || self.failures > 0 || self.waits > 0 || self.dead
    }

    /// An object that the target has from us.
    #[must_use]
    pub fn object(&self, key: &ObjectKey) -> Option<&DeliveredObject> {
        self.objects.iter().find(|it| it.key == *key)
    }
}

/// What others refer to: which objects there are, and by which names the target knows them.
fn identities(objects: &[DeliveredObject]) -> BTreeSet<(&ObjectKey, &str)> {
    objects.iter().filter(|it| it.is_certain()).map(|it| (&it.key, it.at_target())).collect()
}

/// `duration` after `at`; the end of time when there is no such instant.
#[must_use]
pub fn later(at: Timestamp, duration: Duration) -> Timestamp {
    at.checked_add(jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
