//! Telling a source what became of a read, and asking it what it can.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roster::RecordKind;
use serde::Serialize;

use crate::Unreadable;

/// What became of a read, for a source that wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReport {
    /// When the read ended.
    pub at: Timestamp,
    /// How many records of each kind were new, changed, gone.
    pub counts: BTreeMap<RecordKind, Counts>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// What a read did to records of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not known before.
    pub new: u64,
    /// Known before, and other than before.
    pub changed: u64,
    /// Known before, and gone.
    pub removed: u64,
}

/// Whether a source wanted to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It took so many entries.
    Taken(usize),
    /// It does not, or nobody asked for it to be told.
    NotWanted,
}

/// What a provider can and cannot, found by asking; holds nobody's data. Written as JSON for whoever sets it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Each list by its name in the contract.
    pub lists: BTreeMap<String, ListProbe>,
    /// Whether it tells what changed since a time.
    pub changes: Finding,
    /// Whether it tells what was removed.
    pub removals: Finding,
    /// Whether it can be asked to ring.
    pub doorbell: Finding,
    /// Whether it keeps to the page size asked for.
    pub page_size: Finding,
    /// Whether records can be looked up by identity.
    pub lookup: Finding,
    /// Values that the contract does not have, by the field that holds them. What does not look like a word of a
    /// contract is shown as `(not shown)`.
    pub unknown_values: BTreeMap<String, BTreeSet<String>>,
}

/// One list, looked at by its first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListProbe {
    /// Whether it is there.
    pub finding: Finding,
    /// Records on the first page.
    pub records: usize,
    /// Whether there are more pages.
    pub more: bool,
    /// Records, or parts of them, that could not be read, by code.
    pub unreadable: BTreeMap<String, usize>,
    /// Attributes seen, and in how many of the records: what a scope does not cover is seen in none.
    pub attributes: BTreeMap<String, usize>,
}

/// What asking showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It can.
    Yes,
    /// It cannot, and says so with this status.
    No(u16),
    /// It takes the question for another one: a filter that filters nothing.
    Ignored,
    /// It could not be found out; a code, e.g. `source.page_failed`.
    Unknown(String),
}
