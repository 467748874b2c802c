//! Deliver: jobs from the queues of one kind of target.
//! This crate must not know: how a target is spoken to.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use runtime::batch::Batch;
use sync::messages::Errand;
use sync::{Hub, SyncError};

/// How many jobs of a batch are carried side by side.
const AT_ONCE: usize = 10;

/// Handles one message.
///
/// # Errors
/// [`SyncError`]: the message is tried again.
pub async fn handle(hub: &Hub, body: &str) -> Result<(), SyncError> {
    let errand = Errand::parse(body)?;
    hub.directory.refresh(&hub.store, hub.now()).await?;
    let answer = match &errand {
        Errand::Deliver(job) => sync::deliver::deliver_one(hub, job).await.map(drop),
        Errand::WriteFiles(due) => sync::windows::write(hub, due).await.map(drop),
        Errand::TellReaders(due) => sync::subscribers::tell(hub, due).await.map(drop),
    };
    match answer {
        // Its target was taken out of the tenant's file: there is nothing to bring up to date.
        Err(SyncError::NotConfigured(_)) => Ok(()),
        answer => answer,
    }
}

/// Handles an event from SQS, side by side.
pub async fn batch(hub: &Hub, event: SqsEvent) -> SqsBatchResponse {
    Batch::new(&hub.queues, event).side_by_side(AT_ONCE, |body| async move { handle(hub, &body).await }).await
}
