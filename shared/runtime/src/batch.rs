//! Batches of messages, handled one by one: one that cannot be read, or panics, never fails its neighbours.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::{FutureExt, StreamExt, stream};
use sync::SyncError;

/// A message with what is needed to report it.
#[derive(Debug, Clone)]
pub struct Message {
    /// SQS's identity of the message.
    pub id: String,
    /// Its body.
    pub body: String,
}

/// The messages of an event. What has no identity cannot be reported, and is not from SQS.
#[must_use]
pub fn messages(event: SqsEvent) -> Vec<Message> {
    let message = |it: SqsMessage| Some(Message { id: it.message_id?, body: it.body.unwrap_or_default() });
    event.records.into_iter().filter_map(message).collect()
}

/// Runs one message's handler; a panic becomes a failure of that message only.
pub async fn guarded(work: impl Future<Output = Result<(), SyncError>>) -> Result<(), SyncError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(_) => Err(SyncError::Message("the handler panicked".to_owned())),
    }
}

/// Handles messages side by side, at most `at_once`. The answer names those that must be tried again.
pub async fn side_by_side<F>(messages: Vec<Message>, at_once: usize, handle: impl Fn(String) -> F) -> SqsBatchResponse
where
    F: Future<Output = Result<(), SyncError>>,
{
    let handled = stream::iter(messages).map(|message| {
        let work = guarded(handle(message.body));
        async move { (message.id, work.await) }
    });
    let results: Vec<(String, Result<(), SyncError>)> = handled.buffered(at_once).collect().await;
    response(results.into_iter().filter_map(|(id, result)| failure(id, result)))
}

/// Handles messages in order, as a FIFO queue demands: after the first failure the rest is tried again too.
pub async fn in_order<F>(messages: Vec<Message>, handle: impl Fn(String) -> F) -> SqsBatchResponse
where
    F: Future<Output = Result<(), SyncError>>,
{
    let mut failures = Vec::new();
    for message in messages {
        if failures.is_empty() {
            failures.extend(failure(message.id, guarded(handle(message.body)).await));
        } else {
            failures.push(message.id);
        }
    }
    response(failures)
}

fn failure(id: String, result: Result<(), SyncError>) -> Option<String> {
    let error = result.err()?;
    tracing::error!(code = error.code(), message = id, error = %error, "A message will be tried again.");
    Some(id)
}

fn response(failures: impl IntoIterator<Item = String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.into_iter().map(item).collect();
    response
}

fn item(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Vec<Message> {
        ["good", "bad", "worse"].map(|body| Message { id: format!("id-{body}"), body: body.to_owned() }).into()
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
        let response = side_by_side(three(), 10, handle).await;

        assert_eq!(failed(response), ["id-bad", "id-worse"]);
    }

    #[tokio::test]
    async fn in_order_the_first_failure_keeps_back_the_rest() {
        let mut messages = three();
        messages.push(Message { id: "id-last".into(), body: "good".into() });

        let response = in_order(messages, handle).await;

        assert_eq!(failed(response), ["id-bad", "id-worse", "id-last"]);
    }
}
