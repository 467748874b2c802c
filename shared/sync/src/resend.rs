//! Sending again: whatever a target has from us, for when it has lost it, or wants to be told all of it anew.
//!
//! Nothing is made or taken away by this that would not be otherwise: what is there is sent once more as it is, what was
//! given up is tried again.

use roster::{SubjectKey, SubjectKind};
use rules::delivery::{Delivery, Lane};

use crate::error::SyncError;
use crate::hub::Hub;
use crate::messages::Job;

/// Subjects handled at once: bounds memory, not correctness.
const AT_ONCE: usize = 1_000;

/// Marks everything that a target has, or could not get, to be sent again. Gives how many subjects.
///
/// # Errors
/// [`SyncError`]; some may have been marked, and marking them again does no harm.
pub async fn resend(hub: &Hub, tenant: &str, target: &str) -> Result<usize, SyncError> {
    if !hub.directory.tenant(tenant)?.targets.contains_key(target) {
        return Err(SyncError::NotConfigured(format!("target {target} of tenant {tenant}")));
    }
    let mut count = 0;
    for kind in SubjectKind::ALL {
        let keys = hub.store.subject_ids(tenant, kind).await?;
        for batch in keys.chunks(AT_ONCE) {
            count += resend_some(hub, tenant, target, batch).await?;
        }
    }
    tracing::warn!(code = "target.resent", tenant, target, count, "Everything at a target is sent again.");
    Ok(count)
}

async fn resend_some(hub: &Hub, tenant: &str, target: &str, some: &[SubjectKey]) -> Result<usize, SyncError> {
    let now = hub.now();
    let changed = hub.store.change_many(tenant, some.to_vec(), |subject| {
        if let Some(delivery) = subject.deliveries.get_mut(target).filter(|it| is_sent(it)) {
            delivery.doubt_everything();
            delivery.mark(now, Lane::Bulk);
        }
    });
    let jobs: Vec<_> =
        changed.await?.iter().map(|it| (Job::new(tenant.to_owned(), target.to_owned(), it.key), Lane::Bulk)).collect();
    let count = jobs.len();
    hub.send_jobs(jobs).await?;
    Ok(count)
}

fn is_sent(delivery: &Delivery) -> bool {
    !delivery.objects.is_empty() || delivery.dead
}
