//! Group commit: the database on a thread of its own, which commits together the puts that wait for it together.
//!
//! A commit costs more than what it commits, and there is one writer. Each put keeps its own condition and gets its own
//! answer: where the common transaction is refused, every put is carried out by itself.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use dynoxide::Database;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::transact_write_items::{TransactPut, TransactWriteItem, TransactWriteItemsRequest};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Answer, carry_out};

/// How many requests are taken at once: with the largest items, half of what a transaction may hold.
const AT_ONCE: usize = 32;

/// A request, and where its answer goes.
pub(super) struct Asked {
    pub(super) operation: String,
    pub(super) body: Vec<u8>,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// Starts the thread. It ends when nobody can ask any more.
pub(super) fn start(database: Database) -> std::io::Result<Sender<Asked>> {
    let (sender, asked) = mpsc::channel();
    thread::Builder::new().name("embedded-store".to_owned()).spawn(move || work(&database, &asked))?;
    Ok(sender)
}

fn work(database: &Database, asked: &Receiver<Asked>) {
    while let Ok(first) = asked.recv() {
        let waiting = std::iter::once(first).chain(asked.try_iter().take(AT_ONCE - 1));
        let (puts, others): (Vec<Asked>, Vec<Asked>) = waiting.partition(|it| it.operation == "PutItem");
        match put_together(database, &puts) {
            Some(answers) => puts.into_iter().zip(answers).for_each(|(put, answer)| give(put.answer, answer)),
            None => puts.into_iter().for_each(|put| one(database, put)),
        }
        others.into_iter().for_each(|other| one(database, other));
    }
}

fn one(database: &Database, asked: Asked) {
    give(asked.answer, carry_out(database, &asked.operation, &asked.body));
}

fn give(to: oneshot::Sender<Answer>, answer: Answer) {
    // Whoever no longer waits needs no answer.
    let _ = to.send(answer);
}

/// The answers, when all puts could be carried out in one transaction.
fn put_together(database: &Database, puts: &[Asked]) -> Option<Vec<Answer>> {
    if puts.len() < 2 {
        return None;
    }
    let requests: Vec<PutItemRequest> =
        puts.iter().map(|it| serde_json::from_slice(&it.body)).collect::<Result<_, _>>().ok()?;
    let table = requests.first()?.table_name.clone();
    let transact_items = requests.into_iter().map(as_part).collect::<Option<_>>()?;
    let request = TransactWriteItemsRequest {
        transact_items,
        return_consumed_capacity: Some("TOTAL".to_owned()),
        ..TransactWriteItemsRequest::default()
    };
    let answer = serde_json::to_value(database.transact_write_items(request).ok()?).ok()?;
    let body = share(&answer, &table, puts.len()).to_string();
    Some(vec![(200, body); puts.len()])
}

/// A put as part of a transaction; `None` when it asks for more than a part can answer.
fn as_part(put: PutItemRequest) -> Option<TransactWriteItem> {
    if put.return_values.is_some() || put.expected.is_some() || put.return_item_collection_metrics.is_some() {
        return None;
    }
    let put = TransactPut {
        table_name: put.table_name,
        item: put.item,
        condition_expression: put.condition_expression,
        expression_attribute_names: put.expression_attribute_names,
        expression_attribute_values: put.expression_attribute_values,
        return_values_on_condition_check_failure: None,
    };
    Some(TransactWriteItem { put: Some(put), ..TransactWriteItem::default() })
}

/// What one of `count` puts has consumed: a transaction is charged double.
#[allow(clippy::cast_precision_loss)] // a few dozen puts
fn share(answer: &Value, table: &str, count: usize) -> Value {
    let consumed = answer["ConsumedCapacity"].as_array().into_iter().flatten();
    let total: f64 = consumed.filter_map(|it| it["CapacityUnits"].as_f64()).sum();
    json!({ "ConsumedCapacity": { "TableName": table, "CapacityUnits": total / 2.0 / count as f64 } })
}
