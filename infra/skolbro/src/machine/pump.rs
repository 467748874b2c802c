//! Pumps: what Lambda's event source mappings do in the cloud – receive, hand to the handler, delete what succeeded.

use std::sync::Arc;
use std::time::Duration;

use queue::{Queue, Received};
use rules::delivery::later;
use runtime::batch::{failure, guarded, put_back};
use sync::{Hub, SyncError};
use tokio::sync::Semaphore;

/// How long one call waits for messages.
const LONG_POLL: Duration = Duration::from_secs(20);

/// Jobs of one queue under way at once.
const JOBS_AT_ONCE: usize = 96;

/// Sources read at once; each by one reader.
const READS_AT_ONCE: usize = 4;

/// How long one notice may keep its reader before the read goes on with another.
const READ_FOR: Duration = Duration::from_secs(600);

/// How long a queue that could not be read is left alone.
const COME_BACK: Duration = Duration::from_secs(10);

pub(super) async fn notices(hub: Hub) {
    let queue = Arc::clone(&hub.queues.notices);
    pump(queue, READS_AT_ONCE, move |message: String| {
        let hub = hub.clone();
        async move { ingest::handle(&hub, &message, later(hub.now(), READ_FOR)).await }
    })
    .await;
}

pub(super) async fn jobs(hub: Hub, queue: Arc<dyn Queue>) {
    pump(queue, JOBS_AT_ONCE, move |message: String| {
        let hub = hub.clone();
        async move { deliver::handle(&hub, &message).await }
    })
    .await;
}

async fn pump<F, H>(queue: Arc<dyn Queue>, at_once: usize, handle: H)
where
    H: Fn(String) -> F,
    F: Future<Output = Result<(), SyncError>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(at_once));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        drop(place);
        let free = places.available_permits().clamp(1, 10);
        match queue.receive(free, LONG_POLL).await {
            Ok(messages) => {
                for message in messages {
                    let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                    let (queue, work) = (Arc::clone(&queue), guarded(handle(message.body.clone())));
                    tokio::spawn(async move {
                        finish(&*queue, message, work.await).await;
                        drop(place);
                    });
                }
            }
            Err(error) => {
                tracing::error!(code = error.code(), error = %error, "A queue could not be read.");
                tokio::time::sleep(COME_BACK).await;
            }
        }
    }
}

async fn finish(queue: &dyn Queue, message: Received, result: Result<(), SyncError>) {
    let receipt = message.receipt.clone();
    if let Some(failed) = failure(message, result) {
        return put_back(queue, &[failed]).await;
    }
    if let Err(error) = queue.delete(vec![receipt]).await {
        tracing::error!(code = error.code(), error = %error, "A message could not be put away; it comes back.");
    }
}
