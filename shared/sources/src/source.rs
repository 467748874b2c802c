//! What every source can do.

use async_trait::async_trait;
use jiff::Timestamp;
use roster::{PersonAttribute, Record, RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

use crate::report::{Probe, ReadReport, Reported};

/// A register or platform of one tenant.
#[async_trait]
pub trait Source: Send + Sync + std::fmt::Debug {
    /// Reads one page. Reading is a chain of calls that carry their whole state in the request, so that it can go on
    /// in another process: the first has no position, each following one has the position of the page before.
    ///
    /// # Errors
    /// [`SourceError`]; nothing may be concluded from a read that failed.
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError>;

    /// Makes sure the source rings `doorbell` when something changes: subscribes, or renews `current` in good time.
    /// `None`: the source cannot.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn subscribe(
        &self,
        current: Option<&Subscription>,
        doorbell: &str,
    ) -> Result<Option<Subscription>, SourceError>;

    /// Asks whether the source still has a record, before an erasure request that anybody could have posted is believed.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn has(&self, key: RecordKey) -> Result<bool, SourceError>;

    /// The identity in the roster of a record that the source names in its own way (an erasure call's `userId`).
    fn identity(&self, kind: RecordKind, native: &str) -> roster::Id;

    /// Tells the source what became of a read, where it wants to know and the configuration allows it.
    ///
    /// # Errors
    /// [`SourceError`]; the read is none the worse for it.
    async fn report(&self, _report: &ReadReport) -> Result<Reported, SourceError> {
        Ok(Reported::NotWanted)
    }

    /// Finds out what the provider can, changing nothing. `None`: there is nothing to find out about this kind.
    ///
    /// # Errors
    /// [`SourceError`] when there is no way in at all.
    async fn probe(&self) -> Result<Option<Probe>, SourceError> {
        Ok(None)
    }

    /// Whether it has no whole persons, but only adds to those of other sources: it needs to be told by what.
    fn only_adds(&self) -> bool {
        false
    }

    /// Attributes that persons may come without because nobody asked for them: what was known of them is kept.
    fn unsaid(&self) -> &[PersonAttribute] {
        &[]
    }
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// Everything, or what changed.
    pub scope: Scope,
    /// Where the last page of this read ended; opaque to everybody but the source. `None`: the first page.
    pub position: Option<String>,
    /// When this read began.
    pub started: Timestamp,
    /// What the source has learnt about its provider (capabilities), as it returned it last; opaque.
    pub memory: Option<String>,
}

/// How much to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything the source has.
    Full,
    /// What changed since a cursor that an earlier read ended with.
    Changes {
        /// Opaque to everybody but the source.
        cursor: String,
    },
}

/// One page of a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What was read, normalised.
    pub records: Vec<Record>,
    /// What the source says it has no more.
    pub removed: Vec<RecordKey>,
    /// What could not be read; its neighbours go on.
    pub unreadable: Vec<Unreadable>,
    /// What comes next.
    pub next: Next,
    /// New memory to keep, if the source learnt something; also kept when the read fails later.
    pub memory: Option<String>,
}

impl Page {
    /// Whether the page says nothing that must be remembered.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.records.is_empty() && self.removed.is_empty() && self.unreadable.is_empty() && self.memory.is_none()
    }
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another page, at this position.
    Page(String),
    /// The read is complete.
    End {
        /// Where reading changes goes on from; `None`: the source can only be read in full.
        cursor: Option<String>,
        /// The kinds of which every page was read. Only these may yield removals after a full read.
        complete: Vec<RecordKind>,
    },
}

/// A record, or a part of one, that could not be read. Kept on the source as a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// The kind of record.
    pub kind: RecordKind,
    /// Its identity as the source gives it, when that much could be read (an identifier, never a name or number).
    pub id: Option<String>,
    /// A stable code, e.g. `ss12000.record_unreadable`, `roster.civic_number_check_digit`.
    pub code: String,
    /// Why, in a sentence without personal data.
    pub reason: String,
    /// Whether the record as a whole is missing from the page (`false`: only a field is).
    pub lost: bool,
}

/// A doorbell registered at the source. `Debug` leaves its address out, which holds a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The source's identity of it.
    pub id: String,
    /// When it ceases unless renewed.
    pub expires: Option<Timestamp>,
    /// Where it rings.
    pub doorbell: String,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("id", &self.id).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Why a read failed, as far as somebody can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceErrorKind {
    /// A passing fault: the next poll tries again.
    Passing,
    /// Too many requests: wait at least this many seconds.
    Throttled(u64),
    /// The source refuses us: wrong credentials or missing rights. Somebody must act.
    Refused,
    /// The cursor is not accepted, or changes cannot be read at all: read everything instead.
    FullReadNeeded,
    /// The answer is not what the contract says: truncated, endless or unreadable.
    Contract,
    /// The configuration cannot work.
    Configuration,
}

/// A read failed. Nothing is removed because of it.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct SourceError {
    /// What can be done about it.
    pub kind: SourceErrorKind,
    /// A stable code, e.g. `source.page_failed`.
    pub code: &'static str,
    /// What was seen, without personal data.
    pub detail: String,
    /// New memory to keep although the read failed (a capability that turned out to be missing).
    pub memory: Option<String>,
    /// The cause.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}
