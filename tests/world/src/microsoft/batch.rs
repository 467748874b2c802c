//! `POST /$batch`: up to twenty requests in one.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::graph::{Graph, object};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// As many requests as one batch may hold.
const MOST: usize = 20;

impl Graph<'_> {
    /// Requests that depend on none come in no order: here the last comes first, and the answers likewise.
    pub(super) fn batch(&mut self, call: &Call) -> Outcome {
        if call.method != "POST" {
            return Err(Refusal::not_allowed());
        }
        let requests = object(call)?.get("requests").and_then(Value::as_array).cloned().unwrap_or_default();
        self.check_batch(&requests)?;
        let mut waiting: Vec<&Value> = requests.iter().collect();
        let mut statuses: BTreeMap<String, u16> = BTreeMap::new();
        let mut responses = Vec::new();
        while !waiting.is_empty() {
            let is_ready = |request: &&Value| needed(request).iter().all(|id| statuses.contains_key(id));
            let Some(at) = waiting.iter().rposition(is_ready) else {
                self.note("requests that depend on what is not there, or on each other");
                return Err(Refusal::bad_request("Invalid batch payload: dependsOn."));
            };
            let request = waiting.remove(at);
            let failed = needed(request).iter().any(|id| statuses.get(id).is_some_and(|status| *status >= 400));
            let answer = if failed { self.dependent() } else { self.requested(request) };
            statuses.insert(id(request), answer.status);
            responses.push(answer.into_part(request.get("id").and_then(Value::as_str).unwrap_or_default()));
        }
        Ok(Answer::given(json!({"responses": responses})))
    }

    fn check_batch(&mut self, requests: &[Value]) -> Result<(), Refusal> {
        let ids: BTreeSet<String> = requests.iter().map(id).filter(|id| !id.is_empty()).collect();
        let why = if requests.is_empty() || requests.len() > MOST {
            "holds none, or more than twenty requests"
        } else if ids.len() < requests.len() {
            "has requests without an id of their own"
        } else {
            let dependent = requests.iter().filter(|request| !needed(request).is_empty()).count();
            let mut pairs = requests.iter().zip(requests.iter().skip(1));
            if dependent > 0 && !pairs.all(|(before, after)| needed(after) == [id(before)]) {
                self.note("is neither fully sequential nor fully parallel");
            }
            return Ok(());
        };
        self.note(why);
        Err(Refusal::bad_request(format!("Invalid batch payload: it {why}.")))
    }

    fn requested(&mut self, request: &Value) -> Answer {
        let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
        let headers = request.get("headers").and_then(Value::as_object).into_iter().flatten();
        let headers: Vec<(String, String)> =
            headers.filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned()))).collect();
        let body = request.get("body").filter(|body| !body.is_null()).cloned();
        let call = Call::new(text("method"), text("url"), headers, body);
        let whole = std::mem::replace(&mut self.what, call.what());
        *self.store.counters.in_batches.entry(call.what()).or_default() += 1;
        let answer = self.befallen().or_else(|| self.misplaced(&call, text("url")));
        let answer = match answer {
            Some(refusal) => refusal.into_answer(self.identity),
            None => self.part(&call),
        };
        self.what = whole;
        answer
    }

    fn misplaced(&mut self, call: &Call, url: &str) -> Option<Refusal> {
        if url.contains("://") || call.segments.iter().any(|it| it == "$batch") {
            self.note("an absolute url, or a batch, in a batch");
            return Some(Refusal::bad_request("Invalid url in a batch."));
        }
        None
    }

    /// What befalls a part, whatever it is.
    fn befallen(&mut self) -> Option<Refusal> {
        let (left, status) = self.store.befallen_parts;
        self.store.befallen_parts.0 = left.saturating_sub(1);
        let code = match status {
            429 => "TooManyRequests",
            503 => "ServiceUnavailable",
            _ => "UnknownError",
        };
        let mut refusal = Refusal::new(status, code, "Not now.");
        if status == 429 && self.options.tells_retry_after {
            refusal.headers.push(("Retry-After", "13".to_owned()));
        }
        (left > 0).then_some(refusal)
    }

    fn dependent(&self) -> Answer {
        let why = "A request that this one depends on has failed.";
        Refusal::new(424, "FailedDependency", why).into_answer(self.identity)
    }
}

/// Ids are the same in any case of letters.
fn id(request: &Value) -> String {
    request.get("id").and_then(Value::as_str).unwrap_or_default().to_lowercase()
}

/// The ids of the requests that one depends on.
fn needed(request: &Value) -> Vec<String> {
    let all = request.get("dependsOn").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_lowercase).collect()
}
