//! Carrying out a plan: one operation after the other, each recorded as it succeeds; the first that does not succeed
//! ends it, and says how.

use std::time::Duration;

use jiff::Timestamp;
use rules::backoff::{GIVE_UP_AFTER, pause};
use rules::delivery::{Delivery, NOT_SPREAD, Settlement, Trouble, later};
use rules::object::{DeliveredObject, ObjectKey, Origin, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use state::Subject;
use targets::Occasion;

use super::adopt::{Account, taken};
use super::decide::Work;
use super::{Delivering, Done};
use crate::error::SyncError;

/// The longest that one operation may take: a call that is not answered in time, and one more to make anew what vanished.
const LONGEST_OPERATION: Duration = Duration::from_secs(65);

/// How often a target that contradicts itself is asked again: for about a minute, twice as long as what was written to it
/// may take to spread in it.
const CONTRADICTIONS: u32 = 9;

/// Why a plan is left where it is: the rest goes on with a new lease.
const LEASE_ENDING: &str = "delivery.lease_ending";

/// Why a plan is not carried out to its end: what it deletes may still be referred to.
const DELETIONS_LEFT: &str = "delivery.deletions_left";

/// A pause for a target that asked for one without saying how long.
const UNSAID_PAUSE: Duration = Duration::from_secs(5);

impl Delivering<'_> {
    pub(super) async fn carry_out(&self, subject: &Subject, work: Work, delivery: Delivery) -> Result<Done, SyncError> {
        let mut objects = delivery.objects.clone();
        let lease = subject.deliveries.get(self.target_name).and_then(|it| it.lease.as_ref());
        let ours_until = lease.map_or(Timestamp::MAX, |it| it.until);
        let (mut calls, mut operations) = (0, work.plan.operations.into_iter().peekable());
        let mut progressed = false;
        while let Some(operation) = operations.next() {
            if later(self.hub.now(), LONGEST_OPERATION) > ours_until {
                // Somebody else may take over while a slow call is under way: the rest goes on with a new lease.
                let now = self.hub.now();
                return Ok(Done { objects, progressed, settlement: postponed(LEASE_ENDING, now, now) });
            }
            if let Err(until) = self.take_token(delivery.lane).await? {
                return Ok(Done {
                    objects,
                    progressed,
                    settlement: postponed("target.budget_spent", until, self.hub.now()),
                });
            }
            calls += 1;
            let mut outcome = self.apply(subject, &operation, delivery.wanted, ours_until).await?;
            let vanished = outcome == Outcome::Vanished;
            if vanished {
                calls += 1;
                outcome = self.make_again(subject, &objects, &operation, delivery.wanted).await?;
                forget(&mut objects, &operation);
            }
            outcome = self.claimed(subject.key, &operation, outcome).await?;
            if (vanished || is_in_doubt(&objects, &operation)) && is_conflict_to_wait_out(&outcome, &delivery) {
                // Neither found nor to be made: it may be there, and not have spread yet.
                outcome = Outcome::WaitFor { code: NOT_SPREAD };
            }
            if !outcome.is_success() {
                leave_in_doubt(&mut objects, &operation, &outcome, vanished);
                self.hub.observer.called(self.tenant_name(), self.target_name, calls);
                let before = if progressed { Delivery { failures: 0, ..delivery } } else { delivery };
                let settlement = self.unsuccessful(outcome, &before).await?;
                return Ok(Done { objects, progressed, settlement });
            }
            let remade = vanished && !matches!(operation, Operation::Delete(_));
            let is_in_doubt = remade && send_again_what_needs(&mut objects, operation.key());
            record(&mut objects, operation, &outcome);
            progressed = true;
            self.target_answered().await?;
            let renamed = remade || matches!(outcome, Outcome::Done { remote: Some(_), .. });
            if is_in_doubt || (renamed && operations.peek().is_some()) {
                // The target knows it by another name than the rest of the plan does: decide again with that name.
                self.hub.observer.called(self.tenant_name(), self.target_name, calls);
                let (code, now) = (if remade { "delivery.made_again" } else { "delivery.adopted" }, self.hub.now());
                return Ok(Done { objects, progressed, settlement: postponed(code, now, now) });
            }
        }
        self.hub.observer.called(self.tenant_name(), self.target_name, calls);
        let settlement = if work.is_part {
            let now = self.hub.now();
            postponed(DELETIONS_LEFT, now, now)
        } else {
            Settlement::Done { standing: work.standing, next_turn: work.next_turn }
        };
        Ok(Done { objects, progressed, settlement })
    }

    async fn apply(
        &self,
        subject: &Subject,
        operation: &Operation,
        change: u64,
        ours_until: Timestamp,
    ) -> Result<Outcome, SyncError> {
        let occasion = Occasion { remote: None, change };
        let Operation::Create(wanted) = operation else { return self.ask(operation, occasion).await };
        let account = self.account_for(subject.key, wanted).await?;
        if later(self.hub.now(), LONGEST_OPERATION) > ours_until {
            // Listing the target's accounts, the first time, may take longer than a lease.
            return Ok(Outcome::WaitFor { code: LEASE_ENDING });
        }
        Ok(match account {
            Account::None => self.ask(operation, occasion).await?,
            Account::Adopt(remote) => self.ask(operation, Occasion { remote: Some(&remote), change }).await?,
            Account::Taken => taken(),
            Account::Unknown(code, detail) => Outcome::Retry { after: None, code, detail },
        })
    }

    /// What we meant to replace, or to take over, does not exist any more: it is made anew.
    async fn make_again(
        &self,
        subject: &Subject,
        objects: &[DeliveredObject],
        operation: &Operation,
        change: u64,
    ) -> Result<Outcome, SyncError> {
        let (Operation::Create(wanted) | Operation::Update { wanted, .. }) = operation else {
            return Ok(Outcome::AlreadyDone);
        };
        if !is_in_doubt(objects, operation) && !self.note_lost(subject, wanted).await? {
            return Ok(Outcome::WaitFor { code: LEASE_ENDING });
        }
        self.ask(&Operation::Create(wanted.clone()), Occasion { remote: None, change }).await
    }

    /// Notes that the target has lost what it had from us: what refers to it may have been refused meanwhile. Gives whether
    /// the work is still ours.
    async fn note_lost(&self, subject: &Subject, wanted: &WantedObject) -> Result<bool, SyncError> {
        let lease = subject.deliveries.get(self.target_name).and_then(|it| it.lease.as_ref());
        let (Some(lease), now) = (lease, self.hub.now()) else { return Ok(false) };
        let note = |subject: &mut Subject| {
            let delivery = subject.deliveries.get_mut(self.target_name).filter(|it| it.is_held_by(&lease.holder));
            delivery.map(|it| it.lose(wanted, now)).is_some()
        };
        Ok(self.hub.store.change(self.tenant_name(), subject.key, note).await?.1)
    }

    /// Asks the target; one that gets files is told later, by what is kept now, and one that reads finds what is published
    /// now.
    async fn ask(&self, operation: &Operation, occasion: Occasion<'_>) -> Result<Outcome, SyncError> {
        if let Some(files) = self.target.target.files() {
            self.keep_lines(files, operation).await?;
        }
        if self.target.target.feed().is_some() {
            self.publish(operation).await?;
        }
        Ok(self.target.target.apply(operation, occasion).await)
    }

    async fn unsuccessful(&self, outcome: Outcome, delivery: &Delivery) -> Result<Settlement, SyncError> {
        let now = self.hub.now();
        Ok(match outcome {
            Outcome::Retry { after, code, detail } => {
                self.target_failed(code).await?;
                self.failed(delivery, now, after, code, detail)
            }
            Outcome::Throttled { after, scope } => {
                let until = later(now, after.unwrap_or(UNSAID_PAUSE));
                self.hold_back(until);
                let mut settlement = postponed("target.throttled", self.spread(until), now);
                if let Settlement::Later { trouble, .. } = &mut settlement {
                    trouble.message = scope;
                }
                settlement
            }
            Outcome::TargetDown { code, detail } => {
                let until = self.target_failed(code).await?;
                let own = later(now, pause(delivery.waits.saturating_add(1), self.hub.chance.share(), None));
                let at = self.spread(until.map_or(own, |until| until.max(own)));
                Settlement::Later {
                    at,
                    failure: false,
                    trouble: Trouble { code: code.to_owned(), message: detail, at: now },
                }
            }
            Outcome::WaitFor { code: LEASE_ENDING } => postponed(LEASE_ENDING, now, now),
            Outcome::WaitFor { code: NOT_SPREAD } => {
                self.target_answered().await?;
                super::wait(NOT_SPREAD, delivery, now, self.hub.chance.share())
            }
            Outcome::WaitFor { code } => {
                self.target_answered().await?;
                self.lacking(delivery, now, code)
            }
            Outcome::Rejected { code, message } => {
                self.target_answered().await?;
                Settlement::Dead(Trouble { code: code.to_owned(), message, at: now })
            }
            Outcome::Done { .. } | Outcome::AlreadyDone | Outcome::Vanished => postponed("delivery.again", now, now),
        })
    }

    /// The target lacks what the subject needs, perhaps for good: an account that somebody else makes. It is looked for
    /// ever more seldom, and never given up; nobody waits for it meanwhile, and all are told should it come.
    fn lacking(&self, delivery: &Delivery, now: Timestamp, code: &'static str) -> Settlement {
        let at = later(now, pause(delivery.failures.saturating_add(1), self.hub.chance.share(), None));
        let trouble = Trouble { code: code.to_owned(), message: String::new(), at: now };
        Settlement::Later { at, failure: true, trouble }
    }

    /// A failure: try again by the schedule, or give up after three days.
    fn failed(
        &self,
        delivery: &Delivery,
        now: Timestamp,
        after: Option<Duration>,
        code: &'static str,
        detail: String,
    ) -> Settlement {
        let trouble = Trouble { code: code.to_owned(), message: detail, at: now };
        let tried_for = delivery.known_for(now);
        if tried_for > GIVE_UP_AFTER {
            return Settlement::Dead(trouble);
        }
        let at = later(now, pause(delivery.failures.saturating_add(1), self.hub.chance.share(), after));
        Settlement::Later { at, failure: true, trouble }
    }

    /// What waits for the same moment does not come back at the same moment.
    pub(super) fn spread(&self, at: Timestamp) -> Timestamp {
        later(at, Duration::from_secs(2).mul_f64(self.hub.chance.share()))
    }
}

fn postponed(code: &'static str, at: Timestamp, now: Timestamp) -> Settlement {
    let trouble = Trouble { code: code.to_owned(), message: String::new(), at: now };
    Settlement::Later { at, failure: false, trouble }
}

/// Whether it is not known if an object is there.
fn is_in_doubt(objects: &[DeliveredObject], operation: &Operation) -> bool {
    objects.iter().any(|it| it.key == *operation.key() && !it.is_certain())
}

const fn is_conflict_to_wait_out(outcome: &Outcome, delivery: &Delivery) -> bool {
    matches!(outcome, Outcome::Rejected { .. }) && delivery.contradictions < CONTRADICTIONS
}

fn forget(objects: &mut Vec<DeliveredObject>, operation: &Operation) {
    objects.retain(|it| it.key != *operation.key());
}

/// What could not be made, or was not found and could not be made anew, may be there all the same; what nobody has said
/// to be replaced or taken away may not be as it was.
fn leave_in_doubt(objects: &mut Vec<DeliveredObject>, operation: &Operation, outcome: &Outcome, vanished: bool) {
    let unanswered = matches!(outcome, Outcome::Retry { .. } | Outcome::TargetDown { .. });
    // Somebody else is to make it, whenever that is: whoever refers to it goes on without.
    let left_to_others = matches!(outcome, Outcome::WaitFor { code } if *code != NOT_SPREAD);
    match operation {
        Operation::Create(wanted) | Operation::Update { wanted, .. } if vanished && !left_to_others => {
            objects.push(DeliveredObject::lost(wanted));
        }
        Operation::Create(wanted) | Operation::Update { wanted, .. } if vanished => begin(objects, wanted),
        // What has lists that are changed one by one may have been made, or changed, in part.
        Operation::Create(wanted) if unanswered || !wanted.ties.is_empty() => begin(objects, wanted),
        Operation::Update { wanted, .. } if unanswered || !wanted.ties.is_empty() => {
            objects.iter_mut().filter(|it| it.key == wanted.key).for_each(|it| it.doubt(wanted));
        }
        Operation::Delete(_) if unanswered => {
            objects.iter_mut().filter(|it| it.key == *operation.key()).for_each(DeliveredObject::leave);
        }
        _ => {}
    }
}

fn begin(objects: &mut Vec<DeliveredObject>, wanted: &WantedObject) {
    let was_lost = objects.iter().any(|it| it.key == wanted.key && it.origin == Origin::Lost);
    objects.retain(|it| it.key != wanted.key);
    objects.push(if was_lost { DeliveredObject::lost(wanted) } else { DeliveredObject::begun(wanted) });
}

/// What needed an object that was lost may have been lost with it, or name it as it was. Gives whether there is any.
fn send_again_what_needs(objects: &mut [DeliveredObject], lost: &ObjectKey) -> bool {
    let mut needing = objects.iter_mut().filter(|it| it.needs.contains(lost)).peekable();
    let any = needing.peek().is_some();
    needing.for_each(|it| it.fingerprint.clear());
    any
}

fn record(objects: &mut Vec<DeliveredObject>, operation: Operation, outcome: &Outcome) {
    let old = objects.iter().find(|it| it.is_certain() && it.key == *operation.key()).cloned();
    forget(objects, &operation);
    match operation {
        Operation::Delete(_) => {}
        Operation::Create(wanted) | Operation::Update { wanted, .. } => objects.push(delivered(wanted, old, outcome)),
    }
}

fn delivered(wanted: WantedObject, old: Option<DeliveredObject>, outcome: &Outcome) -> DeliveredObject {
    let (remote, adopted) = match outcome {
        Outcome::Done { remote, adopted } => (remote.clone(), *adopted),
        _ => (None, false),
    };
    let origin = if adopted { Origin::Adopted } else { Origin::Created };
    DeliveredObject {
        fingerprint: wanted.fingerprint(),
        origin: old.as_ref().map_or(origin, |it| it.origin),
        remote: remote.or_else(|| old.and_then(|it| it.remote)),
        needs: wanted.needs,
        ties: wanted.ties,
        key: wanted.key,
        leaving: false,
    }
}
