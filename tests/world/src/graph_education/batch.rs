//! `POST /$batch`: up to twenty requests in one.

use super::GraphEducationServer;
use super::contract::shape;
use super::reply::{Asked, Reply};
use super::routes::query_of;
use crate::lock;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// As many requests as one batch may hold.
const MOST: usize = 20;

impl GraphEducationServer {
    /// The answer to a batch; its parts come in another order than they were asked in.
    pub(super) fn batch(&self, body: &[u8]) -> Reply {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(requests) = body["requests"].as_array() else { return self.malformed("has no requests") };
        if requests.is_empty() || requests.len() > MOST {
            return self.malformed("holds none, or more than twenty requests");
        }
        let ids: BTreeSet<String> = requests.iter().filter_map(|it| it["id"].as_str()).map(str::to_lowercase).collect();
        if ids.len() < requests.len() {
            return self.malformed("has requests without an id of their own");
        }
        let responses: Vec<Value> = requests.iter().rev().map(|it| self.part(it)).collect();
        Reply::given(json!({"responses": responses}))
    }

    fn malformed(&self, why: &str) -> Reply {
        self.blame(format!("$batch: {why}"));
        Reply::bad("BadRequest")
    }

    fn part(&self, request: &Value) -> Value {
        let id = request["id"].as_str().unwrap_or_default();
        let url = request["url"].as_str().unwrap_or_default();
        if request["method"].as_str() != Some("GET") {
            self.blame("$batch: a source only reads".to_owned());
            return Reply::refused(405, "Request_BadRequest").as_part(id);
        }
        if url.contains("://") {
            self.blame("$batch: urls are relative".to_owned());
        }
        let (path, query) = url.trim_start_matches('/').split_once('?').unwrap_or((url.trim_start_matches('/'), ""));
        *lock(&self.counters).in_batches.entry(shape(path)).or_default() += 1;
        if self.throttles_part() {
            return Reply::throttled().as_part(id);
        }
        let headers: Vec<(String, String)> = request["headers"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
            .collect();
        self.get(&Asked { path, query: &query_of(query), headers: &headers }).as_part(id)
    }
}
