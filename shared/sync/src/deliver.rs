//! Deliver: a job brings one subject up to date at one target.
//!
//! Decide from what is stored now; take the lease; carry out; record what was carried out. The lease is stored before
//! the first call and everything is stored with it afterwards, so that no two workers speak to a target about the same
//! subject, and an older state never overwrites a newer one.

use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use roster::SubjectKey;
use rules::backoff;
use rules::delivery::{Claim, Delivery, Lane, NOT_SPREAD, Settlement, Trouble, later};
use rules::object::DeliveredObject;
use rules::plan::Plan;
use state::{StateError, Subject};

use crate::connectors::BuiltTarget;
use crate::directory::Tenant;
use crate::error::SyncError;
use crate::events;
use crate::hub::Hub;
use crate::messages::Job;

mod adopt;
mod carry_out;
mod decide;
mod neighbours;
pub mod pace;
pub(crate) mod removal;
mod surroundings;

use decide::Decision;
use pace::MayCall;

/// How many jobs one worker carries at once: what waits for a target's answer costs nothing meanwhile.
const AT_ONCE: usize = 40;

/// How often a job is decided anew when others change its subject meanwhile, before it leaves and comes again.
const ATTEMPTS: u32 = 4;

/// How long a job stays away whose subject many change at once; as long again at most, so that they do not meet again.
const OUT_OF_THE_CROWD: Duration = Duration::from_secs(1);

/// How much too early a wake-up is still taken for the one that was asked for.
const TOO_EARLY: Duration = Duration::from_secs(2);

/// What a job came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The target is as it should be.
    Done,
    /// There was nothing to do, or somebody else is doing it.
    Nothing,
    /// It waits until later; what is later is in the table.
    Later,
    /// It became a dead letter.
    Dead,
}

/// One subject of one tenant, on its way to one target.
pub(crate) struct Delivering<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) tenant: &'a Tenant,
    pub(crate) target: &'a BuiltTarget,
    pub(crate) target_name: &'a str,
}

/// Handles jobs, many at once. The answers are in the order of the jobs.
pub async fn deliver(hub: &Hub, jobs: &[Job]) -> Vec<Result<Delivered, SyncError>> {
    if let Err(error) = hub.directory.refresh(&hub.store, hub.now()).await {
        tracing::error!(code = error.code(), "The tenants could not be read.");
    }
    let work: Vec<_> = jobs.iter().map(|job| deliver_one(hub, job)).collect();
    stream::iter(work).buffered(AT_ONCE).collect().await
}

/// Handles one job.
///
/// # Errors
/// [`SyncError`] when the table or a queue fails: the job is tried again.
pub async fn deliver_one(hub: &Hub, job: &Job) -> Result<Delivered, SyncError> {
    let tenant = hub.directory.tenant(&job.tenant)?;
    let no_target = || SyncError::NotConfigured(format!("target {} of tenant {}", job.target, job.tenant));
    let target = tenant.targets.get(&job.target).ok_or_else(no_target)?;
    let delivering = Delivering { hub, tenant: &tenant, target, target_name: &job.target };
    for _ in 0..ATTEMPTS {
        match delivering.attempt(job).await {
            // Somebody changed the subject between reading and claiming: decide again.
            Err(SyncError::State(StateError::Conflict)) => {}
            Err(SyncError::State(StateError::Contended { .. })) => break,
            answer => return answer,
        }
    }
    delivering.come_again(job).await
}

impl Delivering<'_> {
    pub(crate) fn tenant_name(&self) -> &str {
        &self.tenant.config.tenant
    }

    async fn attempt(&self, job: &Job) -> Result<Delivered, SyncError> {
        let subject = self.hub.store.subject(&job.tenant, job.subject).await?;
        let subject = self.told(subject).await?;
        let Some(delivery) = subject.deliveries.get(self.target_name).cloned() else { return Ok(Delivered::Nothing) };
        let holder = self.hub.chance.name();
        let now = self.hub.now();
        match delivery.clone().claim(&holder, now) {
            Claim::Granted => {}
            Claim::NotYet => return self.came_too_early(&subject, &delivery, now).await,
            Claim::Nothing | Claim::Leased => return Ok(Delivered::Nothing),
        }
        let decision = self.decide(&subject, &delivery).await?;
        let is_released = delivery.is_held() && !matches!(decision, Decision::Judge(_));
        let subject = if is_released { self.release(subject).await? } else { subject };
        match decision {
            Decision::Ask => {
                self.note_asking(subject).await?;
                Box::pin(self.attempt(job)).await
            }
            Decision::Judge(code) => match self.judge(subject, &code).await? {
                Some(held) => Ok(held),
                None => Box::pin(self.attempt(job)).await,
            },
            Decision::Settled(standing, next_turn) => {
                self.settle_unclaimed(subject, Settlement::Done { standing, next_turn }).await
            }
            Decision::Wait(code) => {
                self.settle_unclaimed(subject, wait(code, &delivery, self.hub.now(), self.hub.chance.share())).await
            }
            Decision::Refused(code, reason) => {
                let trouble = Trouble { code: code.to_owned(), message: reason, at: self.hub.now() };
                self.settle_unclaimed(subject, Settlement::Dead(trouble)).await
            }
            Decision::Work(work) => {
                match self.may_call().await? {
                    MayCall::Now => {}
                    MayCall::From(until) => return self.come_after(job, delivery.lane, until).await,
                    // Left as it is: the timer releases it when the target answers again.
                    MayCall::NotYet => return Ok(Delivered::Later),
                }
                let (subject, _) = self.claim(subject, &holder, &work.plan).await?;
                let done = self.carry_out(&subject, work, delivery).await?;
                self.settle(subject, &holder, done).await
            }
        }
    }

    /// A queue may wake a moment before the time it was given; whoever came too early is woken again.
    async fn came_too_early(
        &self,
        subject: &Subject,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Delivered, SyncError> {
        let left = delivery.ready_at.map(|ready| ready.duration_since(now).unsigned_abs());
        if let Some(left) = left.filter(|left| *left < TOO_EARLY) {
            let job = Job::new(self.tenant_name().to_owned(), self.target_name.to_owned(), subject.key);
            self.hub.send_jobs_after(vec![(job, delivery.lane)], left + Duration::from_millis(10)).await?;
        }
        Ok(Delivered::Nothing)
    }

    /// A target that asked for a pause, most often of seconds: the timer would come a minute later.
    async fn come_after(&self, job: &Job, lane: Lane, until: Timestamp) -> Result<Delivered, SyncError> {
        let delay = self.spread(until).duration_since(self.hub.now()).unsigned_abs();
        self.hub.send_jobs_after(vec![(job.clone(), lane)], delay).await?;
        Ok(Delivered::Later)
    }

    /// A subject that many change at once: this may be the last job about it, and the timer would be long in finding it.
    async fn come_again(&self, job: &Job) -> Result<Delivered, SyncError> {
        let subject = self.hub.store.subject(&job.tenant, job.subject).await?;
        let Some(delivery) = subject.deliveries.get(self.target_name) else { return Ok(Delivered::Nothing) };
        let delay = OUT_OF_THE_CROWD.mul_f64(1.0 + self.hub.chance.share());
        self.hub.send_jobs_after(vec![(job.clone(), delivery.lane)], delay).await?;
        Ok(Delivered::Later)
    }

    async fn claim(&self, subject: Subject, holder: &str, plan: &Plan) -> Result<(Subject, Claim), SyncError> {
        let now = self.hub.now();
        let claim = |subject: &mut Subject| {
            let Some(delivery) = subject.deliveries.get_mut(self.target_name) else { return Claim::Nothing };
            delivery.begin(plan);
            delivery.claim(holder, now)
        };
        Ok(self.hub.store.change_from(subject, claim).await?)
    }

    /// Records a decision that needed no call, unless the subject has changed meanwhile.
    async fn settle_unclaimed(&self, subject: Subject, settlement: Settlement) -> Result<Delivered, SyncError> {
        let before = subject.deliveries.get(self.target_name).cloned().unwrap_or_default();
        let now = self.hub.now();
        let record = |subject: &mut Subject| {
            let delivery = subject.deliveries.get_mut(self.target_name)?;
            let waited = delivery.settle(before.wanted, before.objects.clone(), settlement.clone(), now);
            self.note_settled(subject, &settlement);
            Some(waited)
        };
        let (subject, waited) = self.hub.store.change_from(subject, record).await?;
        self.after(subject, &before, &settlement, waited.unwrap_or_default()).await
    }

    /// Records what was carried out. Whoever has lost the lease records nothing.
    async fn settle(&self, subject: Subject, holder: &str, done: Done) -> Result<Delivered, SyncError> {
        let before = subject.deliveries.get(self.target_name).cloned().unwrap_or_default();
        let (key, now) = (subject.key, self.hub.now());
        let record = |subject: &mut Subject| match subject.deliveries.get_mut(self.target_name) {
            Some(delivery) if delivery.is_held_by(holder) => {
                if done.progressed {
                    delivery.failures = 0;
                }
                let waited = delivery.settle(before.wanted, done.objects.clone(), done.settlement.clone(), now);
                self.note_settled(subject, &done.settlement);
                Some(waited)
            }
            _ => None,
        };
        let (subject, waited) = match self.hub.store.change_from(subject, record).await {
            Err(StateError::Conflict) => self.hub.store.change(self.tenant_name(), key, record).await?,
            written => written?,
        };
        let Some(waited) = waited else {
            tracing::warn!(code = "delivery.lease_lost", target = self.target_name, %key, "A worker was too slow.");
            return Ok(Delivered::Nothing);
        };
        self.after(subject, &before, &done.settlement, waited).await
    }

    fn note_settled(&self, subject: &mut Subject, settlement: &Settlement) {
        if matches!(settlement, Settlement::Done { .. }) {
            neighbours::note_duties(subject, self.target_name);
        }
    }

    /// Tells those that refer to a subject, where that has been left undone. Should it be changed meanwhile, it is told
    /// once more by the next job or the timer, since what changed may have to be told too.
    async fn told(&self, subject: Subject) -> Result<Subject, SyncError> {
        let untold = |subject: &Subject| subject.deliveries.get(self.target_name).is_some_and(|it| it.untold.is_some());
        if !untold(&subject) {
            return Ok(subject);
        }
        if !self.wake_neighbours_of(&subject).await? {
            return Ok(subject);
        }
        let forget = |subject: &mut Subject| {
            if let Some(delivery) = subject.deliveries.get_mut(self.target_name) {
                delivery.untold = None;
            }
        };
        let key = subject.key;
        match self.hub.store.change_from(subject, forget).await {
            Err(StateError::Conflict) => Ok(self.hub.store.subject(self.tenant_name(), key).await?),
            forgotten => Ok(forgotten?.0),
        }
    }

    /// What follows a settlement: measuring, waking, listing.
    async fn after(
        &self,
        subject: Subject,
        before: &Delivery,
        settlement: &Settlement,
        waited: Vec<SubjectKey>,
    ) -> Result<Delivered, SyncError> {
        self.go_on(waited).await?;
        let now = self.hub.now();
        let none = Delivery::default();
        let delivery = subject.deliveries.get(self.target_name).unwrap_or(&none);
        let delivered = match settlement {
            Settlement::Done { .. } => {
                if let Some(known_at) = before.known_at {
                    let lag = now.duration_since(known_at).unsigned_abs();
                    events::delivered(&*self.hub.observer, self.tenant_name(), self.target_name, subject.key, lag);
                }
                Delivered::Done
            }
            Settlement::Later { at, trouble, .. } => {
                events::postponed(self.tenant_name(), self.target_name, subject.key, &trouble.code, *at);
                Delivered::Later
            }
            Settlement::Dead(trouble) if delivery.dead => {
                events::died(&*self.hub.observer, self.tenant_name(), self.target_name, subject.key, &trouble.code);
                Delivered::Dead
            }
            Settlement::Dead(_) => Delivered::Done,
        };
        let delay = match settlement {
            Settlement::Later { at, .. } => Some(delivery.ready_at.unwrap_or(*at).duration_since(now)),
            _ => delivery.is_pending(now).then_some(SignedDuration::ZERO),
        };
        if let Some(delay) = delay {
            let job = Job::new(self.tenant_name().to_owned(), self.target_name.to_owned(), subject.key);
            let delay = Duration::try_from(delay).unwrap_or(Duration::ZERO);
            self.hub.send_jobs_after(vec![(job, delivery.lane)], delay).await?;
        }
        // Last: should this be cut short, the timer finds it.
        self.told(subject).await?;
        Ok(delivered)
    }
}

/// What a worker leaves behind.
pub(crate) struct Done {
    pub(crate) objects: Vec<DeliveredObject>,
    /// Whether anything was carried out: what failed before then is no failure in a row with what fails after.
    pub(crate) progressed: bool,
    pub(crate) settlement: Settlement,
}

/// A wait for something on its way: short at first, never counted as a failure. `jitter`: from 0 to 1.
fn wait(code: &'static str, delivery: &Delivery, now: Timestamp, jitter: f64) -> Settlement {
    let trouble = Trouble { code: code.to_owned(), message: String::new(), at: now };
    let waits = if code == NOT_SPREAD { delivery.contradictions } else { delivery.waits };
    let pause = backoff::wait(waits, delivery.known_for(now), jitter);
    Settlement::Later { at: later(now, pause), failure: false, trouble }
}

/// Marks a subject at one target only.
pub(crate) fn mark_one(subject: &mut Subject, target: &str, now: Timestamp, lane: Lane) {
    if let Some(delivery) = subject.deliveries.get_mut(target) {
        delivery.mark(now, lane);
    }
}
