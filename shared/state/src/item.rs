//! An item of the table: a key, a revision, a body, and its places in the indexes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StateError;

/// A body longer than this is split, so that no item comes near DynamoDB's 400 KB.
pub(crate) const PART: usize = 64 * 1024;

pub(crate) type Attributes = HashMap<String, AttributeValue>;

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
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    pub(crate) pk: String,
    pub(crate) sk: String,
    /// Counts the writes; 0 has never been written.
    pub(crate) revision: u64,
    pub(crate) body: String,
    /// Shard and time in the `due` index.
    pub(crate) due: Option<(String, Timestamp)>,
    /// Partition and sort key in the `listing` index.
    pub(crate) listing: Option<(String, String)>,
    /// When DynamoDB may drop it.
    pub(crate) expires: Option<Timestamp>,
    /// Told apart by this, a write that is repeated after its answer was lost is not taken for somebody else's.
    pub(crate) write: String,
    /// How many parts the body was split into; 0: not split.
    pub(crate) parts: usize,
}

impl Item {
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

    pub(crate) fn part_keys(&self) -> Vec<(String, String)> {
        (0..self.parts).map(|number| (self.pk.clone(), self.part_key(number))).collect()
    }

    pub(crate) fn into_attributes(self) -> Attributes {
        let mut attributes = HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk)),
            ("sk".to_owned(), AttributeValue::S(self.sk)),
            ("rev".to_owned(), AttributeValue::N(self.revision.to_string())),
            ("body".to_owned(), AttributeValue::S(self.body)),
            ("w".to_owned(), AttributeValue::S(self.write)),
        ]);
        if let Some((shard, at)) = self.due {
            attributes.insert("dpk".to_owned(), AttributeValue::S(shard));
            attributes.insert("due".to_owned(), AttributeValue::N(at.as_millisecond().to_string()));
        }
        if let Some((partition, key)) = self.listing {
            attributes.insert("lpk".to_owned(), AttributeValue::S(partition));
            attributes.insert("lsk".to_owned(), AttributeValue::S(key));
        }
        if let Some(at) = self.expires {
            attributes.insert("ttl".to_owned(), AttributeValue::N(at.as_second().to_string()));
        }
        if self.parts > 0 {
            attributes.insert("parts".to_owned(), AttributeValue::N(self.parts.to_string()));
        }
        attributes
    }

    pub(crate) fn from_attributes(attributes: &Attributes) -> Self {
        let text = |name: &str| attributes.get(name).and_then(|it| it.as_s().ok()).cloned();
        let number =
            |name: &str| attributes.get(name).and_then(|it| it.as_n().ok()).and_then(|it| it.parse::<i64>().ok());
        let due = number("due").and_then(|millis| Timestamp::from_millisecond(millis).ok());
        Self {
            pk: text("pk").unwrap_or_default(),
            sk: text("sk").unwrap_or_default(),
            revision: number("rev").and_then(|it| u64::try_from(it).ok()).unwrap_or(0),
            body: text("body").unwrap_or_default(),
            due: text("dpk").zip(due),
            listing: text("lpk").zip(text("lsk")),
            expires: number("ttl").and_then(|seconds| Timestamp::from_second(seconds).ok()),
            write: text("w").unwrap_or_default(),
            parts: number("parts").and_then(|it| usize::try_from(it).ok()).unwrap_or(0),
        }
    }
}

pub(crate) fn key(pk: &str, sk: &str) -> Attributes {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(pk.to_owned())),
        ("sk".to_owned(), AttributeValue::S(sk.to_owned())),
    ])
}
