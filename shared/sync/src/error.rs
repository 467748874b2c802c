//! What a use case can fail with. Whatever it is, the message returns to its queue and is tried again.

use queue::QueueError;
use state::StateError;

/// A use case could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The table.
    #[error(transparent)]
    State(#[from] StateError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The tenant, source or target is not configured (any more).
    #[error("sync.not_configured: {0}")]
    NotConfigured(String),
    /// A message that no version of the hub has sent.
    #[error("sync.message_unreadable: {0}")]
    Message(String),
    /// A tenant's file that was to be tried cannot be used.
    #[error("preview.file_unusable: {0}")]
    Proposal(String),
    /// A hold is no longer what somebody was shown who now approves of it.
    #[error("hold.changed: the hold has changed since it was listed, and nothing was removed; list it again")]
    HoldChanged,
}

impl SyncError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::State(error) => error.code(),
            Self::Queue(error) => error.code(),
            Self::NotConfigured(_) => "sync.not_configured",
            Self::Message(_) => "sync.message_unreadable",
            Self::Proposal(_) => "preview.file_unusable",
            Self::HoldChanged => "hold.changed",
        }
    }
}
