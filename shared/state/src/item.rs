//! An item of the table: a key, a revision, a body, and its places in the indexes.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StateError;
use crate::table::Key;

/// A body longer than this is split, so that no item comes near DynamoDB's 400 KB.
pub(crate) const PART: usize = 64 * 1024;

/// What must hold for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// There is no such item.
    Absent,
    /// The item has this revision.
    Revision(u64),
    /// Nothing.
    Anything,
}

/// An item of the table.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
    /// Counts the writes; 0 has never been written.
    pub revision: u64,
    /// The content, JSON.
    pub body: String,
    /// Shard and time in the `due` index.
    pub due: Option<(String, Timestamp)>,
    /// Partition and sort key in the `listing` index.
    pub listing: Option<(String, String)>,
    /// When DynamoDB may drop it.
    pub expires: Option<Timestamp>,
    /// Told apart by this, a write that is repeated after its answer was lost is not taken for somebody else's.
    pub write: String,
    /// How many parts the body was split into; 0: not split.
    pub parts: usize,
}

/// Shows the key only: a body holds personal data.
impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item").field("pk", &self.pk).field("sk", &self.sk).finish_non_exhaustive()
    }
}

impl Item {
    /// Where it is.
    #[must_use]
    pub fn key(&self) -> Key {
        (self.pk.clone(), self.sk.clone())
    }

    pub(crate) fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into(), ..Self::default() }
    }

    pub(crate) fn with_body<T: Serialize>(mut self, body: &T) -> Result<Self, StateError> {
        self.body = serde_json::to_string(body).map_err(|error| self.corrupt(&error))?;
        Ok(self)
    }

    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, StateError> {
        serde_json::from_str(&self.body).map_err(|error| self.corrupt(&error))
    }

    fn corrupt(&self, error: &serde_json::Error) -> StateError {
        // The parser's own message may quote the content, so only its place is told.
        let reason = format!("line {}, column {}", error.line(), error.column());
        StateError::Corrupt { key: format!("{}/{}", self.pk, self.sk), reason }
    }

    /// The part items, and the head that refers to them. A head that was split is left as it is.
    pub(crate) fn split(mut self) -> (Self, Vec<Self>) {
        if self.body.len() <= PART {
            return (self, Vec::new());
        }
        let body = std::mem::take(&mut self.body);
        let mut parts = Vec::new();
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let mut end = PART.min(rest.len());
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let (part, tail) = rest.split_at(end);
            let mut item = Self::new(self.pk.clone(), self.part_key(parts.len()));
            part.clone_into(&mut item.body);
            item.write.clone_from(&self.write);
            parts.push(item);
            rest = tail;
        }
        self.parts = parts.len();
        (self, parts)
    }

    /// Parts are named after the write that made them: a reader never mixes two writes.
    pub(crate) fn part_key(&self, number: usize) -> String {
        format!("PART#{}#{}#{number:05}", self.sk, self.write)
    }

    pub(crate) fn part_keys(&self) -> Vec<Key> {
        (0..self.parts).map(|number| (self.pk.clone(), self.part_key(number))).collect()
    }
}
