//! Holds: a person decides about removals that were held. What is carried out is exactly what was shown.

use state::holds::Hold;
use state::sources::SourceState;

use crate::deliver::removal;
use crate::error::SyncError;
use crate::hub::Hub;
use crate::ingest::retract;

/// Carries out the removals of a hold, and ends it. `reference`: as the hold was shown. `None`: there is no such hold
/// (any more).
///
/// # Errors
/// [`SyncError::HoldChanged`] when it holds something else by now: nothing is removed then. Others leave the hold, which
/// can be approved again.
pub async fn approve(hub: &Hub, tenant: &str, reference: &str) -> Result<Option<Hold>, SyncError> {
    let Some(hold) = hub.store.hold(tenant, Hold::id_in(reference)).await? else { return Ok(None) };
    if hold.reference() != reference {
        return Err(SyncError::HoldChanged);
    }
    match &hold.target {
        Some(target) => removal::decide(hub, tenant, target, &hold, true).await?,
        None => remove_everywhere(hub, tenant, &hold).await?,
    }
    let count = hold.records.len();
    tracing::warn!(code = "hold.approved", tenant, hold = reference, count, "Held removals were approved.");
    Ok(Some(hold))
}

async fn remove_everywhere(hub: &Hub, tenant: &str, hold: &Hold) -> Result<(), SyncError> {
    let known = hub.directory.tenant(tenant)?;
    retract(hub, &known, &hold.source, &hold.records).await?;
    // Counted before the hold ends: approved once more after a crash, it makes the guard stricter, never blind.
    let forget = |state: &mut SourceState| {
        let total = state.totals.entry(hold.kind).or_default();
        *total = total.saturating_sub(hold.records.len() as u64);
    };
    hub.store.change_source(tenant, &hold.source, forget).await?;
    Ok(hub.store.end_hold(tenant, &hold.id).await?)
}

/// Ends a hold without removing anything, whatever it holds by now. A later read that finds the same – at a target, a
/// look a day later – makes a new one. `None`: no such hold.
///
/// # Errors
/// [`SyncError`].
pub async fn reject(hub: &Hub, tenant: &str, reference: &str) -> Result<Option<Hold>, SyncError> {
    let Some(hold) = hub.store.hold(tenant, Hold::id_in(reference)).await? else { return Ok(None) };
    match &hold.target {
        Some(target) => removal::decide(hub, tenant, target, &hold, false).await?,
        None => hub.store.end_hold(tenant, &hold.id).await?,
    }
    tracing::warn!(code = "hold.rejected", tenant, hold = reference, "Held removals were rejected.");
    Ok(Some(hold))
}
