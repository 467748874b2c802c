//! Queues: Amazon SQS over the wire ([`SqsQueue`]) and the same contract in process ([`LocalQueue`]).
//!
//! A queue only wakes its readers. It delivers at least once, sometimes late and sometimes out of order, so
//! whoever reads must stand duplicates. What is due is kept in the table, never here.
//!
//! This crate must not know: what a message means. Bodies are opaque text; notices and jobs belong to `sync`.

mod digest;
mod error;
mod limits;
mod local;
mod message;
mod sqs;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

pub use error::{Call, Cause, QueueError};
pub use limits::{MAX_BATCH, MAX_BODY_BYTES, MAX_DELAY, MAX_VISIBILITY, MAX_WAIT};
pub use local::{LocalQueue, LocalQueueSettings};
pub use message::{Depth, Outgoing, Received};
pub use sqs::SqsQueue;

/// A queue with the semantics of Amazon SQS.
///
/// Both implementations refuse the same messages with the same [`QueueError::code`]. Waiting times count from
/// the call; SQS counts in whole seconds, so [`SqsQueue`] rounds every time up, never down.
///
/// On a FIFO queue no message of a group is handed out while another *call's* message of the same group is in
/// flight; one call may carry several messages of a group, in order.
#[async_trait]
pub trait Queue: Send + Sync + Debug {
    /// The queue's name, for logs and metrics. On SQS the last segment of its URL.
    fn name(&self) -> &str;

    /// Sends any number of messages, in batches of at most [`MAX_BATCH`] messages and [`MAX_BODY_BYTES`] bytes.
    ///
    /// All messages are checked before the first is sent. On a FIFO queue the order given is kept within a
    /// group (except when the service refuses single messages of a batch) and repeats within the
    /// deduplication window are accepted without effect.
    ///
    /// # Errors
    /// A message outside the limits, a full queue, or a service that still refuses some messages after a
    /// bounded number of tries. After a service error some of the messages may have been sent: send all of
    /// them again, readers stand duplicates.
    async fn send(&self, messages: Vec<Outgoing>) -> Result<(), QueueError>;

    /// Receives up to `max` messages (1 to [`MAX_BATCH`]), waiting up to `wait` (at most [`MAX_WAIT`]) for the
    /// first. An empty answer is normal.
    ///
    /// What is received is in flight: hidden from other readers until it is deleted, released, or the queue's
    /// visibility timeout has passed.
    ///
    /// # Errors
    /// `max` or `wait` outside the limits, or a failing service.
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Received>, QueueError>;

    /// Deletes messages by the receipts of their latest reception. A receipt that no longer stands (deleted
    /// before, received again since, unknown) deletes nothing and is no error.
    ///
    /// # Errors
    /// A service that still refuses after a bounded number of tries.
    async fn delete(&self, receipts: Vec<String>) -> Result<(), QueueError>;

    /// Hides messages in flight for `after` from now (zero: visible at once; at most [`MAX_VISIBILITY`]).
    /// A receipt that no longer stands changes nothing and is no error.
    ///
    /// # Errors
    /// `after` outside the limit, or a service that still refuses after a bounded number of tries.
    async fn release(&self, receipts: Vec<String>, after: Duration) -> Result<(), QueueError>;

    /// How many messages the queue holds. Exact in process, approximate on SQS (eventually consistent, about
    /// a minute).
    ///
    /// # Errors
    /// A failing service.
    async fn depth(&self) -> Result<Depth, QueueError>;

    /// Deletes every message: visible, in flight and delayed. The deduplication window is kept. SQS takes up
    /// to a minute and refuses a second purge meanwhile.
    ///
    /// # Errors
    /// A failing service.
    async fn purge(&self) -> Result<(), QueueError>;
}
