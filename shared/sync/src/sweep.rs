//! Sweep: the timer releases whatever is due and was not woken. The table holds the truth, the queue only wakes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rules::delivery::{Delivery, GRACE, later};
use state::Subject;

use crate::error::SyncError;
use crate::hub::Hub;
use crate::messages::{Job, Notice, Reason};

/// How many subjects of a shard one sweep releases.
const PER_SHARD: usize = 400;

/// A queue with more than this is busy enough: what is due will be found by the next sweep.
const BUSY: u64 = 5_000;

/// Sends jobs for what is due until `horizon` from now. Gives how many.
///
/// # Errors
/// [`SyncError`].
pub async fn sweep(hub: &Hub, horizon: Duration) -> Result<usize, SyncError> {
    hub.directory.refresh(&hub.store, hub.now()).await?;
    let until = later(hub.now(), horizon);
    let busy = busy_kinds(hub).await?;
    let (mut open, mut count) = (BTreeMap::new(), 0);
    // Shard by shard: what is due at once may be everything.
    for shard in 0..hub.store.shards() {
        let mut jobs = Vec::new();
        for subject in hub.store.due_subjects(shard, until, PER_SHARD).await? {
            for (target, delivery) in due_deliveries(&subject, until) {
                let kind = hub.directory.target_kind(&subject.tenant, target);
                let may_be_called = is_open(hub, &mut open, &subject.tenant, target).await?;
                if may_be_called && kind.is_some_and(|kind| !busy.contains(&kind)) {
                    jobs.push((Job::new(subject.tenant.clone(), target.clone(), subject.key), delivery.lane));
                }
            }
        }
        count += jobs.len();
        hub.send_jobs(jobs).await?;
    }
    Ok(count)
}

/// Goes on after a stop, in a hub that is alone with its table: the queues of then are gone, and so is everybody who had
/// a lease, and whoever was reading.
///
/// # Errors
/// [`SyncError`].
pub async fn resume(hub: &Hub) -> Result<usize, SyncError> {
    for shard in 0..hub.store.shards() {
        let mut due = hub.store.due_subjects(shard, later(hub.now(), GRACE), PER_SHARD).await?;
        due.retain(|subject| subject.deliveries.values().any(|it| it.lease.is_some()));
        hub.store.change_loaded(due, |subject| subject.deliveries.values_mut().for_each(|it| it.lease = None)).await?;
    }
    for tenant in hub.directory.tenants() {
        for source in tenant.sources.keys() {
            if hub.store.source(&tenant.config.tenant, source).await?.state.reading.is_some() {
                let notice = Notice::new(tenant.config.tenant.clone(), source.clone(), Reason::Continue, hub.now());
                hub.send_notice(&notice).await?;
            }
        }
    }
    sweep(hub, GRACE).await
}

fn due_deliveries(subject: &Subject, until: jiff::Timestamp) -> impl Iterator<Item = (&String, &Delivery)> {
    subject.deliveries.iter().filter(move |(_, delivery)| delivery.due_at().is_some_and(|at| at <= until))
}

async fn busy_kinds(hub: &Hub) -> Result<BTreeSet<String>, SyncError> {
    let mut busy = BTreeSet::new();
    for (kind, lanes) in &hub.queues.jobs {
        let waiting = lanes.fresh.depth().await?.visible + lanes.bulk.depth().await?.visible;
        if waiting > BUSY {
            busy.insert(kind.clone());
        }
    }
    Ok(busy)
}

/// Whether a target may be called; asked once per sweep.
async fn is_open(
    hub: &Hub,
    known: &mut BTreeMap<(String, String), bool>,
    tenant: &str,
    target: &str,
) -> Result<bool, SyncError> {
    let key = (tenant.to_owned(), target.to_owned());
    if let Some(open) = known.get(&key) {
        return Ok(*open);
    }
    let state = hub.store.target(tenant, target).await?;
    let open = state.open_until.is_none_or(|until| until <= hub.now());
    known.insert(key, open);
    Ok(open)
}
