//! A table seen through a sheet of glass: whatever is written stays on the glass, and whatever is read is what stands
//! there, or else the table beneath. What would happen can be played over it; the table beneath is never written.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::memory::MemoryTable;
use crate::table::{BATCH_OF_READS, BatchWrite, Key, Listed, ListingPage, Put, Table, Write};

/// A table over another, which it only reads. What has been asked for is kept in memory: as much as is looked at.
#[derive(Debug)]
pub struct Overlay {
    beneath: Arc<dyn Table>,
    above: MemoryTable,
    copied: Mutex<Copied>,
}

/// What does not have to be looked for beneath any more.
#[derive(Debug, Default)]
struct Copied {
    items: BTreeSet<Key>,
    listings: BTreeSet<String>,
}

impl Overlay {
    /// Nothing written yet.
    #[must_use]
    pub fn over(beneath: Arc<dyn Table>) -> Self {
        Self { beneath, above: MemoryTable::default(), copied: Mutex::default() }
    }

    fn copied(&self) -> MutexGuard<'_, Copied> {
        self.copied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that what stands above tells of these keys.
    async fn copy(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), StateError> {
        let unknown: BTreeSet<Key> = {
            let copied = self.copied();
            keys.into_iter().filter(|key| !copied.items.contains(key)).collect()
        };
        let unknown: Vec<Key> = unknown.into_iter().collect();
        for some in unknown.chunks(BATCH_OF_READS) {
            let found = self.beneath.get_batch(some.to_vec()).await?;
            self.lay_down(found, some.to_vec());
        }
        Ok(())
    }

    /// Whoever asked for the same meanwhile may have written it since: that stands.
    fn lay_down(&self, found: Vec<Item>, asked: Vec<Key>) {
        let mut copied = self.copied();
        for item in found {
            if copied.items.insert(item.key()) {
                self.above.lay_down(item);
            }
        }
        copied.items.extend(asked);
    }
}

#[async_trait]
impl Table for Overlay {
    async fn get(&self, key: Key) -> Result<Option<Item>, StateError> {
        self.copy([key.clone()]).await?;
        self.above.get(key).await
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        self.copy(keys.clone()).await?;
        self.above.get_batch(keys).await
    }

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        self.copy([item.key()]).await?;
        self.above.put(item, expect).await
    }

    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError> {
        self.copy([key.clone()]).await?;
        self.above.delete(key, revision).await
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        self.copy(writes.iter().map(BatchWrite::key)).await?;
        self.above.write_batch(writes).await
    }

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        self.copy(writes.iter().map(Write::key)).await?;
        self.above.transact(writes, token).await
    }

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        let found = self.beneath.partition(pk, prefix).await?;
        self.lay_down(found, Vec::new());
        self.above.partition(pk, prefix).await
    }

    /// Only of what has been read or written through this table: what is due in others' partitions is nothing to whoever
    /// plays what one tenant would see.
    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        self.above.due(shard, until, limit).await
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        if !self.copied().listings.contains(partition) {
            let mut next = None;
            loop {
                let page = self.beneath.listing(partition, next, None).await?;
                self.copy(page.keys).await?;
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            self.copied().listings.insert(partition.to_owned());
        }
        self.above.listing(partition, after, most).await
    }
}
