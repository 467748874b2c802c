//! Holds: a person decides about removals that were held. What is carried out is exactly what was shown.

use state::holds::Hold;

use crate::deliver::removal;
use crate::error::SyncError;
use crate::hub::Hub;
use crate::ingest::retract;

/// Carries out the removals of a hold, and ends it. `None`: there is no such hold (any more).
///
/// # Errors
/// [`SyncError`]; the hold then stays and can be approved again.
pub async fn approve(hub: &Hub, tenant: &str, id: &str) -> Result<Option<Hold>, SyncError> {
    let Some(hold) = hub.store.hold(tenant, id).await? else { return Ok(None) };
    if let Some(target) = &hold.target {
        removal::decide(hub, tenant, target, &hold, true).await?;
        tracing::warn!(
            code = "hold.approved",
            tenant,
            hold = id,
            count = hold.records.len(),
            "Held removals were approved."
        );
        return Ok(Some(hold));
    }
    let known = hub.directory.tenant(tenant)?;
    retract(hub, &known, &hold.source, &hold.records).await?;
    hub.store.end_hold(tenant, id).await?;
    let (kind, removed) = (hold.kind, hold.records.len() as u64);
    let forget = |state: &mut state::sources::SourceState| {
        let total = state.totals.entry(kind).or_default();
        *total = total.saturating_sub(removed);
    };
    hub.store.change_source(tenant, &hold.source, forget).await?;
    tracing::warn!(code = "hold.approved", tenant, hold = id, count = removed, "Held removals were approved.");
    Ok(Some(hold))
}

/// Ends a hold without removing anything. A later read that finds the same – at a target, a look a day later – makes a
/// new one. `None`: no such hold.
///
/// # Errors
/// [`SyncError`].
pub async fn reject(hub: &Hub, tenant: &str, id: &str) -> Result<Option<Hold>, SyncError> {
    let Some(hold) = hub.store.hold(tenant, id).await? else { return Ok(None) };
    match &hold.target {
        Some(target) => removal::decide(hub, tenant, target, &hold, false).await?,
        None => hub.store.end_hold(tenant, id).await?,
    }
    tracing::warn!(code = "hold.rejected", tenant, hold = id, "Held removals were rejected.");
    Ok(Some(hold))
}
