//! A table whose process may be cut short before any write, and in which others get a turn between any two requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use state::memory::MemoryTable;
use state::table::{BatchWrite, Key, Listed, ListingPage, Put, Table, Write};
use state::{Expect, Item, StateError};

#[derive(Debug, Default)]
pub(crate) struct Brittle {
    table: MemoryTable,
    /// How many writes are left before everything fails; below zero: any number.
    left: AtomicI64,
    turns: AtomicU64,
    /// How many conditional writes somebody else is still ahead of.
    ahead: AtomicI64,
}

impl Brittle {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { left: AtomicI64::new(-1), ..Self::default() })
    }

    /// Lets so many writes through, and then none. `None`: all.
    pub(crate) fn allow(&self, writes: Option<u8>) {
        self.left.store(writes.map_or(-1, i64::from), Ordering::SeqCst);
    }

    /// Somebody else changes what the next so many conditional writes of one item would.
    pub(crate) fn be_ahead_of(&self, writes: u8) {
        self.ahead.store(writes.into(), Ordering::SeqCst);
    }

    async fn take_turn(&self) {
        // Uneven, so that two readers meet in ever new ways.
        let turn = self.turns.fetch_add(1, Ordering::SeqCst);
        for _ in 0..(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62) {
            tokio::task::yield_now().await;
        }
    }

    fn let_others_go_ahead(&self, expect: Expect) -> Result<(), StateError> {
        if matches!(expect, Expect::Revision(_)) && self.ahead.load(Ordering::SeqCst) > 0 {
            self.ahead.fetch_sub(1, Ordering::SeqCst);
            return Err(StateError::Conflict);
        }
        Ok(())
    }

    fn write(&self) -> Result<(), StateError> {
        match self.left.load(Ordering::SeqCst) {
            0 => Err(StateError::Unavailable { operation: "Put", code: "cut short".to_owned(), cause: "test".into() }),
            1.. => {
                self.left.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Table for Brittle {
    async fn get(&self, key: Key) -> Result<Option<Item>, StateError> {
        self.take_turn().await;
        self.table.get(key).await
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        self.take_turn().await;
        self.table.get_batch(keys).await
    }

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        self.take_turn().await;
        self.write()?;
        self.let_others_go_ahead(expect)?;
        self.table.put(item, expect).await
    }

    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError> {
        self.take_turn().await;
        self.write()?;
        self.table.delete(key, revision).await
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        for write in writes {
            self.take_turn().await;
            self.write()?;
            self.table.write_batch(vec![write]).await?;
        }
        Ok(())
    }

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        self.take_turn().await;
        self.write()?;
        self.table.transact(writes, token).await
    }

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        self.take_turn().await;
        self.table.partition(pk, prefix).await
    }

    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        self.table.due(shard, until, limit).await
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        self.take_turn().await;
        self.table.listing(partition, after, most).await
    }
}
