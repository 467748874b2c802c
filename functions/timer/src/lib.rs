//! The timer: every minute it asks which sources it is time to read, releases what is due and was not woken, has the
//! files written whose window is due, and those told who read here.
//! This crate must not know: what reading and delivering are.

use std::time::Duration;

use sync::{Hub, SyncError, poll, subscribers, sweep, windows};

/// What a tick set in motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// Notices sent.
    pub notices: usize,
    /// Jobs sent.
    pub jobs: usize,
    /// Targets whose files are due.
    pub files: usize,
    /// Targets whose readers are to be told.
    pub news: usize,
}

/// One tick of the clock.
///
/// # Errors
/// [`SyncError`]; the next tick does what this one could not.
pub async fn tick(hub: &Hub) -> Result<Ticked, SyncError> {
    // Each part is done whatever becomes of the others.
    let notices = poll::poll(hub).await;
    let jobs = sweep::sweep(hub, Duration::ZERO).await;
    let files = windows::due(hub).await;
    let news = subscribers::due(hub).await;
    Ok(Ticked { notices: notices?, jobs: jobs?, files: files?, news: news? })
}
