//! The hub's table: what everything that is kept is written and read by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use roster::{Chance, SystemChance};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dynamodb::Dynamodb;
use crate::error::StateError;
use crate::gather::Gather;
use crate::item::{Expect, Item};
use crate::keys::SHARDS;
use crate::overlay::Overlay;
use crate::subjects::{Place, Subject};
use crate::table::{BATCH_OF_READS, BATCH_OF_WRITES, BatchWrite, Key, Listed, ListingPage, Put, Table, Write};
use crate::units::Meter;

/// How many requests one caller keeps under way at once.
pub(crate) const CONCURRENCY: usize = 16;

/// How many batches one caller keeps under way at once.
const BATCHES: usize = 4;

/// Revisions begin anywhere up to 2^40: room to count on, within what every JSON number holds exactly.
const UNUSED_BITS: u32 = 24;

/// How often something is done again because somebody else changed the item meanwhile.
pub(crate) const CHANGE_TRIES: u32 = 16;

/// The longest pause before the first of these tries, in milliseconds. Each next may be twice as long, up to
/// two seconds.
const FIRST_PAUSE: u64 = 10;

/// The hub's table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    table: Arc<dyn Table>,
    meter: Meter,
    chance: Arc<dyn Chance>,
    shards: u8,
    pub(crate) gather: Gather<Place, Subject>,
}

impl Store {
    /// The table of that name, through a client for AWS or for the embedded store.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let dynamodb = Dynamodb::new(client, table);
        let meter = dynamodb.meter().clone();
        Self { meter, ..Self::over(Arc::new(dynamodb)) }
    }

    /// Any other table, for a simulation. Nothing is metered.
    #[must_use]
    pub fn over(table: Arc<dyn Table>) -> Self {
        Self {
            table,
            meter: Meter::default(),
            chance: Arc::new(SystemChance),
            shards: SHARDS,
            gather: Gather::default(),
        }
    }

    /// What is in this store now, to be changed without changing it: whatever is written is kept in memory, and gone with
    /// what this gives. What is due is only found of what has been read or written through it.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self::over(Arc::new(Overlay::over(Arc::clone(&self.table)))).with_shards(self.shards)
    }

    /// The same with another chance, for a simulation.
    #[must_use]
    pub fn with_chance(self, chance: Arc<dyn Chance>) -> Self {
        Self { chance, ..self }
    }

    /// The same with another number of shards, for a simulation. A table keeps the number it began with.
    #[must_use]
    pub fn with_shards(self, shards: u8) -> Self {
        Self { shards, ..self }
    }

    /// Into how many partitions what is due, and what a tenant has, is spread.
    #[must_use]
    pub const fn shards(&self) -> u8 {
        self.shards
    }

    /// What this store's requests have consumed.
    #[must_use]
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(crate) async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>, StateError> {
        for tries in 0..CHANGE_TRIES {
            let Some(head) = self.table.get((pk.to_owned(), sk.to_owned())).await? else { return Ok(None) };
            if let Some(item) = self.assemble(head).await? {
                return Ok(Some(item));
            }
            self.give_way(tries).await;
        }
        Err(StateError::contended(pk, sk))
    }

    /// What an item says; what is said where there is none, if it is not there.
    pub(crate) async fn read_item<S: Default + DeserializeOwned>(&self, pk: &str, sk: &str) -> Result<S, StateError> {
        self.get(pk, sk).await?.as_ref().map_or_else(|| Ok(S::default()), Item::read)
    }

    /// Lets others finish before something is tried again. Many that want the same item would otherwise meet again each
    /// time, and each time all but one would have tried for nothing.
    pub(crate) async fn give_way(&self, tries: u32) {
        let longest = Duration::from_millis((FIRST_PAUSE << tries.min(10)).min(2_000));
        tokio::time::sleep(longest.mul_f64(self.chance.share())).await;
    }

    /// Many items at once, consistently, in no order; those that are not there are left out.
    pub(crate) async fn get_many(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        let unique: Vec<Key> = keys.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let requests: Vec<_> =
            unique.chunks(BATCH_OF_READS).map(|batch| self.table.get_batch(batch.to_vec())).collect();
        let pages: Vec<Vec<Item>> = stream::iter(requests).buffer_unordered(BATCHES).try_collect().await?;
        self.assemble_all(pages.into_iter().flatten().collect()).await
    }

    async fn assemble_all(&self, heads: Vec<Item>) -> Result<Vec<Item>, StateError> {
        let mut items = Vec::with_capacity(heads.len());
        for head in heads {
            let (pk, sk) = (head.pk.clone(), head.sk.clone());
            let whole = match self.assemble(head).await? {
                Some(item) => Some(item),
                None => self.get(&pk, &sk).await?,
            };
            items.extend(whole);
        }
        Ok(items)
    }

    /// Puts the parts of a long body back together. `None`: a newer write has replaced them since.
    async fn assemble(&self, mut item: Item) -> Result<Option<Item>, StateError> {
        if item.parts == 0 {
            return Ok(Some(item));
        }
        let mut by_key = BTreeMap::new();
        for batch in item.part_keys().chunks(BATCH_OF_READS) {
            let parts = self.table.get_batch(batch.to_vec()).await?;
            by_key.extend(parts.into_iter().map(|part| (part.sk, part.body)));
        }
        if by_key.len() != item.parts {
            return Ok(None);
        }
        item.body = by_key.into_values().collect();
        Ok(Some(item))
    }

    /// Writes an item if what is expected holds. Gives the new revision.
    pub(crate) async fn put(&self, item: Item, expect: Expect) -> Result<u64, StateError> {
        let (head, parts) = self.numbered(item, expect).split();
        let (revision, write) = (head.revision, head.write.clone());
        self.put_all(parts).await?;
        match self.table.put(head, expect).await? {
            Put::Done => Ok(revision),
            // A write whose answer was lost is repeated by the client and then fails its own condition.
            Put::Refused { standing } if standing.as_deref() == Some(&write) => Ok(revision),
            Put::Refused { .. } => Err(StateError::Conflict),
        }
    }

    /// Gives a write its name, and the item the revision that it will have; once.
    pub(crate) fn numbered(&self, mut item: Item, expect: Expect) -> Item {
        if !item.write.is_empty() {
            return item;
        }
        item.write = self.chance.name();
        item.revision = match expect {
            Expect::Revision(revision) => revision.saturating_add(1),
            // An item that was deleted and made again must not be taken for the one before it.
            Expect::Absent | Expect::Anything => (self.chance.number() >> UNUSED_BITS) + 1,
        };
        item
    }

    /// Writes items that need no condition.
    pub(crate) async fn put_all(&self, items: Vec<Item>) -> Result<(), StateError> {
        self.write_all(items.into_iter().map(BatchWrite::Put).collect()).await
    }

    /// Deletes items, whatever they are.
    pub(crate) async fn delete_all(&self, keys: Vec<Key>) -> Result<(), StateError> {
        self.write_all(keys.into_iter().map(BatchWrite::Delete).collect()).await
    }

    async fn write_all(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        let batches: Vec<_> = writes.chunks(BATCH_OF_WRITES).map(|it| self.table.write_batch(it.to_vec())).collect();
        stream::iter(batches).buffer_unordered(BATCHES).try_collect::<Vec<()>>().await.map(drop)
    }

    /// Changes an item by a pure function, until nobody else came between. What it leaves unchanged is not written.
    pub(crate) async fn change_item<S>(
        &self,
        pk: &str,
        sk: &str,
        mut decide: impl FnMut(&mut S),
    ) -> Result<S, StateError>
    where
        S: Default + Clone + PartialEq + Serialize + DeserializeOwned,
    {
        for tries in 0..CHANGE_TRIES {
            let item = self.get(pk, sk).await?;
            let expect = item.as_ref().map_or(Expect::Absent, |it| Expect::Revision(it.revision));
            let before: S = item.as_ref().map_or_else(|| Ok(S::default()), Item::read)?;
            let mut after = before.clone();
            decide(&mut after);
            if after == before {
                return Ok(after);
            }
            match self.put(Item::new(pk.to_owned(), sk).with_body(&after)?, expect).await {
                Err(StateError::Conflict) => self.give_way(tries).await,
                written => return written.map(|_| after),
            }
        }
        Err(StateError::contended(pk, sk))
    }

    /// All or nothing, at most 100 writes.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), StateError> {
        if writes.is_empty() {
            return Ok(());
        }
        let numbered = |write| match write {
            Write::Put(item, expect) => Write::Put(self.numbered(item, expect), expect),
            delete @ Write::Delete(_) => delete,
        };
        self.table.transact(writes.into_iter().map(numbered).collect(), self.chance.name()).await
    }

    /// Deletes an item if it has this revision.
    pub(crate) async fn delete(&self, pk: &str, sk: &str, revision: u64) -> Result<(), StateError> {
        self.table.delete((pk.to_owned(), sk.to_owned()), revision).await
    }

    /// All items of a partition whose sort key begins with `prefix`, in order.
    pub(crate) async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        self.assemble_all(self.table.partition(pk, prefix).await?).await
    }

    /// Keys of what is due in a shard until an instant, the oldest first, at most `limit`.
    pub(crate) async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        self.table.due(shard, until, limit).await
    }

    /// One page of keys of a listing.
    pub(crate) async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        self.table.listing(partition, after, most).await
    }
}
