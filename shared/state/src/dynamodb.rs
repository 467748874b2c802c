//! The table on DynamoDB, or on anything that the AWS SDK takes for it.

pub(crate) mod attributes;

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, KeysAndAttributes, Put as PutWrite, PutRequest, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, WriteRequest,
};
use jiff::Timestamp;

use self::attributes::{Attributes, key, key_of, listed, listed_of};
use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::schema::{DUE, LISTING};
use crate::table::{BatchWrite, Key, Listed, ListingPage, Put, Table, Write};
use crate::units::Meter;

/// How often unprocessed parts of a batch are asked for again before giving up.
const BATCH_TRIES: u32 = 8;

/// A table of that name, through a client for AWS or for the embedded store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Dynamodb {
    client: Client,
    table: String,
    meter: Meter,
}

impl Dynamodb {
    /// The table of that name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into(), meter: Meter::default() }
    }

    pub(crate) const fn meter(&self) -> &Meter {
        &self.meter
    }

    fn query(&self) -> QueryFluentBuilder {
        self.client.query().table_name(&self.table).return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    fn transact_item(&self, write: Write) -> Result<TransactWriteItem, BuildError> {
        match write {
            Write::Put(item, expect) => {
                let mut put = PutWrite::builder().table_name(&self.table).set_item(Some(item.into_attributes()));
                if let Some((condition, values)) = condition(expect) {
                    put = put.condition_expression(condition).set_expression_attribute_values(values);
                }
                Ok(TransactWriteItem::builder().put(put.build()?).build())
            }
            Write::Delete(place) => {
                let delete = Delete::builder().table_name(&self.table).set_key(Some(key(&place)));
                Ok(TransactWriteItem::builder().delete(delete.build()?).build())
            }
        }
    }
}

#[async_trait]
impl Table for Dynamodb {
    async fn get(&self, place: Key) -> Result<Option<Item>, StateError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key(&place))).consistent_read(true);
        let answer = request
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StateError::from_sdk("GetItem"))?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.item().map(Item::from_attributes))
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, StateError> {
        let mut wanted: Vec<Attributes> = keys.iter().map(key).collect();
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

    async fn put(&self, item: Item, expect: Expect) -> Result<Put, StateError> {
        let mut request = self.client.put_item().table_name(&self.table).set_item(Some(item.into_attributes()));
        if let Some((condition, values)) = condition(expect) {
            request = request
                .condition_expression(condition)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        }
        match request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(Put::Done)
            }
            Err(SdkError::ServiceError(it)) if matches!(it.err(), PutItemError::ConditionalCheckFailedException(_)) => {
                Ok(Put::Refused { standing: standing(it.err()) })
            }
            Err(SdkError::ServiceError(it)) if matches!(it.err(), PutItemError::TransactionConflictException(_)) => {
                Err(StateError::Conflict)
            }
            Err(error) => Err(StateError::from_sdk("PutItem")(error)),
        }
    }

    async fn delete(&self, place: Key, revision: u64) -> Result<(), StateError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key(&place)));
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
            Err(SdkError::ServiceError(it)) if may_not_be_deleted(it.err()) => Err(StateError::Conflict),
            Err(error) => Err(StateError::from_sdk("DeleteItem")(error)),
        }
    }

    async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), StateError> {
        let batch: Result<Vec<WriteRequest>, _> = writes.into_iter().map(write_request).collect();
        let mut batch = batch.map_err(StateError::build("BatchWriteItem"))?;
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

    async fn transact(&self, writes: Vec<Write>, token: String) -> Result<(), StateError> {
        let mut request = self.client.transact_write_items().client_request_token(token);
        for write in writes {
            let write = self.transact_item(write).map_err(StateError::build("TransactWriteItems"))?;
            request = request.transact_items(write);
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

    async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StateError> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let answer = self
                .query()
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                .expression_attribute_values(":sk", AttributeValue::S(prefix.to_owned()))
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(StateError::from_sdk("Query"))?;
            self.meter.read(answer.consumed_capacity());
            items.extend(answer.items().iter().map(Item::from_attributes));
            from = answer.last_evaluated_key().cloned();
            if from.is_none() {
                return Ok(items);
            }
        }
    }

    async fn due(&self, shard: String, until: Timestamp, limit: usize) -> Result<Vec<Key>, StateError> {
        let answer = self
            .query()
            .index_name(DUE)
            .key_condition_expression("dpk = :shard AND due <= :until")
            .expression_attribute_values(":shard", AttributeValue::S(shard))
            .expression_attribute_values(":until", AttributeValue::N(until.as_millisecond().to_string()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StateError::from_sdk("Query"))?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.items().iter().filter_map(key_of).collect())
    }

    async fn listing(
        &self,
        partition: &str,
        after: Option<Listed>,
        most: Option<usize>,
    ) -> Result<ListingPage, StateError> {
        let answer = self
            .query()
            .index_name(LISTING)
            .key_condition_expression("lpk = :partition")
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
            .set_exclusive_start_key(after.map(|place| listed(partition, place)))
            .set_limit(most.map(|most| i32::try_from(most).unwrap_or(i32::MAX)))
            .send()
            .await
            .map_err(StateError::from_sdk("Query"))?;
        self.meter.read(answer.consumed_capacity());
        let keys = answer.items().iter().filter_map(key_of).collect();
        Ok(ListingPage { keys, next: answer.last_evaluated_key().and_then(listed_of) })
    }
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

/// The name of the write that the item is by which refused another.
fn standing(error: &PutItemError) -> Option<String> {
    let PutItemError::ConditionalCheckFailedException(failed) = error else { return None };
    failed.item().map(|it| Item::from_attributes(it).write)
}

const fn may_not_be_deleted(error: &DeleteItemError) -> bool {
    matches!(
        error,
        DeleteItemError::ConditionalCheckFailedException(_) | DeleteItemError::TransactionConflictException(_)
    )
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

fn write_request(write: BatchWrite) -> Result<WriteRequest, BuildError> {
    let request = WriteRequest::builder();
    Ok(match write {
        BatchWrite::Put(item) => {
            request.put_request(PutRequest::builder().set_item(Some(item.into_attributes())).build()?).build()
        }
        BatchWrite::Delete(place) => {
            request.delete_request(DeleteRequest::builder().set_key(Some(key(&place))).build()?).build()
        }
    })
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
