//! One request each: what goes over the wire and what comes back.

use std::time::Duration;

use crate::digest::digest;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageSystemAttributeName, SendMessageBatchRequestEntry,
};

use super::SqsQueue;
use crate::error::{Call, QueueError};
use crate::{Outgoing, Received};

/// What SQS says of a receipt that no longer stands. AWS answers a repeated delete with success and a late
/// release with `MessageNotInflight` or `InvalidParameterValue`; other servers say `ReceiptHandleIsInvalid`.
const STALE_RECEIPT: [&str; 5] = [
    "ReceiptHandleIsInvalid",
    "MessageNotInflight",
    "AWS.SimpleQueueService.MessageNotInflight",
    "InvalidParameterValue",
    "AWS.SimpleQueueService.InvalidParameterValue",
];

impl SqsQueue {
    /// One `SendMessageBatch`; returns the entries refused.
    pub(super) async fn send_once(&self, batch: Vec<Outgoing>) -> Result<Vec<BatchResultErrorEntry>, QueueError> {
        let entries = batch.into_iter().enumerate();
        let entries = entries.map(|(position, message)| self.send_entry(position, message));
        let entries: Result<_, BuildError> = entries.collect();
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries.map_err(|e| self.failed(Call::Send, e))?))
            .send()
            .await
            .map_err(|error| self.failed(Call::Send, error))?;
        Ok(answer.failed)
    }

    fn send_entry(&self, position: usize, message: Outgoing) -> Result<SendMessageBatchRequestEntry, BuildError> {
        let entry =
            SendMessageBatchRequestEntry::builder().id(position.to_string()).set_message_group_id(message.group);
        let entry = if self.fifo {
            let id = message.deduplication;
            entry.message_deduplication_id(id.unwrap_or_else(|| digest(&message.body)))
        } else {
            entry.delay_seconds(whole_seconds(message.delay))
        };
        entry.message_body(message.body).build()
    }

    /// One `ReceiveMessage`.
    pub(super) async fn receive_once(&self, max: usize, wait: Duration) -> Result<Vec<Received>, QueueError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(max).unwrap_or(i32::MAX))
            .wait_time_seconds(whole_seconds(wait))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .send()
            .await
            .map_err(|error| self.failed(Call::Receive, error))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        messages.map(|message| self.received(message)).collect()
    }

    fn received(&self, message: Message) -> Result<Received, QueueError> {
        let lacks = |field| move || self.incomplete(Call::Receive, field);
        let mut attributes = message.attributes.unwrap_or_default();
        let receive_count = attributes
            .get(&MessageSystemAttributeName::ApproximateReceiveCount)
            .and_then(|count| count.parse().ok())
            .ok_or_else(lacks("ApproximateReceiveCount"))?;
        Ok(Received {
            id: message.message_id.ok_or_else(lacks("MessageId"))?,
            receipt: message.receipt_handle.ok_or_else(lacks("ReceiptHandle"))?,
            body: message.body.ok_or_else(lacks("Body"))?,
            group: attributes.remove(&MessageSystemAttributeName::MessageGroupId),
            receive_count,
        })
    }

    /// One `DeleteMessageBatch`; returns the entries refused.
    pub(super) async fn delete_once(&self, receipts: Vec<String>) -> Result<Vec<BatchResultErrorEntry>, QueueError> {
        let entries = receipts.into_iter().enumerate();
        let entries = entries.map(|(position, receipt)| {
            DeleteMessageBatchRequestEntry::builder().id(position.to_string()).receipt_handle(receipt).build()
        });
        let entries: Result<_, BuildError> = entries.collect();
        let answer = self
            .client
            .delete_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries.map_err(|e| self.failed(Call::Delete, e))?))
            .send()
            .await
            .map_err(|error| self.failed(Call::Delete, error))?;
        Ok(without_stale_receipts(answer.failed))
    }

    /// One `ChangeMessageVisibilityBatch`; returns the entries refused.
    pub(super) async fn release_once(
        &self,
        receipts: Vec<String>,
        after: Duration,
    ) -> Result<Vec<BatchResultErrorEntry>, QueueError> {
        let entries = receipts.into_iter().enumerate();
        let entries = entries.map(|(position, receipt)| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(position.to_string())
                .receipt_handle(receipt)
                .visibility_timeout(whole_seconds(after))
                .build()
        });
        let entries: Result<_, BuildError> = entries.collect();
        let answer = self
            .client
            .change_message_visibility_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries.map_err(|e| self.failed(Call::Release, e))?))
            .send()
            .await
            .map_err(|error| self.failed(Call::Release, error))?;
        Ok(without_stale_receipts(answer.failed))
    }
}

fn without_stale_receipts(mut refused: Vec<BatchResultErrorEntry>) -> Vec<BatchResultErrorEntry> {
    refused.retain(|entry| !STALE_RECEIPT.contains(&entry.code()));
    refused
}

/// SQS counts in whole seconds: rounded up, so that nothing happens too early.
fn whole_seconds(time: Duration) -> i32 {
    let started = u64::from(time.subsec_nanos() > 0);
    i32::try_from(time.as_secs() + started).unwrap_or(i32::MAX)
}
