//! What the hub asks of a table: nine operations with DynamoDB's meaning, and nothing that DynamoDB does not promise.
//!
//! [`Dynamodb`](crate::dynamodb::Dynamodb) carries them out with the AWS SDK, on AWS or on an embedded store;
//! `memory::MemoryTable` by itself, for simulations that have no time for more. Both are held to the same tests.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::StateError;
use crate::item::{Expect, Item};

/// Where an item is: partition key and sort key.
pub type Key = (String, String);

/// The most keys of one [`Table::get_batch`].
pub const BATCH_OF_READS: usize = 100;

/// The most writes of one [`Table::write_batch`].
pub const BATCH_OF_WRITES: usize = 25;

/// A table with two indexes, `due` and `listing`, which may answer some seconds late.
#[async_trait]
pub trait Table: Send + Sync + Debug {
    /// Reads one item, consistently.
    ///
    /// # Errors
    /// [`StateError`].
    async fn get(&self, key: Key) -> Result<Option<Item>, StateError>;

    /// Reads up to [`BATCH_OF_READS`] items, each consistently, in no order. What is not there is left out.
    ///
    /// # Errors
    /// [`StateError`].
    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError>;

    /// Writes one item if what is expected holds.
    ///
    /// # Errors
    /// [`StateError`]; `Conflict` when a transaction is at work on it.
    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError>;

    /// Deletes one item if it has this revision, or is not there.
    ///
    /// # Errors
    /// [`StateError`]; `Conflict` when it has another.
    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError>;

    /// Up to [`BATCH_OF_WRITES`] writes without condition, each by itself, of different items.
    ///
    /// # Errors
    /// [`StateError`]; some may have been carried out.
    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError>;

    /// Up to 100 writes of different items, all or none. `token` tells a repeated request from a new one.
    ///
    /// # Errors
    /// [`StateError`]; `Conflict` when an expectation does not hold or another transaction is at work.
    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError>;

    /// All items of a partition whose sort key begins with `prefix`, in order, consistently.
    ///
    /// # Errors
    /// [`StateError`].
    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError>;

    /// Keys of what is due in a shard until an instant, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StateError`].
    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError>;

    /// One page of what a listing holds, in order, from after a place on: of at most `most`, or as many as there is room for.
    ///
    /// # Errors
    /// [`StateError`].
    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError>;
}

/// What became of a conditional write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It was carried out.
    Done,
    /// What was expected does not hold.
    Refused {
        /// The name of the write that the item is by; `None`: there is no item.
        standing: Option<String>,
    },
}

/// A write without condition.
#[derive(Debug, Clone)]
pub enum BatchWrite {
    /// Writes an item.
    Put(Item),
    /// Deletes what is there.
    Delete(Key),
}

/// A write of a transaction.
#[derive(Debug, Clone)]
pub enum Write {
    /// Writes an item if what is expected holds.
    Put(Item, Expect),
    /// Deletes what is there.
    Delete(Key),
}

/// A place in a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The sort key in the listing.
    pub sort: String,
    /// The item.
    pub key: Key,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingPage {
    /// The items listed.
    pub keys: Vec<Key>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<Listed>,
}

impl BatchWrite {
    /// Where it writes.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Put(item) => item.key(),
            Self::Delete(key) => key.clone(),
        }
    }
}

impl Write {
    /// Where it writes.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Put(item, _) => item.key(),
            Self::Delete(key) => key.clone(),
        }
    }
}
