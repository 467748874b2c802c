//! Many at one item, over a table at some distance, where all would otherwise meet again at each try.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use roster::Chance;
use state::memory::MemoryTable;
use state::table::{BatchWrite, Key, Listed, ListingPage, Put, Write};
use state::{Expect, Item, StateError, Store, Table};

use crate::stage::{key, name, organisation, provenance};

/// A table whose every answer takes five milliseconds.
#[derive(Debug, Default)]
struct Distant(MemoryTable);

async fn travel() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

#[async_trait]
impl Table for Distant {
    async fn get(&self, key: Key) -> Result<Option<Item>, StateError> {
        travel().await;
        self.0.get(key).await
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        travel().await;
        self.0.get_batch(keys).await
    }

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        travel().await;
        self.0.put(item, expect).await
    }

    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError> {
        travel().await;
        self.0.delete(key, revision).await
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        travel().await;
        self.0.write_batch(writes).await
    }

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        travel().await;
        self.0.transact(writes, token).await
    }

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        travel().await;
        self.0.partition(pk, prefix).await
    }

    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        travel().await;
        self.0.due(shard, until, limit).await
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        travel().await;
        self.0.listing(partition, after, most).await
    }
}

/// The same numbers each time, spread well (SplitMix64).
#[derive(Debug, Default)]
struct Dice(AtomicU64);

impl Chance for Dice {
    fn number(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn distant() -> Store {
    Store::over(Arc::new(Distant::default())).with_chance(Arc::new(Dice::default()))
}

#[tokio::test(start_paused = true)]
async fn sixty_workers_at_one_subject_all_get_their_turn() {
    let store = distant();

    let changes = (0..60).map(|n: u32| {
        let store = store.clone();
        async move {
            let fact = organisation(1, &n.to_string());
            let place = (format!("source-{n}"), provenance(1).1);
            store.change("demo", key(1), |it| it.set_fact(place.clone(), Some(fact.clone()))).await
        }
    });
    let failed: Vec<StateError> = join_all(changes).await.into_iter().filter_map(Result::err).collect();

    assert!(failed.is_empty(), "{} of 60 gave up", failed.len());
}

#[tokio::test(start_paused = true)]
async fn a_large_subject_is_read_while_it_is_written() {
    let store = distant();
    let long = |n: u32| "Å".repeat(100_000) + &n.to_string();
    store.change("demo", key(1), |it| name(it, 1, &long(0), 0)).await.unwrap();

    let writing = async {
        for n in 1..20 {
            store.change("demo", key(1), |it| name(it, 1, &long(n), n.into())).await.unwrap();
        }
    };
    let reading = async {
        for n in 0..60 {
            tokio::time::sleep(Duration::from_millis(n % 5)).await;
            store.subject("demo", key(1)).await.unwrap();
            store.subjects("demo", vec![key(1)]).await.unwrap();
        }
    };

    tokio::join!(writing, reading);
}
