//! Indexes that are late, as DynamoDB's are: for some seconds after a write they answer as though it had not happened.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::TABLE;
use crate::effects::Effects;
use crate::trace::note;

/// The longest that an index is late, in milliseconds.
const LATEST: u64 = 10_000;

/// An item's key: partition and sort key.
type Key = (String, String);

/// What the indexes do not know yet.
#[derive(Clone)]
pub(super) struct LateIndexes {
    store: SharedHttpConnector,
    effects: Effects,
    late: Arc<Mutex<BTreeMap<Key, Late>>>,
}

/// An item whose latest writes the indexes do not know yet.
struct Late {
    /// How it was before; `None`: it was not.
    before: Option<Value>,
    /// Until when.
    until: Instant,
}

impl LateIndexes {
    /// Indexes of a store that answers at once and always.
    pub(super) fn of(store: SharedHttpConnector, effects: Effects) -> Self {
        Self { store, effects, late: Arc::default() }
    }

    fn late<T>(&self, look: impl FnOnce(&mut BTreeMap<Key, Late>) -> T) -> T {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        late.retain(|_, it| it.until > now);
        look(&mut late)
    }

    /// To be called before a write is carried out.
    pub(super) async fn before_write(&self, request: &HttpRequest) {
        let content = content(request.body().bytes());
        for key in written(&content) {
            // Writes of one item arrive in order: what was late before stays so until its time.
            let is_new = self.late(|late| !late.contains_key(&key));
            if is_new && self.effects.strikes(|it| it.index_late) {
                let lag = Duration::from_millis(1 + self.effects.dice.below(LATEST));
                note!(self.effects.trace, "table: the indexes learn of {}/{} after {lag:?}", key.0, key.1);
                let before = self.item(&key).await;
                self.late(|late| late.insert(key, Late { before, until: Instant::now() + lag }));
            }
        }
    }

    /// The item as it is now.
    async fn item(&self, key: &Key) -> Option<Value> {
        let body = json!({"TableName": TABLE, "Key": {"pk": {"S": key.0}, "sk": {"S": key.1}}});
        let mut request = HttpRequest::new(body.to_string().into());
        request.headers_mut().insert("x-amz-target", "DynamoDB_20120810.GetItem");
        let answer = self.store.call(request).await.ok()?;
        Some(content(answer.body().bytes())["Item"].take()).filter(Value::is_object)
    }

    /// Makes an index's answer what it would have been before the writes that it does not know yet.
    pub(super) fn answer(&self, asked: &[u8], answer: &mut HttpResponse) {
        let asked = content(Some(asked));
        if !asked["IndexName"].is_string() || self.late(|late| late.is_empty()) {
            return;
        }
        let mut told = content(answer.body().bytes());
        let is_first_page = asked["ExclusiveStartKey"].is_null();
        let Some(items) = told["Items"].as_array_mut() else { return };
        self.late(|late| {
            items.retain(|item| key_of(item).is_none_or(|key| !late.contains_key(&key)));
            if is_first_page {
                items.extend(late.values().filter_map(|it| it.before.as_ref()).filter_map(|it| entry(it, &asked)));
            }
        });
        let count = items.len();
        told["Count"] = count.into();
        *answer.body_mut() = told.to_string().into();
    }
}

impl std::fmt::Debug for LateIndexes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LateIndexes")
    }
}

fn content(bytes: Option<&[u8]>) -> Value {
    bytes.and_then(|it| serde_json::from_slice(it).ok()).unwrap_or_default()
}

fn key_of(item: &Value) -> Option<Key> {
    let text = |name: &str| item[name]["S"].as_str().map(str::to_owned);
    text("pk").zip(text("sk"))
}

/// The keys of all items that a request writes or deletes.
fn written(content: &Value) -> Vec<Key> {
    let one = |write: &Value| key_of(&write["Item"]).or_else(|| key_of(&write["Key"]));
    let each = |writes: &Value| writes.as_array().cloned().unwrap_or_default();
    let kinds = |write: Value| write.as_object().cloned().unwrap_or_default().into_iter().map(|(_, it)| it);
    let batch = each(&content["RequestItems"][TABLE]).into_iter();
    let transaction = each(&content["TransactItems"]).into_iter();
    one(content).into_iter().chain(batch.chain(transaction).flat_map(kinds).filter_map(|it| one(&it))).collect()
}

/// An item as an index shows it, if what is asked of the index is about it.
fn entry(item: &Value, asked: &Value) -> Option<Value> {
    let values = &asked["ExpressionAttributeValues"];
    let names: [&str; 4] = match asked["IndexName"].as_str()? {
        state::schema::DUE => {
            let due = |value: &Value| value["N"].as_str().and_then(|it| it.parse::<i64>().ok());
            (due(&item["due"])? <= due(&values[":until"])?).then_some(())?;
            (item["dpk"]["S"].as_str()? == values[":shard"]["S"].as_str()?).then_some(["pk", "sk", "dpk", "due"])?
        }
        _ => {
            (item["lpk"]["S"].as_str()? == values[":partition"]["S"].as_str()?).then_some(["pk", "sk", "lpk", "lsk"])?
        }
    };
    let fields: Map<String, Value> = names.into_iter().map(|name| (name.to_owned(), item[name].clone())).collect();
    Some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_is_seen() {
        let key = |it: &str| json!({"pk": {"S": it}, "sk": {"S": "SUBJECT"}});
        let ways = [
            json!({"TableName": TABLE, "Item": key("a")}),
            json!({"TableName": TABLE, "Key": key("a")}),
            json!({"RequestItems": {TABLE: [{"PutRequest": {"Item": key("a")}}]}}),
            json!({"RequestItems": {TABLE: [{"DeleteRequest": {"Key": key("a")}}]}}),
            json!({"TransactItems": [{"Put": {"Item": key("a")}}]}),
            json!({"TransactItems": [{"Delete": {"Key": key("a")}}]}),
        ];

        let seen = ways.iter().map(written);

        assert!(seen.into_iter().all(|it| it == [("a".to_owned(), "SUBJECT".to_owned())]));
    }

    #[test]
    fn what_was_not_yet_due_is_not_shown() {
        let item = json!({"pk": {"S": "a"}, "sk": {"S": "SUBJECT"}, "dpk": {"S": "DUE#00"}, "due": {"N": "9"}});
        let asked = |until: &str| {
            let values = json!({":shard": {"S": "DUE#00"}, ":until": {"N": until}});
            json!({"IndexName": state::schema::DUE, "ExpressionAttributeValues": values})
        };

        assert_eq!(["8", "9"].map(|until| entry(&item, &asked(until)).is_some()), [false, true]);
    }
}
