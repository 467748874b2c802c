//! Ingest: a notice makes the source be read, page by page, and what changed becomes deliveries.
//!
//! Where a read is, is kept in the table after every page: a read goes on in the next invocation, or after a crash,
//! from the last page that was absorbed. A page absorbed twice changes nothing the second time.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use roster::validity::date_in_sweden;
use roster::{RecordKey, SubjectKind};
use rules::delivery::{Lane, later};
use sources::{Next, Page, ReadRequest, Scope, SourceError, SourceErrorKind};
use state::StateError;
use state::reads::PageSaid;
use state::sources::{ActiveRead, EndOfRead, SourceState, SourceTrouble, SourceWarning, StoredSource, WARNINGS_KEPT};

use crate::directory::{BuiltSource, Tenant};
use crate::error::SyncError;
use crate::events;
use crate::hub::Hub;
use crate::messages::{Notice, Reason};

mod absorb;
mod erasure;
mod finish;
mod join;
mod look_again;
mod report;
mod retract;
mod school_units;
mod subscribe;

pub(crate) use retract::retract;

/// More changed subjects than this in one page are bulk work, not single changes.
const BULK_FROM: usize = 200;

/// Failures in a row after which a source is left alone for a while.
const QUARANTINE_AFTER: u32 = 5;

/// What a notice came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingested {
    /// A read that began after the notice has covered it already.
    Covered,
    /// The source is in quarantine.
    Quarantined,
    /// The source is left alone today, as its configuration says.
    Paused,
    /// The read is complete.
    Complete,
    /// Time was up: another notice carries the read on.
    Continues,
    /// The read failed. Nothing is concluded; the next poll tries again.
    Failed,
}

/// One source of one tenant, being read.
pub(crate) struct Reading<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) tenant: &'a Tenant,
    pub(crate) source: &'a BuiltSource,
}

impl Reading<'_> {
    pub(crate) fn tenant_name(&self) -> &str {
        &self.tenant.config.tenant
    }

    pub(crate) fn source_name(&self) -> &str {
        &self.source.config.name
    }
}

/// Handles a notice until it is done or `deadline` has come.
///
/// # Errors
/// [`SyncError`] when the table or a queue fails: the notice is tried again.
pub async fn ingest(hub: &Hub, notice: &Notice, deadline: Timestamp) -> Result<Ingested, SyncError> {
    hub.directory.refresh(&hub.store, hub.now()).await?;
    let tenant = hub.directory.tenant(&notice.tenant)?;
    let no_source = || SyncError::NotConfigured(format!("source {} of tenant {}", notice.source, notice.tenant));
    let source = tenant.sources.get(&notice.source).ok_or_else(no_source)?;
    let reading = Reading { hub, tenant: &tenant, source };
    if let Reason::Erasure { kind, id } = notice.reason {
        return reading.erase(roster::RecordKey { kind, id }, notice.known_at).await;
    }
    if reading.is_second() {
        reading.rejoin().await?;
    }
    if notice.reason == Reason::Rejoin {
        return Ok(Ingested::Complete);
    }
    if notice.reason == Reason::Configuration {
        return reading.look_again_after_configuration().await;
    }
    if source.config.is_paused_on(date_in_sweden(hub.now())) {
        return Ok(Ingested::Paused);
    }
    let mut stored = hub.store.source(&notice.tenant, &notice.source).await?;
    if let Some(answer) = needless(&stored.state, notice, hub.now()) {
        return Ok(answer);
    }
    match reading.read_for(&mut stored, notice, deadline).await {
        Ok(answer) => Ok(answer),
        Err(ReadFailure::Source(error)) => reading.failed(&mut stored, &error).await,
        // Another reader is at work: it will see whatever this one would have seen.
        Err(ReadFailure::Sync(SyncError::State(StateError::Conflict))) => Ok(Ingested::Covered),
        Err(ReadFailure::Sync(error)) => Err(error),
    }
}

enum ReadFailure {
    Source(SourceError),
    Sync(SyncError),
}

impl<E: Into<SyncError>> From<E> for ReadFailure {
    fn from(error: E) -> Self {
        Self::Sync(error.into())
    }
}

fn needless(state: &SourceState, notice: &Notice, now: Timestamp) -> Option<Ingested> {
    if state.quarantined_until.is_some_and(|until| until > now) && notice.reason != Reason::FullRead {
        return Some(Ingested::Quarantined);
    }
    let read_since = |at: Option<Timestamp>| at.is_some_and(|at| at > notice.known_at);
    let covered = match notice.reason {
        Reason::Continue => state.reading.is_none(),
        Reason::FullRead => read_since(state.full_read_at),
        _ => state.reading.is_none() && read_since(state.read_at) && !state.full_read_wanted,
    };
    covered.then_some(Ingested::Covered)
}

/// Begins a read, unless it goes on with the one under way. A read of changes gives way to a read of everything. `alone`:
/// the tenant has no other source. Gives whether it began.
fn begin(state: &mut SourceState, notice: &Notice, now: Timestamp, name: String, alone: bool) -> bool {
    let full = state.cursor.is_none() || state.full_read_wanted || notice.reason == Reason::FullRead;
    let goes_on = state.reading.as_ref().is_some_and(|read| read.full || !full);
    if goes_on {
        return false;
    }
    state.full_read_wanted = false;
    let begun = std::mem::replace(&mut state.begun, true);
    state.reading = Some(ActiveRead {
        id: name,
        full,
        first: full && alone && !begun && state.full_read_at.is_none(),
        started: now,
        known_at: notice.known_at.min(now),
        position: None,
        pages: 0,
        warnings: 0,
        added: std::collections::BTreeMap::new(),
        changed: std::collections::BTreeMap::new(),
        end: None,
    });
    true
}

impl Reading<'_> {
    /// Reads what a notice is about. A read that was under way may have been past it: then there is another one.
    async fn read_for(
        &self,
        stored: &mut StoredSource,
        notice: &Notice,
        deadline: Timestamp,
    ) -> Result<Ingested, ReadFailure> {
        loop {
            let (now, name) = (self.hub.now(), self.hub.chance.name());
            let began = begin(&mut stored.state, notice, now, name, self.tenant.sources.len() == 1);
            let answer = self.read_pages(stored, deadline).await?;
            let is_done = began || needless(&stored.state, notice, self.hub.now()).is_some();
            if answer != Ingested::Complete || is_done {
                return Ok(answer);
            }
        }
    }

    async fn read_pages(&self, stored: &mut StoredSource, deadline: Timestamp) -> Result<Ingested, ReadFailure> {
        loop {
            let Some(read) = stored.state.reading.clone() else { return Ok(Ingested::Complete) };
            if let Some(end) = &read.end {
                self.finish(stored, &read, end).await?;
                return Ok(Ingested::Complete);
            }
            let page = self.source.source.read(&request(&stored.state, &read)).await.map_err(ReadFailure::Source)?;
            let page = self.as_kept(page).await?;
            let next = page.next.clone();
            self.take_page(stored, read, page).await?;
            match next {
                Next::Page(_) if self.hub.now() >= deadline => {
                    self.hub.store.put_source(self.tenant_name(), self.source_name(), stored).await?;
                    let (tenant, source) = (self.tenant_name().to_owned(), self.source_name().to_owned());
                    let on = Notice::new(tenant, source, Reason::Continue, self.hub.now());
                    self.hub.send_notice(&on).await?;
                    return Ok(Ingested::Continues);
                }
                Next::Page(_) | Next::End { .. } => {}
            }
        }
    }

    async fn take_page(&self, stored: &mut StoredSource, mut read: ActiveRead, page: Page) -> Result<(), ReadFailure> {
        let first_load = stored.state.full_read_at.is_none();
        // Reading a page again that said nothing costs less than remembering each.
        let said_nothing = page.is_silent();
        let absorbed = self.absorb(&page.records, &read, first_load).await?;
        let organisations = page.records.iter().filter_map(|it| retract::own_subject(it.key()));
        let organisations: Vec<_> = organisations.filter(|it| it.kind == SubjectKind::Organisation).collect();
        if !organisations.is_empty() || stored.state.units_stale {
            // Also when a crash kept the page from being remembered, and nothing in it is new any more.
            self.resolve_school_units(stored, organisations).await?;
        }
        absorbed.new.iter().for_each(|record| *read.added.entry(record.kind).or_default() += 1);
        absorbed.changed.iter().for_each(|record| *read.changed.entry(record.kind).or_default() += 1);
        self.note(&read, &page).await?;
        read.warnings += page.unreadable.len() as u64;
        read.pages = read.pages.saturating_add(1);
        warn(&mut stored.state, &page);
        if page.memory.is_some() {
            stored.state.memory = page.memory;
        }
        match page.next {
            Next::Page(position) => {
                read.position = Some(position);
                stored.state.reading = Some(read);
                if !said_nothing {
                    self.hub.store.put_source(self.tenant_name(), self.source_name(), stored).await?;
                }
            }
            // Stored with what is judged: another page read after that would be judged as if it were part of it.
            Next::End { cursor, complete } => {
                read.end = Some(EndOfRead { cursor, complete });
                stored.state.reading = Some(read);
            }
        }
        Ok(())
    }

    /// A full read notes what it has seen, a read of changes what is said to be gone; both are judged at the end. What
    /// was seen may be gone when a later page is read, and what was gone may be back: the last word counts, and of two in
    /// one page the one that keeps.
    async fn note(&self, read: &ActiveRead, page: &Page) -> Result<(), SyncError> {
        let here: BTreeSet<RecordKey> = page.records.iter().map(roster::Record::key).collect();
        let gone = page.removed.iter().copied().filter(|it| !here.contains(it));
        let lost = page.unreadable.iter().filter(|it| it.lost);
        let unread = lost.filter_map(|it| {
            let id = self.source.source.identity(it.kind, it.id.as_deref()?);
            Some(self.kept_as(RecordKey { kind: it.kind, id }))
        });
        // What is there but cannot be read is not gone.
        let here: Vec<RecordKey> = here.iter().copied().chain(unread).collect();
        let gone = gone.collect();
        let mut said = if read.full {
            PageSaid { said: here, taken_back: gone }
        } else {
            PageSaid { said: gone, taken_back: here }
        };
        if read.pages == 0 {
            said.taken_back.clear();
        }
        if said.is_nothing() {
            return Ok(());
        }
        let expires = later(self.hub.now(), Duration::from_secs(3 * 86_400));
        let (tenant, source) = (self.tenant_name(), self.source_name());
        Ok(self.hub.store.note_page(tenant, source, &read.id, read.pages, said, expires).await?)
    }

    async fn failed(&self, stored: &mut StoredSource, error: &SourceError) -> Result<Ingested, SyncError> {
        let now = self.hub.now();
        let state = &mut stored.state;
        if error.memory.is_some() {
            state.memory.clone_from(&error.memory);
        }
        if error.kind == SourceErrorKind::FullReadNeeded {
            // Not a failure: the provider cannot tell what changed.
            state.cursor = None;
            state.reading = None;
            self.hub.store.put_source(self.tenant_name(), self.source_name(), stored).await?;
            let (tenant, source) = (self.tenant_name().to_owned(), self.source_name().to_owned());
            self.hub.send_notice(&Notice::new(tenant, source, Reason::FullRead, now)).await?;
            return Ok(Ingested::Continues);
        }
        state.failures = state.failures.saturating_add(1);
        state.trouble = Some(SourceTrouble { code: error.code.to_owned(), detail: error.detail.clone(), at: now });
        if let Some(pause) = pause_after(error.kind, state.failures) {
            state.quarantined_until = Some(later(now, pause));
        }
        // A passing fault leaves the read where it is, twice; then the position may be what is wrong.
        let passing = matches!(error.kind, SourceErrorKind::Passing | SourceErrorKind::Throttled(_));
        if !passing || state.failures.is_multiple_of(3) {
            state.reading = None;
        }
        events::read_failed(self.tenant_name(), self.source_name(), error, state.failures);
        self.hub.store.put_source(self.tenant_name(), self.source_name(), stored).await?;
        Ok(Ingested::Failed)
    }
}

/// How long a source is left alone after a failure, if at all.
fn pause_after(kind: SourceErrorKind, failures: u32) -> Option<Duration> {
    match kind {
        SourceErrorKind::Throttled(seconds) => Some(Duration::from_secs(seconds.clamp(1, 3_600))),
        _ if failures >= QUARANTINE_AFTER => {
            let doublings = (failures - QUARANTINE_AFTER).min(6);
            Some(Duration::from_secs((300u64 << doublings).min(3_600)))
        }
        _ => None,
    }
}

fn request(state: &SourceState, read: &ActiveRead) -> ReadRequest {
    let scope = match &state.cursor {
        Some(cursor) if !read.full => Scope::Changes { cursor: cursor.clone() },
        _ => Scope::Full,
    };
    ReadRequest { scope, position: read.position.clone(), started: read.started, memory: state.memory.clone() }
}

fn warn(state: &mut SourceState, page: &Page) {
    state.warnings.extend(page.unreadable.iter().map(|it| SourceWarning {
        kind: it.kind,
        id: it.id.clone(),
        code: it.code.clone(),
        reason: it.reason.clone(),
        lost: it.lost,
    }));
    let surplus = state.warnings.len().saturating_sub(WARNINGS_KEPT);
    state.warnings.drain(..surplus);
}

/// Which lane a page's changes travel in.
const fn lane_of(first_load: bool, changed: usize) -> Lane {
    if first_load || changed > BULK_FROM { Lane::Bulk } else { Lane::Fresh }
}

#[cfg(test)]
mod tests;
