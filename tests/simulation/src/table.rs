//! The table, with time, faults and crashes in between: in memory for speed, or the embedded store behind the real client.

mod late;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use skolbro::machine::embedded::{Embedded, config};
use state::dynamodb::Dynamodb;
use state::memory::MemoryTable;
use state::table::{BatchWrite, Key, Listed, ListingPage, Put, Table, Write};
use state::{Expect, Item, StateError};

use self::late::LateIndexes;
use crate::effects::Effects;
use crate::mutation::Mutation;
use crate::trace::note;

/// The table's name.
const TABLE: &str = "skolbro";

/// How often the client tries a request, as the AWS SDK does by itself.
const TRIES: u32 = 3;

/// Where nothing is kept.
const NOWHERE: &str = "nowhere";

/// The sort keys of what a target's guard remembers.
const TAKEN_AWAY: &str = "GONE#";

/// What keeps the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeper {
    /// The table in memory.
    #[default]
    Memory,
    /// The embedded store behind the AWS SDK's client, as `skolbro up` has it.
    Embedded,
}

/// A new table.
pub(crate) async fn open(
    keeper: Keeper,
    effects: &Effects,
    mutation: Option<Mutation>,
) -> Result<Arc<dyn Table>, String> {
    let inner: Arc<dyn Table> = match keeper {
        Keeper::Memory => Arc::new(MemoryTable::default()),
        Keeper::Embedded => {
            let client = Client::from_conf(config().http_client(Embedded::open(None)?).build());
            state::schema::create(&client, TABLE).await.map_err(|error| error.to_string())?;
            Arc::new(Dynamodb::new(client, TABLE))
        }
    };
    let indexes = LateIndexes::of(Arc::clone(&inner), effects.clone());
    Ok(Arc::new(SimulatedTable { inner, indexes, effects: effects.clone(), mutation }))
}

struct SimulatedTable {
    inner: Arc<dyn Table>,
    indexes: LateIndexes,
    effects: Effects,
    mutation: Option<Mutation>,
}

impl fmt::Debug for SimulatedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimulatedTable")
    }
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Refused: a transaction is at work on the item. Nothing is written.
    Conflict,
    /// Refused: too much at once. Nothing is written.
    Throttled,
    /// Carried out; the answer is lost.
    AnswerLost,
}

impl SimulatedTable {
    /// Carries out one request as the client does: whatever passes is tried again.
    async fn ask<T, F>(&self, operation: &'static str, carry_out: impl Fn() -> F) -> Result<T, StateError>
    where
        F: Future<Output = Result<T, StateError>>,
    {
        for attempt in 0..TRIES {
            self.pause_before(attempt).await;
            self.effects.before(operation, 1, 12).await;
            let fault = self.fault(operation);
            match fault {
                Some(Fault::Conflict) => return Err(StateError::Conflict),
                Some(Fault::Throttled) => {}
                Some(Fault::AnswerLost) => drop(carry_out().await),
                None => {
                    let answer = carry_out().await;
                    self.effects.after(operation).await;
                    return answer;
                }
            }
        }
        let cause = std::io::Error::other("no answer, or none that can be used");
        Err(StateError::Unavailable { operation, code: "no answer".to_owned(), cause: Box::new(cause) })
    }

    async fn pause_before(&self, attempt: u32) {
        if attempt > 0 {
            tokio::time::sleep(self.effects.dice.millis(0, 1_000 << attempt)).await;
        }
    }

    fn fault(&self, operation: &str) -> Option<Fault> {
        let fault = if is_conditional(operation) && self.effects.strikes(|it| it.table_conflict) {
            Fault::Conflict
        } else if self.effects.strikes(|it| it.table_throttled) {
            Fault::Throttled
        } else if self.effects.strikes(|it| it.table_answer_lost) {
            Fault::AnswerLost
        } else {
            return None;
        };
        note!(self.effects.trace, "table {operation}: {fault:?}");
        Some(fault)
    }

    /// An item as a hub that is broken on purpose would write it.
    fn broken(&self, mut item: Item) -> Item {
        match self.mutation {
            // Nothing lists what is due, so that only messages wake anybody.
            Some(Mutation::ForgottenDue) => item.due = None,
            // A guard at the target that sees each removal as though it were the first.
            Some(Mutation::BlindGuardAtTarget) if item.sk.starts_with(TAKEN_AWAY) => {
                item.sk = format!("{NOWHERE} {}", item.write);
            }
            _ => {}
        }
        item
    }
}

/// Whether an operation writes an item by itself, or all or nothing.
fn is_conditional(operation: &str) -> bool {
    matches!(operation, "PutItem" | "DeleteItem" | "TransactWriteItems")
}

#[async_trait]
impl Table for SimulatedTable {
    async fn get(&self, mut key: Key) -> Result<Option<Item>, StateError> {
        if self.mutation == Some(Mutation::BlindGuardAtTarget) && key.1.starts_with(TAKEN_AWAY) {
            NOWHERE.clone_into(&mut key.1);
        }
        self.ask("GetItem", || self.inner.get(key.clone())).await
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        self.ask("BatchGetItem", || self.inner.get_batch(keys.clone())).await
    }

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        let item = self.broken(item);
        // A store that does not look whether somebody else came between.
        let expect = if self.mutation == Some(Mutation::UnconditionalWrites) { Expect::Anything } else { expect };
        self.indexes.before_write([item.key()]).await;
        self.ask("PutItem", || self.inner.put(item.clone(), expect)).await
    }

    async fn delete(&self, key: Key, revision: u64) -> Result<(), StateError> {
        self.indexes.before_write([key.clone()]).await;
        self.ask("DeleteItem", || self.inner.delete(key.clone(), revision)).await
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        let broken = |write| match write {
            BatchWrite::Put(item) => BatchWrite::Put(self.broken(item)),
            delete @ BatchWrite::Delete(_) => delete,
        };
        let writes: Vec<BatchWrite> = writes.into_iter().map(broken).collect();
        self.indexes.before_write(writes.iter().map(BatchWrite::key)).await;
        self.ask("BatchWriteItem", || self.inner.write_batch(writes.clone())).await
    }

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        let broken = |write| match write {
            Write::Put(item, expect) => Write::Put(self.broken(item), expect),
            delete @ Write::Delete(_) => delete,
        };
        let writes: Vec<Write> = writes.into_iter().map(broken).collect();
        self.indexes.before_write(writes.iter().map(Write::key)).await;
        self.ask("TransactWriteItems", || self.inner.transact(writes.clone(), token.clone())).await
    }

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        self.ask("Query", || self.inner.partition(pk, prefix)).await
    }

    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        let keys = self.ask("Query", || self.inner.due(shard.clone(), until, limit)).await?;
        Ok(self.indexes.due(keys, &shard, until))
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        let is_first = after.is_none();
        let mut page = self.ask("Query", || self.inner.listing(partition, after.clone(), most)).await?;
        page.keys = self.indexes.listing(page.keys, partition, is_first);
        Ok(page)
    }
}
