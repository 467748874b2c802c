//! The table: the few operations everything else is made of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, KeysAndAttributes, Put, PutRequest, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, WriteRequest,
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use roster::{Chance, SystemChance};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StateError;
use crate::gather::Gather;
use crate::item::{Attributes, Expect, Item, key};
use crate::keys::SHARDS;
use crate::schema::{DUE, LISTING};
use crate::subjects::{Place, Subject};
use crate::units::Meter;

/// How many requests one caller keeps under way at once.
pub(crate) const CONCURRENCY: usize = 16;

/// How often unprocessed parts of a batch are asked for again before giving up.
const BATCH_TRIES: u32 = 8;

/// Revisions begin anywhere up to 2^40: room to count on, within what every JSON number holds exactly.
const UNUSED_BITS: u32 = 24;

/// How often a change is decided again because somebody else changed the item meanwhile.
pub(crate) const CHANGE_TRIES: u32 = 12;

/// The hub's table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    meter: Meter,
    chance: Arc<dyn Chance>,
    shards: u8,
    pub(crate) gather: Gather<Place, Subject>,
}

/// A conditional write of a transaction.
pub(crate) enum Write {
    Put(Item, Expect),
    Delete { pk: String, sk: String },
}

/// One page of keys from an index, and where the next begins.
pub(crate) type KeyPage = (Vec<(String, String)>, Option<Attributes>);

impl Store {
    /// The table of that name, through a client for AWS or for the embedded store.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
            meter: Meter::default(),
            chance: Arc::new(SystemChance),
            shards: SHARDS,
            gather: Gather::default(),
        }
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
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key(pk, sk))).consistent_read(true);
        let answer = request
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StateError::from_sdk("GetItem"))?;
        self.meter.read(answer.consumed_capacity());
        match answer.item() {
            Some(attributes) => Ok(Some(self.assemble(Item::from_attributes(attributes)).await?)),
            None => Ok(None),
        }
    }

    /// Many items at once, consistently, in no order; those that are not there are left out.
    pub(crate) async fn get_many(&self, keys: Vec<(String, String)>) -> Result<Vec<Item>, StateError> {
        let unique: Vec<_> = keys.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let requests: Vec<_> = unique.chunks(100).map(|batch| self.get_batch(batch.to_vec())).collect();
        let pages: Vec<Vec<Item>> = stream::iter(requests).buffer_unordered(4).try_collect().await?;
        let mut items = Vec::new();
        for item in pages.into_iter().flatten() {
            items.push(self.assemble(item).await?);
        }
        Ok(items)
    }

    async fn get_batch(&self, keys: Vec<(String, String)>) -> Result<Vec<Item>, StateError> {
        let mut wanted: Vec<Attributes> = keys.iter().map(|(pk, sk)| key(pk, sk)).collect();
        let mut items = Vec::with_capacity(wanted.len());
        for attempt in 0..BATCH_TRIES {
            pause_before(attempt).await;
            let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
            let request = self.client.batch_get_item();
            let answer = request
                .request_items(&self.table, keys.map_err(StateError::build("BatchGetItem"))?)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StateError::from_sdk("BatchGetItem"))?;
            answer.consumed_capacity().iter().for_each(|it| self.meter.read(Some(it)));
            let found = answer.responses().and_then(|it| it.get(&self.table));
            items.extend(found.into_iter().flatten().map(Item::from_attributes));
            let left = answer.unprocessed_keys().and_then(|it| it.get(&self.table));
            match left {
                Some(left) if !left.keys().is_empty() => wanted = left.keys().to_vec(),
                _ => return Ok(items),
            }
        }
        Err(unprocessed("BatchGetItem"))
    }

    /// Puts the parts of a long body back together.
    async fn assemble(&self, mut item: Item) -> Result<Item, StateError> {
        if item.parts == 0 {
            return Ok(item);
        }
        let parts = Box::pin(self.get_batch(item.part_keys())).await?;
        let by_key: BTreeMap<String, String> = parts.into_iter().map(|part| (part.sk, part.body)).collect();
        if by_key.len() != item.parts {
            // A newer write has replaced them since: whoever asked must ask again.
            return Err(StateError::Conflict);
        }
        item.body = by_key.into_values().collect();
        Ok(item)
    }

    /// Writes an item if what is expected holds. Gives the new revision.
    pub(crate) async fn put(&self, item: Item, expect: Expect) -> Result<u64, StateError> {
        let (head, parts) = self.numbered(item, expect).split();
        let (revision, write) = (head.revision, head.write.clone());
        self.put_all(parts).await?;
        let mut request = self.client.put_item().table_name(&self.table).set_item(Some(head.into_attributes()));
        if let Some((condition, values)) = condition(expect) {
            request = request
                .condition_expression(condition)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        }
        match request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(revision)
            }
            Err(error) if was_ours(&error, &write) => Ok(revision),
            Err(SdkError::ServiceError(it)) if lost_a_race(it.err()) => Err(StateError::Conflict),
            Err(error) => Err(StateError::from_sdk("PutItem")(error)),
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
        let requests: Result<Vec<WriteRequest>, _> = items.into_iter().map(put_request).collect();
        self.write_all(requests.map_err(StateError::build("BatchWriteItem"))?).await
    }

    /// Deletes items, whatever they are.
    pub(crate) async fn delete_all(&self, keys: Vec<(String, String)>) -> Result<(), StateError> {
        let requests: Result<Vec<WriteRequest>, _> = keys.iter().map(|(pk, sk)| delete_request(pk, sk)).collect();
        self.write_all(requests.map_err(StateError::build("BatchWriteItem"))?).await
    }

    async fn write_all(&self, requests: Vec<WriteRequest>) -> Result<(), StateError> {
        let batches: Vec<_> = requests.chunks(25).map(|batch| self.write_batch(batch.to_vec())).collect();
        stream::iter(batches).buffer_unordered(4).try_collect::<Vec<()>>().await.map(drop)
    }

    async fn write_batch(&self, mut batch: Vec<WriteRequest>) -> Result<(), StateError> {
        for attempt in 0..BATCH_TRIES {
            pause_before(attempt).await;
            let request = self.client.batch_write_item().request_items(&self.table, batch);
            let answer = request
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StateError::from_sdk("BatchWriteItem"))?;
            answer.consumed_capacity().iter().for_each(|it| self.meter.write(Some(it)));
            match answer.unprocessed_items().and_then(|it| it.get(&self.table)) {
                Some(left) if !left.is_empty() => batch = left.clone(),
                _ => return Ok(()),
            }
        }
        Err(unprocessed("BatchWriteItem"))
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
        for _ in 0..CHANGE_TRIES {
            let item = self.get(pk, sk).await?;
            let expect = item.as_ref().map_or(Expect::Absent, |it| Expect::Revision(it.revision));
            let before: S = item.as_ref().map_or_else(|| Ok(S::default()), Item::read)?;
            let mut after = before.clone();
            decide(&mut after);
            if after == before {
                return Ok(after);
            }
            match self.put(Item::new(pk.to_owned(), sk).with_body(&after)?, expect).await {
                Err(StateError::Conflict) => {}
                written => return written.map(|_| after),
            }
        }
        Err(StateError::Conflict)
    }

    /// All or nothing, at most 100 writes.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), StateError> {
        if writes.is_empty() {
            return Ok(());
        }
        let mut request = self.client.transact_write_items().client_request_token(self.chance.name());
        for write in writes {
            request = request.transact_items(self.transact_item(write)?);
        }
        match request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
            Ok(answer) => {
                answer.consumed_capacity().iter().for_each(|it| self.meter.write(Some(it)));
                Ok(())
            }
            Err(SdkError::ServiceError(it)) if is_conflict(it.err()) => Err(StateError::Conflict),
            Err(error) => Err(StateError::from_sdk("TransactWriteItems")(error)),
        }
    }

    fn transact_item(&self, write: Write) -> Result<TransactWriteItem, StateError> {
        let failed = || StateError::build("TransactWriteItems");
        match write {
            Write::Put(item, expect) => {
                let item = self.numbered(item, expect);
                let mut put = Put::builder().table_name(&self.table).set_item(Some(item.into_attributes()));
                if let Some((condition, values)) = condition(expect) {
                    put = put.condition_expression(condition).set_expression_attribute_values(values);
                }
                Ok(TransactWriteItem::builder().put(put.build().map_err(failed())?).build())
            }
            Write::Delete { pk, sk } => {
                let delete = Delete::builder().table_name(&self.table).set_key(Some(key(&pk, &sk)));
                Ok(TransactWriteItem::builder().delete(delete.build().map_err(failed())?).build())
            }
        }
    }

    /// Deletes an item if it has this revision.
    pub(crate) async fn delete(&self, pk: &str, sk: &str, revision: u64) -> Result<(), StateError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key(pk, sk)));
        let result = request
            .condition_expression("attribute_not_exists(pk) OR rev = :rev")
            .expression_attribute_values(":rev", AttributeValue::N(revision.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match result {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(())
            }
            Err(SdkError::ServiceError(it)) if it.err().is_conditional_check_failed_exception() => {
                Err(StateError::Conflict)
            }
            Err(error) => Err(StateError::from_sdk("DeleteItem")(error)),
        }
    }

    /// All items of a partition whose sort key begins with `prefix`, in order.
    pub(crate) async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let query = self.client.query().table_name(&self.table).consistent_read(true);
            let answer = query
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                .expression_attribute_values(":sk", AttributeValue::S(prefix.to_owned()))
                .set_exclusive_start_key(from)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StateError::from_sdk("Query"))?;
            self.meter.read(answer.consumed_capacity());
            for attributes in answer.items() {
                items.push(self.assemble(Item::from_attributes(attributes)).await?);
            }
            from = answer.last_evaluated_key().cloned();
            if from.is_none() {
                return Ok(items);
            }
        }
    }

    /// Keys of what is due in a shard until an instant, the oldest first, at most `limit`.
    pub(crate) async fn due(
        &self,
        shard: String,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StateError> {
        let query = self.client.query().table_name(&self.table).index_name(DUE);
        let answer = query
            .key_condition_expression("dpk = :shard AND due <= :until")
            .expression_attribute_values(":shard", AttributeValue::S(shard))
            .expression_attribute_values(":until", AttributeValue::N(until.as_millisecond().to_string()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StateError::from_sdk("Query"))?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.items().iter().filter_map(key_of).collect())
    }

    /// One page of keys of a listing.
    pub(crate) async fn listing(&self, partition: &str, from: Option<Attributes>) -> Result<KeyPage, StateError> {
        let query = self.client.query().table_name(&self.table).index_name(LISTING);
        let answer = query
            .key_condition_expression("lpk = :partition")
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StateError::from_sdk("Query"))?;
        self.meter.read(answer.consumed_capacity());
        Ok((answer.items().iter().filter_map(key_of).collect(), answer.last_evaluated_key().cloned()))
    }
}

fn key_of(attributes: &Attributes) -> Option<(String, String)> {
    let text = |name: &str| attributes.get(name).and_then(|it| it.as_s().ok()).cloned();
    text("pk").zip(text("sk"))
}

type Condition = (&'static str, Option<HashMap<String, AttributeValue>>);

fn condition(expect: Expect) -> Option<Condition> {
    match expect {
        Expect::Absent => Some(("attribute_not_exists(pk)", None)),
        Expect::Revision(revision) => {
            let values = HashMap::from([(":rev".to_owned(), AttributeValue::N(revision.to_string()))]);
            Some(("rev = :rev", Some(values)))
        }
        Expect::Anything => None,
    }
}

/// A write whose answer was lost is repeated by the client and then fails its own condition.
fn was_ours<R>(error: &SdkError<PutItemError, R>, write: &str) -> bool {
    let SdkError::ServiceError(service) = error else { return false };
    let PutItemError::ConditionalCheckFailedException(failed) = service.err() else { return false };
    failed.item().and_then(|it| it.get("w")).and_then(|it| it.as_s().ok()).is_some_and(|it| it == write)
}

const fn lost_a_race(error: &PutItemError) -> bool {
    matches!(error, PutItemError::ConditionalCheckFailedException(_) | PutItemError::TransactionConflictException(_))
}

fn is_conflict(error: &TransactWriteItemsError) -> bool {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => cancelled
            .cancellation_reasons()
            .iter()
            .any(|reason| matches!(reason.code(), Some("ConditionalCheckFailed" | "TransactionConflict"))),
        _ => false,
    }
}

fn put_request(item: Item) -> Result<WriteRequest, aws_sdk_dynamodb::error::BuildError> {
    let put = PutRequest::builder().set_item(Some(item.into_attributes())).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}

fn delete_request(pk: &str, sk: &str) -> Result<WriteRequest, aws_sdk_dynamodb::error::BuildError> {
    let delete = DeleteRequest::builder().set_key(Some(key(pk, sk))).build()?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

fn unprocessed(operation: &'static str) -> StateError {
    let cause = std::io::Error::other("items were still unprocessed after the last try");
    StateError::Unavailable { operation, code: "UnprocessedItems".to_owned(), cause: Box::new(cause) }
}

/// DynamoDB asks callers to pause before they ask again for what a batch left out.
async fn pause_before(attempt: u32) {
    if attempt > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(25 << attempt.min(6))).await;
    }
}
