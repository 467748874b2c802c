//! `POST /Bulk` (RFC 7644, 3.7).

use super::answer::{Answer, Outcome, Refusal};
use super::provider::{Call, Provider};
use super::{BulkLimits, ScimKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const REFERENCE: &str = "bulkId:";

/// What has become of the operations with a `bulkId`: the resource's id, or nothing.
type Made = BTreeMap<String, Option<String>>;

impl Provider<'_> {
    /// Operations are carried out in order, but those that refer to later ones after these; the answer keeps the
    /// order in which they came.
    pub(super) fn bulk(&mut self, body: Value, size: usize) -> Outcome {
        let limits = self.options.bulk.ok_or_else(|| Refusal::not_implemented("Bulk"))?;
        let operations = self.bulk_operations(&body, size, limits)?;
        let most = body.get("failOnErrors").and_then(Value::as_u64).filter(|most| *most > 0).unwrap_or(u64::MAX);
        let mut results: Vec<(&Value, Option<Value>)> = operations.iter().map(|it| (it, None)).collect();
        let mut made = Made::new();
        let mut errors = 0;
        let mut last = false;
        while errors < most && results.iter().any(|(_, result)| result.is_none()) {
            let mut moved = false;
            for (operation, result) in results.iter_mut().filter(|(_, result)| result.is_none()) {
                // In the last round those are refused that wait for what never comes.
                if errors >= most || (!last && is_waiting(operation, &made)) {
                    continue;
                }
                let (answer, failed) = self.bulk_operation(operation, &mut made);
                (*result, moved) = (Some(answer), true);
                errors += u64::from(failed);
            }
            last = !moved;
        }
        let results: Vec<Value> = results.into_iter().filter_map(|(_, result)| result).collect();
        Ok(Answer::given(json!({"schemas": [RESPONSE], "Operations": results})))
    }

    fn bulk_operations(&mut self, body: &Value, size: usize, limits: BulkLimits) -> Result<Vec<Value>, Refusal> {
        if size > limits.max_payload_size {
            return Err(Refusal::plain(413, &format!("over maxPayloadSize ({})", limits.max_payload_size)));
        }
        let schemas = body.get("schemas").and_then(Value::as_array);
        if !schemas.is_some_and(|all| all.iter().any(|it| it == REQUEST)) {
            self.note("BulkRequest is not in schemas");
            return Err(Refusal::bad("invalidSyntax", "BulkRequest is not in schemas"));
        }
        let operations = body.get("Operations").and_then(Value::as_array).cloned();
        let operations = operations.ok_or_else(|| Refusal::bad("invalidSyntax", "there are no operations"))?;
        if operations.len() > limits.max_operations {
            return Err(Refusal::plain(413, &format!("over maxOperations ({})", limits.max_operations)));
        }
        Ok(operations)
    }

    /// The answer to one operation, and whether it is an error.
    fn bulk_operation(&mut self, operation: &Value, made: &mut Made) -> (Value, bool) {
        let bulk_id = text(operation, "bulkId");
        let outcome = self.carried_out(operation, made);
        let mut answer = Map::new();
        for name in ["method", "bulkId"] {
            answer.extend(operation.get(name).map(|it| (name.to_owned(), it.clone())));
        }
        if let Some(bulk_id) = bulk_id {
            let location = outcome.as_ref().ok().and_then(|it| it.location.as_deref());
            let id = location.and_then(|it| it.rsplit('/').next());
            made.insert(bulk_id.to_owned(), id.map(str::to_owned));
        }
        let failed = outcome.is_err();
        match outcome {
            Ok(done) => {
                answer.extend(done.location.map(|it| ("location".to_owned(), json!(it))));
                answer.extend(done.version.map(|it| ("version".to_owned(), json!(it))));
                answer.insert("status".to_owned(), json!(done.status.to_string()));
            }
            Err(refusal) => {
                answer.insert("status".to_owned(), json!(refusal.status.to_string()));
                answer.insert("response".to_owned(), refusal.body());
            }
        }
        (Value::Object(answer), failed)
    }

    fn carried_out(&mut self, operation: &Value, made: &Made) -> Outcome {
        let method = text(operation, "method").unwrap_or_default().to_uppercase();
        if !matches!(method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE") {
            return Err(Refusal::bad("invalidSyntax", "there is no such method"));
        }
        if method == "POST" && text(operation, "bulkId").is_none() {
            return Err(Refusal::bad("invalidSyntax", "a POST needs a bulkId"));
        }
        let path = resolved(&json!(text(operation, "path").unwrap_or_default()), made)?;
        let path: Vec<&str> = path.as_str().unwrap_or_default().split('/').filter(|it| !it.is_empty()).collect();
        let [endpoint, rest @ ..] = path.as_slice() else { return Err(Refusal::plain(404, "there is no path")) };
        let kind = ScimKind::from_path(endpoint).ok_or_else(|| Refusal::plain(404, "there is no such endpoint"))?;
        let call = Call {
            method: &method,
            path: path.clone(),
            query: Vec::new(),
            if_match: text(operation, "version").map(str::to_owned),
            if_none_match: None,
            body: resolved(operation.get("data").unwrap_or(&Value::Null), made)?,
            size: 0,
        };
        let what = format!("{method} {endpoint}");
        *self.store.counters.in_bulk.entry(what.clone()).or_default() += 1;
        let whole = std::mem::replace(&mut self.what, what);
        let outcome = self.resource(kind, rest, call);
        self.what = whole;
        outcome
    }
}

fn text<'a>(operation: &'a Value, name: &str) -> Option<&'a str> {
    operation.get(name)?.as_str()
}

/// Whether an operation refers to one that has not been carried out.
fn is_waiting(operation: &Value, made: &Made) -> bool {
    ["path", "data"].into_iter().filter_map(|name| operation.get(name)).any(|it| waits_for_another(it, made))
}

fn waits_for_another(data: &Value, made: &Made) -> bool {
    match data {
        Value::String(text) => {
            text.split('/').filter_map(|it| it.strip_prefix(REFERENCE)).any(|it| !made.contains_key(it))
        }
        Value::Array(items) => items.iter().any(|item| waits_for_another(item, made)),
        Value::Object(fields) => fields.values().any(|field| waits_for_another(field, made)),
        _ => false,
    }
}

/// With ids in the place of references.
fn resolved(data: &Value, made: &Made) -> Result<Value, Refusal> {
    Ok(match data {
        Value::String(text) => {
            let segments: Result<Vec<&str>, Refusal> = text.split('/').map(|it| resolve(it, made)).collect();
            json!(segments?.join("/"))
        }
        Value::Array(items) => items.iter().map(|item| resolved(item, made)).collect::<Result<_, _>>()?,
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| Ok((name.clone(), resolved(field, made)?)));
            Value::Object(fields.collect::<Result<_, Refusal>>()?)
        }
        other => other.clone(),
    })
}

fn resolve<'a>(text: &'a str, made: &'a Made) -> Result<&'a str, Refusal> {
    match text.strip_prefix(REFERENCE) {
        None => Ok(text),
        Some(bulk_id) => made.get(bulk_id).and_then(Option::as_deref).ok_or_else(Refusal::unresolved),
    }
}
