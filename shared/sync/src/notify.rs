//! Notify: a doorbell rang. What it says is not believed; the source is read.

use crate::error::SyncError;
use crate::hub::Hub;
use crate::messages::{Notice, Reason};

/// Sends a notice that a source may have something new.
///
/// # Errors
/// [`SyncError::NotConfigured`] when there is no such source, [`SyncError::Queue`].
pub async fn notify(hub: &Hub, tenant: &str, source: &str, reason: Reason) -> Result<(), SyncError> {
    hub.send_notice(&notice(hub, tenant, source, reason)?).await
}

/// The same for a ring that has an identity of its own: within five minutes a second one has no effect.
///
/// # Errors
/// As [`notify`].
pub async fn notify_once(
    hub: &Hub,
    tenant: &str,
    source: &str,
    reason: Reason,
    identity: String,
) -> Result<(), SyncError> {
    hub.send_notice_once(&notice(hub, tenant, source, reason)?, identity).await
}

fn notice(hub: &Hub, tenant: &str, source: &str, reason: Reason) -> Result<Notice, SyncError> {
    let known = hub.directory.tenant(tenant)?;
    if !known.sources.contains_key(source) {
        return Err(SyncError::NotConfigured(format!("source {source} of tenant {tenant}")));
    }
    Ok(Notice::new(tenant.to_owned(), source.to_owned(), reason, hub.now()))
}
