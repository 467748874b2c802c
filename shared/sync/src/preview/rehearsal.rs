//! A rehearsal: the hub once more, beside itself, delivering until nothing more happens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roster::{Clock, SubjectKind};
use rules::delivery::{Delivery, GRACE, later};
use state::targets::TargetState;
use state::{Store, Subject};

use super::imagined::{Counted, ImaginedTargets, Nobody, Told};
use super::{AT_ONCE, Proposal};
use crate::connectors::read_tenant;
use crate::deliver::deliver;
use crate::directory::{Directory, Tenant};
use crate::error::SyncError;
use crate::events::Deaf;
use crate::hub::{Hub, Queues};
use crate::ingest::ingest;
use crate::messages::{Job, Notice, Reason};

/// What still waits after this long is told as waiting.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// How long nothing has to happen for time to be what is missing: longer than a lease that somebody may have now.
const STALLED: Duration = Duration::from_secs(30);

/// The most rounds; a rehearsal that does not end is not believed to.
const ROUNDS: u32 = 100_000;

/// Subjects of a shard that one round delivers.
const PER_SHARD: usize = 400;

/// A hub beside the hub.
pub(super) struct Rehearsal {
    hub: Hub,
    time: Arc<Told>,
    tenant: Arc<Tenant>,
    target: Option<String>,
    end: Timestamp,
}

impl Rehearsal {
    /// Everything as it is, with what is proposed.
    pub(super) async fn of(hub: &Hub, tenant: &str, proposal: &Proposal) -> Result<Self, SyncError> {
        let start = proposal.at.unwrap_or_else(|| hub.now());
        let time = Arc::new(Told::from(start));
        let beside = beside(hub, &time);
        if let Some(file) = &proposal.file {
            propose(&beside, tenant, file).await?;
        }
        beside.directory.reload(&beside.store, start).await?;
        let found = beside.directory.tenant(tenant)?;
        let target = proposal.target.clone();
        if let Some(name) = target.as_deref().filter(|name| !found.targets.contains_key(*name)) {
            return Err(SyncError::NotConfigured(format!("target {name} of tenant {tenant}")));
        }
        Ok(Self { hub: beside, time, tenant: found, target, end: later(start, PATIENCE) })
    }

    pub(super) const fn store(&self) -> &Store {
        &self.hub.store
    }

    fn has_target(&self, name: &str) -> bool {
        self.targets().any(|it| it == name)
    }

    fn targets(&self) -> impl Iterator<Item = &str> {
        let only = self.target.as_deref();
        self.tenant.targets.keys().map(String::as_str).filter(move |it| only.is_none_or(|only| only == *it))
    }

    fn name(&self) -> &str {
        &self.tenant.config.tenant
    }

    /// Delivers until nothing waits that an hour would bring.
    pub(super) async fn play(&self) -> Result<(), SyncError> {
        self.look_again().await?;
        self.forget_troubles().await?;
        let mut last = Vec::new();
        for _ in 0..ROUNDS {
            let now = self.hub.now();
            let jobs = self.ready().await?;
            let stalled = !jobs.is_empty() && jobs == last;
            if stalled || jobs.is_empty() {
                let next = if stalled { Some(later(now, STALLED)) } else { self.next_ready().await? };
                match next.filter(|next| *next <= self.end) {
                    Some(next) => self.time.is_now(next.max(now)),
                    None => return Ok(()),
                }
                last.clear();
            } else {
                deliver(&self.hub, &jobs).await.into_iter().try_for_each(|it| it.map(drop))?;
                last = jobs;
            }
        }
        Ok(())
    }

    /// Another file makes everybody be looked at again, as it will.
    async fn look_again(&self) -> Result<(), SyncError> {
        let Some(source) = self.tenant.sources.keys().next() else { return Ok(()) };
        let notice = Notice::new(self.name().to_owned(), source.clone(), Reason::Configuration, self.hub.now());
        ingest(&self.hub, &notice, Timestamp::MAX).await.map(drop)
    }

    /// What waits because of a fault that may have passed is tried now, and nobody else is at work.
    async fn forget_troubles(&self) -> Result<(), SyncError> {
        for target in self.targets() {
            let close = |state: &mut TargetState| (state.openings, state.open_until) = (0, None);
            self.hub.store.change_target(self.name(), target, close).await?;
        }
        let now = self.hub.now();
        let try_now = |delivery: &mut Delivery| {
            delivery.lease = None;
            if delivery.is_pending(now) && !delivery.is_held() {
                delivery.ready_at = Some(now);
            }
        };
        for kind in SubjectKind::ALL {
            for some in self.hub.store.subject_ids(self.name(), kind).await?.chunks(AT_ONCE) {
                let change = |subject: &mut Subject| subject.deliveries.values_mut().for_each(try_now);
                self.hub.store.change_many(self.name(), some.to_vec(), change).await?;
            }
        }
        Ok(())
    }

    /// What may be delivered now: what others refer to before those who do.
    async fn ready(&self) -> Result<Vec<Job>, SyncError> {
        let now = self.hub.now();
        let mut jobs = Vec::new();
        for shard in 0..self.hub.store.shards() {
            for subject in self.hub.store.due_subjects(shard, later(now, GRACE), PER_SHARD).await? {
                let ready = |it: &Delivery| next_look(it).is_some_and(|at| at <= now);
                jobs.extend(
                    self.deliveries(&subject)
                        .filter(|(_, it)| ready(it))
                        .map(|(target, _)| Job::new(self.name().to_owned(), target.to_owned(), subject.key)),
                );
            }
        }
        jobs.sort_by_key(|job| (rank(job.subject.kind), job.clone()));
        Ok(jobs)
    }

    /// When the next that waits may be delivered, other than for a person or for a day to come.
    async fn next_ready(&self) -> Result<Option<Timestamp>, SyncError> {
        let mut next = None;
        for shard in 0..self.hub.store.shards() {
            for subject in self.hub.store.due_subjects(shard, later(self.end, GRACE), usize::MAX).await? {
                let waits = |it: &Delivery| (it.known_at.is_some() && !it.is_held()) || it.untold.is_some();
                let waiting = self.deliveries(&subject).filter(|(_, it)| waits(it));
                next = waiting.filter_map(|(_, it)| next_look(it)).chain(next).min();
            }
        }
        Ok(next)
    }

    fn deliveries<'s>(&'s self, subject: &'s Subject) -> impl Iterator<Item = (&'s str, &'s Delivery)> {
        let ours = subject.tenant == self.name();
        let all = subject.deliveries.iter().filter(move |_| ours).map(|(target, it)| (target.as_str(), it));
        all.filter(|(target, _)| self.has_target(target))
    }
}

/// When a delivery is looked at next: those whom it has not told by itself are told by the timer.
fn next_look(delivery: &Delivery) -> Option<Timestamp> {
    delivery.ready_at.into_iter().chain(delivery.untold.map(|since| later(since, GRACE))).min()
}

const fn rank(kind: SubjectKind) -> u8 {
    match kind {
        SubjectKind::Organisation => 0,
        SubjectKind::Person => 1,
        SubjectKind::Group => 2,
        SubjectKind::Activity => 3,
    }
}

/// The same hub with an empty memory of its own, whose writes and calls reach nobody.
fn beside(hub: &Hub, time: &Arc<Told>) -> Hub {
    let chance = Arc::new(Counted::default());
    let factory = ImaginedTargets(Arc::clone(&hub.directory.factory));
    Hub {
        store: hub.store.aside().with_chance(Arc::clone(&chance) as _),
        queues: Queues { notices: Arc::new(Nobody), jobs: BTreeMap::new() },
        directory: Arc::new(Directory::new(Arc::new(factory))),
        clock: Arc::clone(time) as Arc<dyn Clock>,
        chance,
        observer: Arc::new(Deaf),
        pace: Arc::default(),
    }
}

async fn propose(hub: &Hub, tenant: &str, file: &str) -> Result<(), SyncError> {
    let told = |problems: Vec<rules::config::Problem>| {
        SyncError::Proposal(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    let config = read_tenant(file, hub.directory.factory()).map_err(told)?;
    if config.tenant != tenant {
        return Err(SyncError::Proposal(format!("it is the file of tenant {}, not of {tenant}", config.tenant)));
    }
    hub.store.put_tenant(tenant, file).await?;
    Ok(())
}
