//! What can go wrong, with a stable code each.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::limits::{MAX_BATCH, MAX_BODY_BYTES, MAX_DELAY, MAX_VISIBILITY, MAX_WAIT};

/// Why a queue refused or failed. Never carries a body or a receipt.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// The in-process queue is at its capacity; nothing of the call was accepted.
    #[error("queue {queue} is full: {capacity} messages")]
    Full {
        /// The queue's name.
        queue: String,
        /// Its capacity in messages.
        capacity: usize,
    },
    /// A delay over [`MAX_DELAY`].
    #[error("a delay of {delay:?} is over {MAX_DELAY:?}")]
    DelayTooLong {
        /// The delay asked for.
        delay: Duration,
    },
    /// A per-message delay on a FIFO queue; SQS has none.
    #[error("queue {queue} is FIFO and takes no delay per message")]
    DelayUnsupported {
        /// The queue's name.
        queue: String,
    },
    /// A message without a group on a FIFO queue.
    #[error("queue {queue} is FIFO and needs a group on every message")]
    GroupMissing {
        /// The queue's name.
        queue: String,
    },
    /// A group that is not 1 to 128 ASCII letters, digits or punctuation.
    #[error("the group is not 1 to 128 ASCII letters, digits or punctuation")]
    GroupInvalid,
    /// A deduplication id that is not 1 to 128 ASCII letters, digits or punctuation.
    #[error("the deduplication id is not 1 to 128 ASCII letters, digits or punctuation")]
    DeduplicationInvalid,
    /// An empty body.
    #[error("the body is empty")]
    BodyEmpty,
    /// A body over [`MAX_BODY_BYTES`].
    #[error("a body of {bytes} bytes is over {MAX_BODY_BYTES}")]
    BodyTooLarge {
        /// The body's size in bytes of UTF-8.
        bytes: usize,
    },
    /// A body with a character SQS does not carry.
    #[error("the body holds U+{character:04X}, which SQS does not carry")]
    BodyCharacter {
        /// The character's code point.
        character: u32,
    },
    /// A receive of none or of more than [`MAX_BATCH`] messages.
    #[error("receiving {max} messages is not within 1 to {MAX_BATCH}")]
    ReceiveCount {
        /// The number asked for.
        max: usize,
    },
    /// A long poll over [`MAX_WAIT`].
    #[error("waiting {wait:?} is over {MAX_WAIT:?}")]
    WaitTooLong {
        /// The wait asked for.
        wait: Duration,
    },
    /// A release over [`MAX_VISIBILITY`].
    #[error("releasing after {after:?} is over {MAX_VISIBILITY:?}")]
    ReleaseTooLong {
        /// The time asked for.
        after: Duration,
    },
    /// The service did not carry out the call.
    #[error("{call} on queue {queue} failed")]
    Service {
        /// Which call.
        call: Call,
        /// The queue's name.
        queue: String,
        /// Why, from the client.
        source: Cause,
    },
    /// The service refused some entries of a batch for good, or again and again.
    #[error("{call} on queue {queue}: {entries} entries refused, first with {reason}")]
    Refused {
        /// Which call.
        call: Call,
        /// The queue's name.
        queue: String,
        /// How many entries of the batch were not carried out.
        entries: usize,
        /// The service's code for the first of them.
        reason: String,
    },
    /// The service's answer lacks something it always holds.
    #[error("{call} on queue {queue}: the answer lacks {field}")]
    Incomplete {
        /// Which call.
        call: Call,
        /// The queue's name.
        queue: String,
        /// What is missing, in SQS's words.
        field: &'static str,
    },
}

impl QueueError {
    /// The stable code of this error, for logs, metrics and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "queue.full",
            Self::DelayTooLong { .. } => "queue.delay_too_long",
            Self::DelayUnsupported { .. } => "queue.delay_unsupported",
            Self::GroupMissing { .. } => "queue.group_missing",
            Self::GroupInvalid => "queue.group_invalid",
            Self::DeduplicationInvalid => "queue.deduplication_invalid",
            Self::BodyEmpty => "queue.body_empty",
            Self::BodyTooLarge { .. } => "queue.body_too_large",
            Self::BodyCharacter { .. } => "queue.body_character",
            Self::ReceiveCount { .. } => "queue.receive_count",
            Self::WaitTooLong { .. } => "queue.wait_too_long",
            Self::ReleaseTooLong { .. } => "queue.release_too_long",
            Self::Service { call, .. } | Self::Refused { call, .. } | Self::Incomplete { call, .. } => {
                call.failure_code()
            }
        }
    }
}

/// A call of the [`Queue`](crate::Queue) contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `send`
    Send,
    /// `receive`
    Receive,
    /// `delete`
    Delete,
    /// `release`
    Release,
    /// `depth`
    Depth,
    /// `purge`
    Purge,
}

impl Call {
    fn failure_code(self) -> &'static str {
        match self {
            Self::Send => "queue.send_failed",
            Self::Receive => "queue.receive_failed",
            Self::Delete => "queue.delete_failed",
            Self::Release => "queue.release_failed",
            Self::Depth => "queue.depth_failed",
            Self::Purge => "queue.purge_failed",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Delete => "delete",
            Self::Release => "release",
            Self::Depth => "depth",
            Self::Purge => "purge",
        })
    }
}

/// The client's error behind a [`QueueError::Service`]. Its `Debug` shows only the chain of messages: the
/// client's own would print the raw answer, message bodies included.
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Cause(Box<dyn Error + Send + Sync>);

impl Cause {
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}
