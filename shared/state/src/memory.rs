//! A table in memory: a fraction of the embedded store's work for the same answers, so that a simulation can afford
//! thousands of days, and a preview can be played beside the table. Held against the embedded store, operation by
//! operation, in `tests/it/same.rs`.
//!
//! It does what DynamoDB's documentation says of requests that it refuses as a whole (too many keys, one item twice).
//! It never drops what has expired: DynamoDB may take days to do so, and nobody may rely on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::table::{BATCH_OF_READS, BATCH_OF_WRITES, BatchWrite, Key, Listed, ListingPage, Put, Table, Write};

/// The most writes of a transaction.
const TRANSACTION: usize = 100;

/// Keys on a page of a listing.
const PAGE: usize = 1_000;

/// A table in memory.
#[derive(Debug, Default)]
pub struct MemoryTable(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    items: BTreeMap<Key, Item>,
    /// Shard, milliseconds, item.
    due: BTreeSet<(String, i64, Key)>,
    /// Partition, place.
    listing: BTreeSet<(String, Listed)>,
    /// Tokens of transactions that were carried out.
    tokens: BTreeSet<String>,
}

impl Contents {
    fn put(&mut self, item: Item) {
        let key = item.key();
        self.delete(&key);
        if let Some((shard, at)) = &item.due {
            self.due.insert((shard.clone(), at.as_millisecond(), key.clone()));
        }
        if let Some((partition, sort)) = &item.listing {
            self.listing.insert((partition.clone(), Listed { sort: sort.clone(), key: key.clone() }));
        }
        self.items.insert(key, item);
    }

    fn delete(&mut self, key: &Key) {
        let Some(item) = self.items.remove(key) else { return };
        if let Some((shard, at)) = item.due {
            self.due.remove(&(shard, at.as_millisecond(), key.clone()));
        }
        if let Some((partition, sort)) = item.listing {
            self.listing.remove(&(partition, Listed { sort, key: key.clone() }));
        }
    }

    fn holds(&self, key: &Key, expect: Expect) -> bool {
        let found = self.items.get(key);
        match expect {
            Expect::Absent => found.is_none(),
            Expect::Revision(revision) => found.is_some_and(|it| it.revision == revision),
            Expect::Anything => true,
        }
    }
}

impl MemoryTable {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item where it is, as it is.
    pub(crate) fn lay_down(&self, item: Item) {
        self.contents().put(item);
    }
}

#[async_trait]
impl Table for MemoryTable {
    async fn get(&self, key: Key) -> Result<Option<Item>, StateError> {
        Ok(self.contents().items.get(&key).cloned())
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        acceptable("BatchGetItem", BATCH_OF_READS, keys.iter())?;
        let contents = self.contents();
        Ok(keys.iter().filter_map(|key| contents.items.get(key)).cloned().collect())
    }

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        let (mut contents, key) = (self.contents(), item.key());
        if !contents.holds(&key, expect) {
            return Ok(Put::Refused { standing: contents.items.get(&key).map(|it| it.write.clone()) });
        }
        contents.put(item);
        Ok(Put::Done)
    }

    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError> {
        let mut contents = self.contents();
        if !contents.holds(&key, Expect::Absent) && !contents.holds(&key, Expect::Revision(revision)) {
            return Err(StateError::Conflict);
        }
        contents.delete(&key);
        Ok(())
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        let keys: Vec<Key> = writes.iter().map(BatchWrite::key).collect();
        acceptable("BatchWriteItem", BATCH_OF_WRITES, keys.iter())?;
        let mut contents = self.contents();
        for write in writes {
            match write {
                BatchWrite::Put(item) => contents.put(item),
                BatchWrite::Delete(key) => contents.delete(&key),
            }
        }
        Ok(())
    }

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        let keys: Vec<Key> = writes.iter().map(Write::key).collect();
        acceptable("TransactWriteItems", TRANSACTION, keys.iter())?;
        let mut contents = self.contents();
        if contents.tokens.contains(&token) {
            return Ok(());
        }
        let held = |write: &Write| match write {
            Write::Put(item, expect) => contents.holds(&item.key(), *expect),
            Write::Delete(_) => true,
        };
        if !writes.iter().all(held) {
            return Err(StateError::Conflict);
        }
        for write in writes {
            match write {
                Write::Put(item, _) => contents.put(item),
                Write::Delete(key) => contents.delete(&key),
            }
        }
        contents.tokens.insert(token);
        Ok(())
    }

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        let contents = self.contents();
        let from = contents.items.range((pk.to_owned(), prefix.to_owned())..);
        let its = from.take_while(|((partition, sort), _)| partition == pk && sort.starts_with(prefix));
        Ok(its.map(|(_, item)| item.clone()).collect())
    }

    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        let contents = self.contents();
        let from = contents.due.range((shard.clone(), i64::MIN, Key::default())..);
        let its = from.take_while(|(of, at, _)| *of == shard && *at <= until.as_millisecond());
        Ok(its.take(limit).map(|(_, _, key)| key.clone()).collect())
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        let contents = self.contents();
        let first = Listed { sort: String::new(), key: Key::default() };
        let room = most.map_or(PAGE, |most| most.min(PAGE));
        let from = contents.listing.range((partition.to_owned(), after.clone().unwrap_or(first))..);
        let its = from.take_while(|(of, _)| of == partition).map(|(_, place)| place);
        let page: Vec<&Listed> = its.filter(|place| after.as_ref() != Some(place)).take(room).collect();
        let next = page.last().filter(|_| page.len() == room).map(|it| (*it).clone());
        Ok(ListingPage { keys: page.into_iter().map(|it| it.key.clone()).collect(), next })
    }
}

/// Whether a request is one that DynamoDB carries out.
fn acceptable<'k>(
    operation: &'static str,
    most: usize,
    keys: impl ExactSizeIterator<Item = &'k Key>,
) -> Result<(), StateError> {
    let count = keys.len();
    let different: BTreeSet<&Key> = keys.collect();
    if (1..=most).contains(&count) && different.len() == count {
        return Ok(());
    }
    let cause = std::io::Error::other(format!("{count} items, {} different", different.len()));
    Err(StateError::Unavailable { operation, code: "ValidationException".to_owned(), cause: Box::new(cause) })
}
