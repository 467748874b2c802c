//! Who is on the rolls of a course or group: one by one, and many of them in one call.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rules::object::{DeliveredObject, WantedObject};
use rules::outcome::Outcome;
use serde_json::Value;

use super::batch;
use super::calls::{Call, Place};
use super::classify::{Step, judged, together};
use super::client::{Client, Fault};
use super::reply::Reply;

/// From how many who may be there already it is worth asking who is.
const LISTING_PAYS: usize = 10;

/// Pages of a roll; one that never ends is not believed.
const PAGES: usize = 500;

/// How long new calls are begun: an operation is given about a minute, and one call half of it.
const BEGUN_WITHIN: SignedDuration = SignedDuration::from_secs(25);

/// Somebody on one of the rolls.
pub(super) type Entry<'w> = (&'w str, &'w str);

/// Who joins and who leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change<'w> {
    /// Whoever may not be there yet.
    pub(super) join: Vec<Entry<'w>>,
    /// Whoever we put there, and is not wanted any more.
    pub(super) leave: Vec<Entry<'w>>,
    /// Whether it is known who is there from us.
    certain: bool,
}

/// What came of a change.
#[derive(Debug)]
pub(super) struct Rolled {
    /// All answers together.
    pub(super) outcome: Outcome,
    /// Whether the place itself, or somebody, is not there.
    pub(super) missing: bool,
    /// Whether the course is archived.
    pub(super) archived: bool,
}

impl<'w> Change<'w> {
    /// From what was delivered. `None`: nothing is known of what is there, and everybody wanted is named.
    pub(super) fn of(wanted: &'w WantedObject, delivered: Option<&'w DeliveredObject>) -> Self {
        let entries = |(list, users): (&'w String, &'w BTreeSet<String>)| {
            users.iter().map(move |user| (list.as_str(), user.as_str()))
        };
        let should: BTreeSet<Entry<'w>> = wanted.ties.iter().flat_map(entries).collect();
        let tied: BTreeSet<Entry<'w>> = wanted.tied_before(delivered).iter().flat_map(entries).collect();
        // Without a fingerprint it is not known how the last change of it ended.
        let certain = delivered.is_some_and(|it| !it.fingerprint.is_empty());
        Self {
            join: should.iter().filter(|it| !certain || !tied.contains(*it)).copied().collect(),
            leave: tied.difference(&should).copied().collect(),
            certain,
        }
    }

    /// The same without whoever must not leave.
    pub(super) fn keeping(mut self, list: &str, user: &str) -> Self {
        self.leave.retain(|it| *it != (list, user));
        self
    }

    pub(super) fn takes_from(&self, list: &str) -> bool {
        self.leave.iter().any(|it| it.0 == list)
    }

    /// The calls of the change, in parts that go one after the other. Whoever changes from one roll to another has to
    /// leave first: nobody is on two, and the calls of one batch are carried out in any order.
    fn calls(&self, place: Place<'_>) -> Vec<Vec<(Step, Call)>> {
        let joins = |user: &str| self.join.iter().any(|it| it.1 == user);
        let (first, rest): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) = self.leave.iter().partition(|it| joins(it.1));
        let leave = |it: &&Entry<'_>| (Step::Leave, place.leave(it.0, it.1));
        let join = self.join.iter().map(|it| (Step::Join, place.join(it.0, it.1)));
        let first: Vec<_> = first.iter().map(leave).collect();
        let then: Vec<_> = rest.iter().map(leave).chain(join).collect();
        [first, then].iter().flat_map(|calls| calls.chunks(batch::MOST)).map(<[_]>::to_vec).collect()
    }
}

/// Whether something but the rolls is not as it was delivered, or is not known to be.
pub(super) fn is_content_changed(wanted: &WantedObject, delivered: &DeliveredObject) -> bool {
    let with_old_rolls = WantedObject { ties: delivered.ties.clone(), ..wanted.clone() };
    with_old_rolls.fingerprint() != delivered.fingerprint
}

impl Client {
    /// Carries out a change. Whatever does not succeed leaves the others as they are.
    pub(super) async fn roll(&self, place: Place<'_>, change: &Change<'_>) -> Result<Rolled, Fault> {
        let change = self.without_those_there(place, change).await?;
        let begun = self.now();
        let mut outcomes = Vec::new();
        let (mut missing, mut archived) = (false, false);
        for calls in change.calls(place) {
            if is_late(begun, self.now()) {
                outcomes.push(Outcome::WaitFor { code: "google.roll_unfinished" });
                break;
            }
            let (steps, calls): (Vec<Step>, Vec<Call>) = calls.into_iter().unzip();
            let replies = self.make_together(&calls).await?;
            missing |= replies.iter().flatten().any(|it| it.status == 404);
            archived |= replies.iter().flatten().any(|it| it.complaint().is("CourseNotModifiable"));
            outcomes.extend(steps.into_iter().zip(&replies).map(|(step, reply)| answered(step, reply.as_ref())));
            if outcomes.iter().any(|it| matches!(it, Outcome::Throttled { .. } | Outcome::TargetDown { .. })) {
                break;
            }
        }
        Ok(Rolled { outcome: together(outcomes), missing, archived })
    }

    /// When it is not known who is there, it is asked rather than many named anew: each call counts.
    async fn without_those_there<'w>(&self, place: Place<'_>, change: &Change<'w>) -> Result<Change<'w>, Fault> {
        if change.certain || change.join.len() < LISTING_PAYS {
            return Ok(change.clone());
        }
        let lists: BTreeSet<&str> = change.join.iter().map(|it| it.0).collect();
        let mut join = change.join.clone();
        for list in lists {
            let there = self.on_roll(place, list).await?;
            join.retain(|it| it.0 != list || !there.contains(it.1));
        }
        Ok(Change { join, ..change.clone() })
    }

    async fn on_roll(&self, place: Place<'_>, list: &str) -> Result<BTreeSet<String>, Fault> {
        let (mut there, mut page) = (BTreeSet::new(), None::<String>);
        for _ in 0..PAGES {
            let reply = self.make(&place.list(list, page.as_deref())).await?;
            let Some(answer) = reply.json::<Value>().filter(|_| reply.is_success()) else {
                // Whoever wants to know what is there finds out by the calls themselves.
                return if reply.status == 404 { Ok(BTreeSet::new()) } else { Err(Fault::Answer(Step::Ask, reply)) };
            };
            let entries = answer[list].as_array().into_iter().flatten();
            there.extend(entries.filter_map(|it| it["userId"].as_str().or(it["id"].as_str())).map(str::to_owned));
            page = answer["nextPageToken"].as_str().filter(|it| !it.is_empty()).map(str::to_owned);
            if page.is_none() {
                break;
            }
        }
        Ok(there)
    }
}

fn is_late(begun: Timestamp, now: Timestamp) -> bool {
    now.duration_since(begun) > BEGUN_WITHIN
}

fn answered(step: Step, reply: Option<&Reply>) -> Outcome {
    match reply {
        Some(reply) => judged(step, reply, None),
        None => {
            let detail = "a call of a batch has no answer".to_owned();
            Outcome::Retry { after: None, code: "google.unanswered", detail }
        }
    }
}
