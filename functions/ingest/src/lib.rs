//! Ingest: notices from the queue, one source read after the other.
//! This crate must not know: how a source is read.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use runtime::batch::Batch;
use sync::messages::Notice;
use sync::{Hub, SyncError};

/// Handles one message.
///
/// # Errors
/// [`SyncError`]: the message is tried again.
pub async fn handle(hub: &Hub, body: &str, deadline: Timestamp) -> Result<(), SyncError> {
    let notice = Notice::parse(body)?;
    let answer = sync::ingest::ingest(hub, &notice, deadline).await?;
    tracing::debug!(
        code = "ingest.handled",
        tenant = notice.tenant,
        source = notice.source,
        ?answer,
        "A notice was handled."
    );
    Ok(())
}

/// Handles an event from SQS, in order.
pub async fn batch(hub: &Hub, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
    Batch::new(&hub.queues, event).in_order(|body| async move { handle(hub, &body, deadline).await }).await
}
