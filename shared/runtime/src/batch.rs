//! Batches of messages, handled one by one: one that cannot be read, or panics, never fails its neighbours, and one that
//! failed comes back soon.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::{FutureExt, StreamExt, stream};
use queue::{Queue, Received};
use sync::{Queues, SyncError};

/// After how long a message comes back that failed for the first time; four times as long after each further time. Five
/// tries last seven minutes: longer than a table or a queue is throttled, shorter than anybody would wait for.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// Messages of an event, and the queue they are from.
#[derive(Debug)]
pub struct Batch {
    queue: Option<Arc<dyn Queue>>,
    messages: Vec<Received>,
}

impl Batch {
    /// The messages of an event. What has no identity cannot be reported, and is not from SQS.
    #[must_use]
    pub fn new(queues: &Queues, event: SqsEvent) -> Self {
        let source = event.records.first().and_then(|it| it.event_source_arn.as_deref());
        let queue = source.and_then(|arn| queues.named(arn.rsplit(':').next()?)).cloned();
        Self { queue, messages: event.records.into_iter().filter_map(received).collect() }
    }

    /// Handles messages side by side, at most `at_once`. The answer names those that must be tried again.
    pub async fn side_by_side<F>(self, at_once: usize, handle: impl Fn(String) -> F) -> SqsBatchResponse
    where
        F: Future<Output = Result<(), SyncError>>,
    {
        let handled = stream::iter(self.messages).map(|message| {
            let work = guarded(handle(message.body.clone()));
            async move { failure(message, work.await) }
        });
        let failed: Vec<Received> = handled.buffered(at_once).filter_map(std::future::ready).collect().await;
        answer(self.queue, failed).await
    }

    /// Handles messages in order, as a FIFO queue demands: after the first failure the rest is tried again too.
    pub async fn in_order<F>(self, handle: impl Fn(String) -> F) -> SqsBatchResponse
    where
        F: Future<Output = Result<(), SyncError>>,
    {
        let mut failed = Vec::new();
        for message in self.messages {
            if failed.is_empty() {
                let result = guarded(handle(message.body.clone())).await;
                failed.extend(failure(message, result));
            } else {
                failed.push(message);
            }
        }
        answer(self.queue, failed).await
    }
}

fn received(record: SqsMessage) -> Option<Received> {
    let receive_count = record.attributes.get("ApproximateReceiveCount").and_then(|it| it.parse().ok());
    Some(Received {
        id: record.message_id?,
        // Without one it is handled all the same, and comes back late if it fails.
        receipt: record.receipt_handle.unwrap_or_default(),
        body: record.body.unwrap_or_default(),
        group: record.attributes.get("MessageGroupId").cloned(),
        receive_count: receive_count.unwrap_or(1),
    })
}

/// Runs one message's handler; a panic becomes a failure of that message only.
pub async fn guarded(work: impl Future<Output = Result<(), SyncError>>) -> Result<(), SyncError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(_) => Err(SyncError::Message("the handler panicked".to_owned())),
    }
}

/// The message again, if it failed.
#[must_use]
pub fn failure(message: Received, result: Result<(), SyncError>) -> Option<Received> {
    let error = result.err()?;
    tracing::error!(code = error.code(), message = message.id, error = %error, "A message will be tried again.");
    Some(message)
}

/// Lets failed messages come back after a pause. Left alone they would be hidden for the queue's whole visibility timeout,
/// which is made for the longest work: half an hour for a notice, and everything of its source behind it.
pub async fn put_back(queue: &dyn Queue, failed: &[Received]) {
    for message in failed {
        if let Err(error) = queue.release(vec![message.receipt.clone()], pause(message.receive_count)).await {
            tracing::error!(code = error.code(), error = %error, "A failed message comes back late.");
        }
    }
}

fn pause(receive_count: u32) -> Duration {
    let times = 4u32.saturating_pow(receive_count.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
}

async fn answer(queue: Option<Arc<dyn Queue>>, failed: Vec<Received>) -> SqsBatchResponse {
    if let Some(queue) = queue {
        put_back(&*queue, &failed).await;
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(|it| item(it.id)).collect();
    response
}

fn item(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use queue::{Depth, Outgoing, QueueError};

    use super::*;

    /// A queue that remembers what was put back.
    #[derive(Debug, Default)]
    struct Released(Mutex<Vec<(String, u64)>>);

    #[async_trait]
    impl Queue for Released {
        fn name(&self) -> &str {
            "hub-notices.fifo"
        }

        async fn send(&self, _messages: Vec<Outgoing>) -> Result<(), QueueError> {
            unreachable!("nothing is sent here")
        }

        async fn receive(&self, _max: usize, _wait: Duration) -> Result<Vec<Received>, QueueError> {
            unreachable!("Lambda receives")
        }

        async fn delete(&self, _receipts: Vec<String>) -> Result<(), QueueError> {
            unreachable!("Lambda deletes")
        }

        async fn release(&self, receipts: Vec<String>, after: Duration) -> Result<(), QueueError> {
            self.0.lock().unwrap().extend(receipts.into_iter().map(|it| (it, after.as_secs())));
            Ok(())
        }

        async fn depth(&self) -> Result<Depth, QueueError> {
            unreachable!("nobody asks")
        }

        async fn purge(&self) -> Result<(), QueueError> {
            unreachable!("nobody purges")
        }
    }

    fn event(bodies: &[&str], received: u32) -> SqsEvent {
        let record = |body: &&str| {
            let mut record = SqsMessage::default();
            record.message_id = Some(format!("id-{body}"));
            record.receipt_handle = Some(format!("receipt-{body}"));
            record.body = Some((*body).to_owned());
            record.event_source_arn = Some("arn:aws:sqs:eu-north-1:123456789012:hub-notices.fifo".to_owned());
            record.attributes.insert("ApproximateReceiveCount".to_owned(), received.to_string());
            record
        };
        let mut event = SqsEvent::default();
        event.records = bodies.iter().map(record).collect();
        event
    }

    fn batch(bodies: &[&str], received: u32) -> (Batch, Arc<Released>) {
        let released = Arc::new(Released::default());
        let queues = Queues { notices: Arc::clone(&released) as _, jobs: std::collections::BTreeMap::new() };
        (Batch::new(&queues, event(bodies, received)), released)
    }

    async fn handle(body: String) -> Result<(), SyncError> {
        match body.as_str() {
            "good" => Ok(()),
            "bad" => Err(SyncError::Message("unreadable".into())),
            _ => panic!("worse than bad"),
        }
    }

    fn failed(response: SqsBatchResponse) -> Vec<String> {
        response.batch_item_failures.into_iter().map(|it| it.item_identifier).collect()
    }

    #[tokio::test]
    async fn a_failure_and_a_panic_fail_nobody_else() {
        let (batch, _) = batch(&["good", "bad", "worse"], 1);

        let response = batch.side_by_side(10, handle).await;

        assert_eq!(failed(response), ["id-bad", "id-worse"]);
    }

    #[tokio::test]
    async fn in_order_the_first_failure_keeps_back_the_rest() {
        let (batch, _) = batch(&["good", "bad", "worse", "last"], 1);

        let response = batch.in_order(handle).await;

        assert_eq!(failed(response), ["id-bad", "id-worse", "id-last"]);
    }

    #[tokio::test]
    async fn what_failed_comes_back_soon_and_then_ever_later() {
        let mut pauses = Vec::new();
        for received in [1, 2, 3, 4, 5, 40] {
            let (batch, released) = batch(&["good", "bad"], received);
            batch.in_order(handle).await;
            pauses.append(&mut released.0.lock().unwrap());
        }

        let of_bad = |seconds| ("receipt-bad".to_owned(), seconds);
        assert_eq!(pauses, [5, 20, 80, 320, 900, 900].map(of_bad));
    }
}
