//! A table that is only to be read, and tells when it was not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use state::table::{BatchWrite, Key, Listed, ListingPage, Put, Table, Write};
use state::{Expect, Item, StateError};

/// A table behind which writes are counted.
#[derive(Debug)]
pub(crate) struct Watched {
    inner: Arc<dyn Table>,
    writes: AtomicUsize,
    /// A preview that is broken on purpose sees no person.
    is_blind: bool,
}

impl Watched {
    pub(crate) fn over(inner: Arc<dyn Table>, is_blind: bool) -> Self {
        Self { inner, writes: AtomicUsize::default(), is_blind }
    }

    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::Relaxed)
    }

    fn count(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Table for Watched {
    async fn get(&self, key: Key) -> Result<Option<Item>, StateError> {
        self.inner.get(key).await
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        let mut items = self.inner.get_batch(keys).await?;
        items.retain(|item| !(self.is_blind && item.pk.contains("#P#")));
        Ok(items)
    }

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        self.count();
        self.inner.put(item, expect).await
    }

    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError> {
        self.count();
        self.inner.delete(key, revision).await
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        self.count();
        self.inner.write_batch(writes).await
    }

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        self.count();
        self.inner.transact(writes, token).await
    }

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        self.inner.partition(pk, prefix).await
    }

    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        self.inner.due(shard, until, limit).await
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        self.inner.listing(partition, after, most).await
    }
}
