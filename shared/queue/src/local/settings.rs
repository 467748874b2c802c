//! What an in-process queue is told at its making.

use std::sync::Arc;
use std::time::Duration;

use super::LocalQueue;

/// The settings of a [`LocalQueue`]; the defaults are those of SQS.
#[derive(Debug, Clone)]
pub struct LocalQueueSettings {
    /// The queue's name, for logs and metrics.
    pub name: String,
    /// Whether order within a group is kept and repeats are dropped.
    pub fifo: bool,
    /// How long a received message stays hidden. SQS allows up to 12 hours.
    pub visibility: Duration,
    /// How often a message may be received; when it would be received once more it becomes a dead letter.
    /// Without `dead_letters` it has no effect.
    pub max_receive_count: Option<u32>,
    /// Where messages go that were received too often. They keep their id, group and receive count.
    pub dead_letters: Option<Arc<LocalQueue>>,
    /// How long a FIFO queue remembers what was sent; SQS: five minutes from the first sending.
    pub deduplication_window: Duration,
    /// The most messages held; a `send` that would exceed it is refused as a whole with `queue.full`.
    /// Dead letters are taken in over capacity. It bounds the deduplication memory too.
    pub capacity: usize,
}

impl LocalQueueSettings {
    /// A standard queue: 30 s visibility, no dead letters, 2,000,000 messages.
    #[must_use]
    pub fn standard(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fifo: false,
            visibility: Duration::from_secs(30),
            max_receive_count: None,
            dead_letters: None,
            deduplication_window: Duration::from_secs(300),
            capacity: 2_000_000,
        }
    }

    /// A FIFO queue, otherwise like [`standard`](Self::standard).
    #[must_use]
    pub fn fifo(name: impl Into<String>) -> Self {
        Self { fifo: true, ..Self::standard(name) }
    }
}
