//! What files say, told page by page.

use roster::{RecordKey, RecordKind};

use super::records::Contents;
use crate::Unreadable;
use crate::ims_enterprise::{Portion, Snapshot};

/// What files say.
#[derive(Debug)]
pub(super) enum Said {
    /// Records.
    Records(Contents),
    /// A large document, whose records are made page by page.
    Document(Box<Snapshot>),
}

impl Said {
    /// One page, from 0, of `size` records. What could not be read is all on the first.
    pub(super) fn page(&self, number: usize, size: usize) -> Portion {
        let contents = match self {
            Self::Records(contents) => contents,
            Self::Document(snapshot) => return snapshot.page(number, size),
        };
        let records = &contents.records;
        let from = number.saturating_mul(size).min(records.len());
        let until = from.saturating_add(size).min(records.len());
        Portion {
            records: records.get(from..until).unwrap_or_default().to_vec(),
            unreadable: if number == 0 { contents.unreadable.clone() } else { Vec::new() },
            more: until < records.len(),
        }
    }

    /// The kinds of which everything was read.
    pub(super) fn complete(&self) -> Vec<RecordKind> {
        match self {
            Self::Records(contents) => contents.complete.clone(),
            Self::Document(snapshot) => snapshot.complete(),
        }
    }

    /// Whether a record is there; `None`: it may be among what could not be read.
    pub(super) fn has(&self, key: RecordKey) -> Option<bool> {
        let there = match self {
            Self::Records(contents) => contents.records.iter().any(|it| it.key() == key),
            Self::Document(snapshot) => snapshot.has(key),
        };
        let is_lost = |it: &Unreadable| it.lost && it.kind == key.kind;
        let known = || self.complete().contains(&key.kind) && !self.page(0, 0).unreadable.iter().any(is_lost);
        if there || known() { Some(there) } else { None }
    }
}
