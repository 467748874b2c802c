//! The state of a source: where reading goes on from, what it can, and how it fares.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roster::RecordKind;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::store::{CHANGE_TRIES, Store};

const SOURCE: &str = "SOURCE";
const SCHEDULE: &str = "SCHEDULE";

/// The state of a source of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceState {
    /// Where reading changes goes on from; opaque. `None`: everything must be read.
    pub cursor: Option<String>,
    /// What the connector has learnt of its provider; opaque.
    pub memory: Option<String>,
    /// The read that is under way.
    pub reading: Option<ActiveRead>,
    /// When a read was last complete.
    pub read_at: Option<Timestamp>,
    /// When everything was last read completely.
    pub full_read_at: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure's stable code and words, until a read succeeds.
    pub trouble: Option<SourceTrouble>,
    /// Not read until then, after repeated failure.
    pub quarantined_until: Option<Timestamp>,
    /// How many records of each kind the source has, as of the last full read and the changes since.
    pub totals: BTreeMap<RecordKind, u64>,
    /// Removals of the last day, for the guard's rolling window.
    pub removals: Vec<Removals>,
    /// The doorbell registered at the source: identity, expiry and address as the connector gave them.
    pub subscription: Option<serde_json::Value>,
    /// When the doorbell is to be looked after next.
    pub subscribe_at: Option<Timestamp>,
    /// Records that could not be read, the newest last, at most [`WARNINGS_KEPT`].
    pub warnings: Vec<SourceWarning>,
    /// How many warnings the last complete read gave.
    pub warning_count: u64,
    /// A read of everything was asked for.
    pub full_read_wanted: bool,
    /// Organisations changed, and not everything that depends on them has been looked at again yet.
    pub units_stale: bool,
    /// A read has begun, however it ended.
    pub begun: bool,
}

/// How many warnings are kept of a source.
pub const WARNINGS_KEPT: usize = 50;

/// A read under way: it can go on in another process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveRead {
    /// Names the read.
    pub id: String,
    /// Whether everything is read; otherwise changes.
    pub full: bool,
    /// Whether it is the very first, and the tenant has no other source: nobody has been delivered without what it brings.
    #[serde(default)]
    pub first: bool,
    /// When it began.
    pub started: Timestamp,
    /// When the change that caused it became known.
    pub known_at: Timestamp,
    /// Where it goes on; opaque. `None`: at the beginning.
    pub position: Option<String>,
    /// Pages read so far.
    pub pages: u32,
    /// Warnings so far.
    pub warnings: u64,
    /// New records so far, by kind.
    #[serde(default)]
    pub added: BTreeMap<RecordKind, u64>,
    /// Records so far that are other than before, by kind.
    #[serde(default)]
    pub changed: BTreeMap<RecordKind, u64>,
    /// What its last page said; from then on no page is read for it any more.
    #[serde(default)]
    pub end: Option<EndOfRead>,
}

/// How a read ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOfRead {
    /// Where the next read of changes goes on from.
    pub cursor: Option<String>,
    /// The kinds of which every page was read.
    pub complete: Vec<RecordKind>,
}

/// What went wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTrouble {
    /// A stable code.
    pub code: String,
    /// What was seen, without personal data.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

/// A record, or part of one, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceWarning {
    /// The kind of record.
    pub kind: RecordKind,
    /// Its identity as the source gives it.
    pub id: Option<String>,
    /// A stable code.
    pub code: String,
    /// Why, without personal data.
    pub reason: String,
    /// Whether the record as a whole is missing (`false`: only a field is).
    #[serde(default)]
    pub lost: bool,
}

/// Removals at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removals {
    /// When.
    pub at: Timestamp,
    /// Of which kind.
    pub kind: RecordKind,
    /// How many.
    pub count: u64,
    /// The read that found them.
    #[serde(default)]
    pub read: String,
    /// How many new ones the same read brought.
    #[serde(default)]
    pub added: u64,
}

/// When a source is to be polled. Kept apart from its state, so that the timer never comes between a reader and its page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schedule {
    /// When the next poll is due.
    pub poll_at: Option<Timestamp>,
}

/// A source's state with the revision it was read at.
#[derive(Debug, Clone)]
pub struct StoredSource {
    /// The state.
    pub state: SourceState,
    revision: u64,
}

impl Store {
    /// A source's state.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn source(&self, tenant: &str, source: &str) -> Result<StoredSource, StateError> {
        match self.get(&keys::source(tenant, source), SOURCE).await? {
            Some(item) => Ok(StoredSource { state: item.read()?, revision: item.revision }),
            None => Ok(StoredSource { state: SourceState::default(), revision: 0 }),
        }
    }

    /// Stores a source's state, unless somebody else did since it was read.
    ///
    /// # Errors
    /// [`StateError`]; `Conflict` when another reader is at work.
    pub async fn put_source(&self, tenant: &str, source: &str, stored: &mut StoredSource) -> Result<(), StateError> {
        let expect = if stored.revision == 0 { Expect::Absent } else { Expect::Revision(stored.revision) };
        let item = Item::new(keys::source(tenant, source), SOURCE).with_body(&stored.state)?;
        stored.revision = self.put(item, expect).await?;
        Ok(())
    }

    /// When a source is to be polled, changed by a pure function until nobody else came between.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_schedule<T>(
        &self,
        tenant: &str,
        source: &str,
        mut decide: impl FnMut(&mut Schedule) -> Option<T>,
    ) -> Result<Option<T>, StateError> {
        let mut answer = None;
        let pk = keys::source(tenant, source);
        self.change_item(&pk, SCHEDULE, |schedule: &mut Schedule| answer = decide(schedule)).await?;
        Ok(answer)
    }

    /// Changes a source's state by a pure function, until nobody else came between.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_source<T>(
        &self,
        tenant: &str,
        source: &str,
        mut decide: impl FnMut(&mut SourceState) -> T,
    ) -> Result<T, StateError> {
        for tries in 0..CHANGE_TRIES {
            let mut stored = self.source(tenant, source).await?;
            let before = stored.state.clone();
            let answer = decide(&mut stored.state);
            if stored.state == before {
                return Ok(answer);
            }
            match self.put_source(tenant, source, &mut stored).await {
                Err(StateError::Conflict) => self.give_way(tries).await,
                written => return written.map(|()| answer),
            }
        }
        Err(StateError::contended(&keys::source(tenant, source), SOURCE))
    }
}
