//! Reading as the hub does: a page at a time, everything handed on, nothing believed to be remembered.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use jiff::Timestamp;
use roster::{Clock, Record, RecordKey, RecordKind};
use sources::report::{Counts, ReadReport};
use sources::{Next, Page, ReadRequest, Scope, Source, SourceError, SourceErrorKind, Unreadable};

use super::{Counterpart, Holdings};

/// More calls than any source may take before it finds that its pages have no end.
const MOST_PAGES: usize = 100_100;

/// A read from its first page to its last.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    pub(crate) records: Vec<Record>,
    pub(crate) removed: Vec<RecordKey>,
    pub(crate) unreadable: Vec<Unreadable>,
    pub(crate) cursor: Option<String>,
    pub(crate) complete: Vec<RecordKind>,
    pub(crate) memory: Option<String>,
    pub(crate) pages: usize,
}

/// A read that stopped, and where.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) error: SourceError,
    pub(crate) request: ReadRequest,
    pub(crate) so_far: Whole,
}

impl Stopped {
    pub(crate) fn kind(&self) -> SourceErrorKind {
        self.error.kind
    }

    /// What the hub would write down of it.
    pub(crate) fn words(&self) -> String {
        let mut words = format!("{} {:?}", self.error, self.error);
        let mut cause: Option<&(dyn Error + 'static)> = self.error.source();
        while let Some(error) = cause {
            words.push_str(&format!(" {error} {error:?}"));
            cause = error.source();
        }
        words
    }
}

/// Who reads the next page.
pub(crate) type NextReader<'a> = &'a (dyn Fn() -> Arc<dyn Source> + Sync);

/// The first page's request.
pub(crate) fn request(scope: Scope, memory: Option<String>, started: Timestamp) -> ReadRequest {
    ReadRequest { scope, position: None, started, memory }
}

/// Goes on from a request to the end.
pub(crate) async fn go_on(reader: NextReader<'_>, mut request: ReadRequest, so_far: Whole) -> Result<Whole, Stopped> {
    let mut whole = so_far;
    loop {
        if whole.pages >= MOST_PAGES {
            return Err(Stopped { error: endless(), request, so_far: whole });
        }
        let page = match reader().read(&request).await {
            Ok(page) => page,
            Err(error) => return Err(Stopped { error, request, so_far: whole }),
        };
        whole.pages += 1;
        let Page { records, removed, unreadable, next, memory } = page;
        whole.records.extend(records);
        whole.removed.extend(removed);
        whole.unreadable.extend(unreadable);
        whole.memory = memory.or(whole.memory);
        request.memory.clone_from(&whole.memory);
        match next {
            Next::Page(position) => request.position = Some(position),
            Next::End { cursor, complete } => return Ok(Whole { cursor, complete, ..whole }),
        }
    }
}

/// The kit's own patience is at its end.
fn endless() -> SourceError {
    let (kind, code) = (SourceErrorKind::Passing, "conformance.endless");
    SourceError { kind, code, detail: "the read does not end".to_owned(), memory: None, cause: None }
}

/// Reads everything with one source.
pub(crate) async fn everything(other: &dyn Counterpart) -> Result<Whole, Stopped> {
    everything_with(other, &other.source()).await
}

/// Reads everything with this source.
pub(crate) async fn everything_with(other: &dyn Counterpart, source: &Arc<dyn Source>) -> Result<Whole, Stopped> {
    let first = request(Scope::Full, None, other.clock().now());
    go_on(&|| Arc::clone(source), first, Whole::default()).await
}

/// Reads what changed since an earlier read.
pub(crate) async fn changes_since(other: &dyn Counterpart, earlier: &Whole) -> Result<Whole, Stopped> {
    let cursor = earlier.cursor.clone().unwrap_or_default();
    let first = request(Scope::Changes { cursor }, earlier.memory.clone(), other.clock().now());
    let remembered = Whole { memory: earlier.memory.clone(), ..Whole::default() };
    go_on(&|| other.source(), first, remembered).await
}

/// What became of some read.
pub(crate) fn report(other: &dyn Counterpart) -> ReadReport {
    let counts = other.holds().into_keys().map(|kind| (kind, Counts { new: 1, changed: 2, removed: 3 })).collect();
    let unreadable = Unreadable {
        kind: RecordKind::Person,
        id: Some("0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001".to_owned()),
        code: "conformance.example".to_owned(),
        reason: "a field cannot be read".to_owned(),
        lost: true,
    };
    ReadReport { at: other.clock().now(), counts, unreadable: vec![unreadable] }
}

/// What is known after a read: the newest record of each identity. One that is given twice in one full read is too much.
pub(crate) fn by_key(records: &[Record]) -> BTreeMap<RecordKey, Record> {
    records.iter().map(|record| (record.key(), record.clone())).collect()
}

/// How a read that came to its end differs from what is there, among the kinds that it calls complete.
pub(crate) fn is_sound(whole: &Whole, holds: &Holdings) -> Result<(), String> {
    for kind in &whole.complete {
        let held = holds.get(kind).cloned().unwrap_or_default();
        let read = whole.records.iter().map(Record::key).filter(|key| key.kind == *kind).map(|key| key.id).collect();
        let lost = whole.unreadable.iter().filter(|it| it.kind == *kind && it.lost && it.id.is_some()).count();
        let missing = held.difference(&read).count();
        if missing > lost {
            return Err(format!("{kind} is called complete, but {missing} of {} were not read", held.len()));
        }
    }
    Ok(())
}
