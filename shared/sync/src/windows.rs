//! Windows: what goes to targets in files is kept as changes are delivered, and written when its window is due.
//!
//! Lines are kept first, and their window is opened after that; a writer closes the window first, and reads after that: a
//! line is seen by the writer or opens the next window. A file is in its place before its lines are let go of: cut short
//! between, they are written again, under another name. So no line is lost, and a line said twice is the newest one.
//!
//! A target that is told everything each time takes what it is not told for gone. Its lines are kept, and nothing is
//! written while a source has not been read whole, or while anything is on its way to it.
//!
//! What takes lines by calls ([`bulk`]) answers for each: those that it has are let go of, the others wait.

mod bulk;

use std::time::Duration;

use jiff::Timestamp;
use rules::delivery::{Trouble, later};
use rules::plan::Operation;
use rules::window::Window;
use state::Subject;
use targets::files::{Files, PlaceError};

use crate::deliver::Delivering;
use crate::directory::Tenant;
use crate::error::SyncError;
use crate::events;
use crate::hub::Hub;
use crate::messages::{Errand, FilesDue};
use crate::status::HORIZON;

/// How late the list of what is on its way may be, which is an index.
const LIST_LATE: Duration = Duration::from_secs(5);

/// How many subjects of a shard are looked at to see whether any is on its way.
const LOOKED_AT: usize = 2_000;

/// Lines of one window, and those that are kept together with the last of them.
const ENOUGH: usize = 20_000;

/// The longest that putting one file in its place may take.
const LONGEST_SENDING: Duration = Duration::from_secs(100);

/// What came of writing a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Its files are in their place.
    Done,
    /// It is not due, somebody else writes it, or nothing waited.
    Nothing,
    /// The files could not be put in their place; the lines wait on.
    Later,
}

impl Delivering<'_> {
    /// Keeps what an operation means to a target that gets files.
    pub(crate) async fn keep_lines(&self, files: &dyn Files, operation: &Operation) -> Result<(), SyncError> {
        let lines = files.lines(operation);
        if lines.is_empty() {
            return Ok(());
        }
        let (store, tenant, now) = (&self.hub.store, self.tenant_name(), self.hub.now());
        store.keep_lines(tenant, self.target_name, &lines).await?;
        store.change_window(tenant, self.target_name, |window| window.open(now)).await?;
        Ok(())
    }
}

/// Sends a message for every window that is due. Gives how many.
///
/// # Errors
/// [`SyncError`].
pub async fn due(hub: &Hub) -> Result<usize, SyncError> {
    hub.directory.refresh(&hub.store, hub.now()).await?;
    let mut count = 0;
    for tenant in hub.directory.tenants() {
        for (name, built) in &tenant.targets {
            let Some(files) = built.target.files() else { continue };
            let window = hub.store.window(&tenant.config.tenant, name).await?;
            if window.due_at(files.window(), hub.now()).is_some_and(|due| due <= hub.now()) {
                let due = FilesDue::new(tenant.config.tenant.clone(), name.clone());
                hub.send_errand(&Errand::WriteFiles(due)).await?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Writes the files of a target's window, if it is due.
///
/// # Errors
/// [`SyncError`] when the table fails, or the target is not configured: the window stays as it is, until its lease ends.
pub async fn write(hub: &Hub, message: &FilesDue) -> Result<Written, SyncError> {
    let tenant = hub.directory.tenant(&message.tenant)?;
    let not_configured =
        || SyncError::NotConfigured(format!("files of {} of tenant {}", message.target, message.tenant));
    let target = tenant.targets.get(&message.target).ok_or_else(not_configured)?;
    let files = target.target.files().ok_or_else(not_configured)?;
    if files.says_everything() {
        let window = hub.store.window(&message.tenant, &message.target).await?;
        let is_due = window.due_at(files.window(), hub.now()).is_some_and(|due| due <= hub.now());
        if !is_due || !is_all_there(hub, &tenant, &message.target).await? {
            return Ok(Written::Nothing);
        }
        // What was written a moment ago may not have been listed yet.
        tokio::time::sleep(LIST_LATE).await;
        if !is_all_there(hub, &tenant, &message.target).await? {
            return Ok(Written::Nothing);
        }
    }
    let writer = Writer { hub, tenant: &message.tenant, target: &message.target, files, holder: hub.chance.name() };
    match files.bulk() {
        Some(bulk) => writer.hand_over(bulk).await,
        None => writer.write().await,
    }
}

/// Whether everything that a target should have has come to it: the tenant's file has been applied, all sources have been
/// read whole, none is being read, and nothing is on its way. What others have to do may hide that; then it is not certain.
async fn is_all_there(hub: &Hub, tenant: &Tenant, target: &str) -> Result<bool, SyncError> {
    if !tenant.applied {
        return Ok(false);
    }
    let name = &tenant.config.tenant;
    for source in tenant.sources.keys() {
        let state = hub.store.source(name, source).await?.state;
        if state.full_read_at.is_none() || state.reading.is_some() {
            return Ok(false);
        }
    }
    let now = hub.now();
    for shard in 0..hub.store.shards() {
        let due = hub.store.due_subjects(shard, later(now, HORIZON), LOOKED_AT).await?;
        let on_its_way = |it: &Subject| {
            it.tenant == *name && it.deliveries.get(target).is_some_and(|it| it.is_pending(now) && !it.is_held())
        };
        if due.len() == LOOKED_AT || due.iter().any(on_its_way) {
            return Ok(false);
        }
    }
    Ok(true)
}

struct Writer<'a> {
    hub: &'a Hub,
    tenant: &'a str,
    target: &'a str,
    files: &'a dyn Files,
    holder: String,
}

impl Writer<'_> {
    async fn write(&self) -> Result<Written, SyncError> {
        let (length, now) = (self.files.window(), self.hub.now());
        let mut minute = None;
        self.change(|window| minute = window.begin(&self.holder, length, now)).await?;
        let Some(minute) = minute else { return Ok(Written::Nothing) };
        let until = later(now, rules::window::WRITING);
        let enough = if self.files.says_everything() { usize::MAX } else { ENOUGH };
        let mut waiting = self.hub.store.waiting_lines(self.tenant, self.target, enough).await?;
        if waiting.lines.is_empty() {
            self.done(waiting.more).await?;
            return Ok(Written::Nothing);
        }
        let lines: Vec<_> = waiting.lines.iter().map(|it| it.line.clone()).collect();
        for file in self.files.written(minute, &lines) {
            if later(self.hub.now(), LONGEST_SENDING) > until {
                // Somebody else may write them by now.
                return Ok(Written::Later);
            }
            if let Err(error) = self.files.send(&file).await {
                return self.failed(error).await;
            }
        }
        if self.files.says_everything() {
            waiting.lines.retain(|it| self.files.is_over(&it.line));
        }
        self.hub.store.let_go(waiting.lines).await?;
        if let Some(since) = self.done(waiting.more).await? {
            let waited = self.hub.now().duration_since(since).unsigned_abs();
            events::files_written(self.tenant, self.target, lines.len(), waited);
        }
        Ok(Written::Done)
    }

    /// Gives since when the oldest line had waited, unless somebody else has taken over.
    async fn done(&self, more_is_left: bool) -> Result<Option<Timestamp>, SyncError> {
        let mut since = None;
        self.change(|window| since = window.wrote(&self.holder, more_is_left)).await?;
        Ok(since)
    }

    async fn failed(&self, error: PlaceError) -> Result<Written, SyncError> {
        let (jitter, at) = (self.hub.chance.share(), self.hub.now());
        let trouble = Trouble { code: error.kind.code().to_owned(), message: error.detail.to_owned(), at };
        let window = self.change(|window| window.failed(&self.holder, trouble.clone(), jitter)).await?;
        events::files_failed(self.tenant, self.target, &error, window.failures);
        Ok(Written::Later)
    }

    async fn change(&self, decide: impl FnMut(&mut Window)) -> Result<Window, SyncError> {
        Ok(self.hub.store.change_window(self.tenant, self.target, decide).await?)
    }
}
