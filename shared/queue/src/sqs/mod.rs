//! Amazon SQS over the wire.

mod batch;
mod once;
mod rounds;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, QueueAttributeName};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::error::{Call, Cause, QueueError};
use crate::{Depth, Outgoing, Queue, Received, limits};

/// Batches on their way at the same time on a standard queue. A FIFO queue sends one after the other.
const LANES: usize = 8;

/// One queue of Amazon SQS.
///
/// A queue whose URL ends in `.fifo` is FIFO: every message needs a group, per-message delays are refused, and
/// the deduplication id is the one given or the SHA-256 of the body. On a standard queue the group is sent as
/// `MessageGroupId`, which makes it a fair queue.
///
/// What a batch call partially refuses is tried three times; the client's own retries come on top. The
/// client's read timeout, if it has one, must be longer than [`MAX_WAIT`](crate::MAX_WAIT).
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
    name: String,
    fifo: bool,
}

impl SqsQueue {
    /// The queue at `url` (as `GetQueueUrl` and the stack's outputs give it).
    #[must_use]
    pub fn new(client: Client, url: String) -> Self {
        let name = url.rsplit('/').next().unwrap_or_default().to_owned();
        let fifo = name.ends_with(".fifo");
        Self { client, url, name, fifo }
    }

    /// Carries out `submit` for all `items`, batch by batch, and again for what was refused.
    async fn in_batches<T, F, Answer>(
        &self,
        call: Call,
        batches: Vec<Vec<T>>,
        lanes: usize,
        submit: F,
    ) -> Result<(), QueueError>
    where
        T: Clone,
        F: Fn(Vec<T>) -> Answer,
        Answer: Future<Output = Result<Vec<BatchResultErrorEntry>, QueueError>>,
    {
        let refused = |refusal: rounds::Refusal| QueueError::Refused {
            call,
            queue: self.name.clone(),
            entries: refusal.entries,
            reason: refusal.reason,
        };
        let calls: Vec<_> = batches.into_iter().map(|batch| rounds::in_rounds(batch, &submit)).collect();
        stream::iter(calls)
            .buffer_unordered(lanes)
            .try_for_each(|refusal| std::future::ready(refusal.map_or(Ok(()), |refusal| Err(refused(refusal)))))
            .await
    }

    fn failed(&self, call: Call, error: impl Error + Send + Sync + 'static) -> QueueError {
        QueueError::Service { call, queue: self.name.clone(), source: Cause::new(error) }
    }

    fn incomplete(&self, call: Call, field: &'static str) -> QueueError {
        QueueError::Incomplete { call, queue: self.name.clone(), field }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    fn name(&self) -> &str {
        &self.name
    }

    async fn send(&self, messages: Vec<Outgoing>) -> Result<(), QueueError> {
        for message in &messages {
            limits::check_message(&self.name, self.fifo, message)?;
        }
        let lanes = if self.fifo { 1 } else { LANES };
        let batches = batch::by_size(messages, |message| message.body.len());
        self.in_batches(Call::Send, batches, lanes, |batch| self.send_once(batch)).await
    }

    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Received>, QueueError> {
        limits::check_receive(max, wait)?;
        self.receive_once(max, wait).await
    }

    async fn delete(&self, receipts: Vec<String>) -> Result<(), QueueError> {
        let batches = batch::by_count(receipts);
        self.in_batches(Call::Delete, batches, LANES, |batch| self.delete_once(batch)).await
    }

    async fn release(&self, receipts: Vec<String>, after: Duration) -> Result<(), QueueError> {
        limits::check_release(after)?;
        let batches = batch::by_count(receipts);
        self.in_batches(Call::Release, batches, LANES, |batch| self.release_once(batch, after)).await
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        use QueueAttributeName as Name;
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(Name::ApproximateNumberOfMessages)
            .attribute_names(Name::ApproximateNumberOfMessagesNotVisible)
            .attribute_names(Name::ApproximateNumberOfMessagesDelayed)
            .send()
            .await
            .map_err(|error| self.failed(Call::Depth, error))?;
        let count = |name: Name, field: &'static str| {
            answer
                .attributes()
                .and_then(|attributes| attributes.get(&name)?.parse().ok())
                .ok_or_else(|| self.incomplete(Call::Depth, field))
        };
        Ok(Depth {
            visible: count(Name::ApproximateNumberOfMessages, "ApproximateNumberOfMessages")?,
            in_flight: count(Name::ApproximateNumberOfMessagesNotVisible, "ApproximateNumberOfMessagesNotVisible")?,
            delayed: count(Name::ApproximateNumberOfMessagesDelayed, "ApproximateNumberOfMessagesDelayed")?,
        })
    }

    async fn purge(&self) -> Result<(), QueueError> {
        self.client.purge_queue().queue_url(&self.url).send().await.map_err(|error| self.failed(Call::Purge, error))?;
        Ok(())
    }
}
