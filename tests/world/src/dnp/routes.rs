//! The wire: who asks, how often, and for what.

use super::answer::Answer;
use super::jobs::Job;
use super::options::{BASE_PATH, TOKEN_PATH};
use super::state::Store;
use super::{DnpOptions, DnpServer, tokens};
use crate::lock;
use crate::moods::{TokenExpiresNow, suffer};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Query, Request, State};
use axum::http::{header, request::Parts};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::HashMap;

const WHOLE_BODY: usize = usize::MAX;
const LISTS: [&str; 4] = ["persons", "duties", "groups", "activities"];

pub(super) fn router(server: DnpServer) -> Router {
    let moods = server.moods().clone();
    Router::new().fallback(serve).layer(from_fn_with_state(moods, suffer)).with_state(server)
}

async fn serve(State(server): State<DnpServer>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
    let answer = server.serve(&head, &body).into_response();
    *lock(&server.store).counters.answers.entry(answer.status().as_u16()).or_default() += 1;
    answer
}

impl DnpServer {
    fn serve(&self, head: &Parts, body: &[u8]) -> Answer {
        let (options, location) = (self.options(), self.base_url());
        let mut store = lock(&self.store);
        if head.uri.path() == TOKEN_PATH && head.method == "POST" {
            return tokens::give(&mut store, &options, &location, body);
        }
        let Some(path) = head.uri.path().strip_prefix(BASE_PATH).and_then(|it| it.strip_prefix('/')) else {
            return Answer::refusal(404, "4001", "Posten hittades inte.");
        };
        let segments: Vec<&str> = path.split('/').collect();
        let method = head.method.as_str();
        let what: Vec<&str> = segments.iter().copied().filter(|it| !it.contains('-')).collect();
        *store.counters.calls.entry(format!("{method} {}", what.join("/"))).or_default() += 1;
        if !admits(&mut store, &options, head) {
            return Answer::refusal(403, "5002", "Ogiltigt JWT bearer token.");
        }
        let is_read = segments.last() == Some(&"lookup");
        let left = if is_read { Ok(options.calls_per_second) } else { turn(&mut store, &options) };
        let left = match left {
            Ok(left) => left,
            Err(answer) => return *answer,
        };
        store.run_jobs(&options);
        let call = Call { options: &options, location: &location, head, body, store: &mut store };
        let limit = options.calls_per_second.to_string();
        call.answer(method, &segments)
            .with("x-ratelimit-limit", &limit)
            .with("x-ratelimit-remaining", &left.to_string())
            .with("x-ratelimit-reset", "0.5")
    }
}

fn admits(store: &mut Store, options: &DnpOptions, head: &Parts) -> bool {
    let presented = head.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let Some(token) = presented.and_then(|it| it.strip_prefix("Bearer ")) else { return false };
    if head.extensions.get::<TokenExpiresNow>().is_some() {
        store.tokens.remove(token);
    }
    store.tokens.get(token).is_some_and(|until| *until > options.time.now())
}

/// Counts a call. Gives how many are left of this second, or that there is none.
fn turn(store: &mut Store, options: &DnpOptions) -> Result<usize, Box<Answer>> {
    let (now, second) = (options.time.now(), SignedDuration::from_secs(1));
    while store.recent.front().is_some_and(|it| now.duration_since(*it) >= second) {
        store.recent.pop_front();
    }
    if store.recent.len() >= options.calls_per_second {
        let first = store.recent.front().copied().unwrap_or(now);
        let reset = (second - now.duration_since(first)).as_secs_f64();
        let refusal = Answer::refusal(429, "5021", "Den högsta tillåtna antal förfrågningar har uppnåtts.");
        let refusal = refusal.with("x-ratelimit-remaining", "0").with("x-ratelimit-reset", &format!("{reset:.3}"));
        return Err(Box::new(refusal));
    }
    store.recent.push_back(now);
    Ok(options.calls_per_second - store.recent.len())
}

struct Call<'c> {
    options: &'c DnpOptions,
    location: &'c str,
    head: &'c Parts,
    body: &'c [u8],
    store: &'c mut Store,
}

impl Call<'_> {
    fn answer(mut self, method: &str, path: &[&str]) -> Answer {
        let list = path.first().copied().unwrap_or_default();
        let Some(list) = LISTS.into_iter().find(|it| *it == list) else {
            return Answer::refusal(404, "4001", "Posten hittades inte.");
        };
        match (method, &path[1..]) {
            ("POST", ["bulk"]) => self.accept(list, false),
            ("POST", ["bulk", "delete"]) => self.accept(list, true),
            ("GET", ["bulk", "jobs", id]) => self.job(list, id, |job| {
                let failed_only = job.1.get("showOnlyError").map(String::as_str) == Some("true");
                Answer::new(200, job.0.shown(failed_only))
            }),
            ("GET", ["bulk", "jobs", id, "isCompleted"]) => {
                self.job(list, id, |job| Answer::new(200, json!(job.0.is_completed())))
            }
            ("POST", ["lookup"]) => self.look_up(list),
            _ => Answer::refusal(404, "4001", "Posten hittades inte."),
        }
    }

    fn query(&self) -> HashMap<String, String> {
        Query::try_from_uri(&self.head.uri).map(|Query(pairs)| pairs).unwrap_or_default()
    }

    fn job(&self, list: &str, id: &str, show: impl Fn((&Job, HashMap<String, String>)) -> Answer) -> Answer {
        match self.store.jobs.iter().find(|it| it.list == list && it.id == id) {
            Some(job) => show((job, self.query())),
            None => Answer::refusal(404, "4001", "Posten hittades inte."),
        }
    }

    fn accept(&mut self, list: &'static str, is_deletion: bool) -> Answer {
        if self.body.len() > self.options.largest_body {
            self.store.note("a body is larger than 200 KB");
            return Answer::refusal(413, "5020", "Provisionerade uppgifter överstiger tillåten datamängd.");
        }
        let sent: Option<Value> = serde_json::from_slice(self.body).ok();
        let Some(data) = sent.as_ref().and_then(|it| it["data"].as_array()).filter(|it| !it.is_empty()) else {
            self.store.note("a body has no data");
            return Answer::refusal(400, "2010", "Ogiltigt format.");
        };
        let content_type = self.head.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        if content_type != Some("application/json") {
            self.store.note("Content-Type is not application/json");
        }
        let has_id = |it: &Value| if is_deletion { it.is_string() } else { it["id"].is_string() };
        if !data.iter().all(has_id) {
            return Answer::refusal(400, "2010", "Ogiltigt format på <id>.");
        }
        self.check_order(list, is_deletion);
        let updates = self.query().get("updateIfExists").map(String::as_str) == Some("true");
        let due = self.options.time.now().saturating_add(self.options.job_takes).unwrap_or(jiff::Timestamp::MAX);
        let id = self.store.new_id();
        let location = format!("{}/{list}/bulk/jobs/{id}", self.location);
        let job = Job { id: id.clone(), list, is_deletion, updates, data: data.clone(), due, responses: None };
        self.store.jobs.push(job);
        Answer::new(202, json!({"jobId": id, "message": "Anropet har tagits emot."})).with("location", &location)
    }

    /// Nothing is to be sent while a job of another kind, or of another sort, is under way.
    fn check_order(&mut self, list: &str, is_deletion: bool) {
        let step = (list, is_deletion);
        let other = self.store.jobs.iter().find(|it| !it.is_completed() && (it.list, it.is_deletion) != step);
        if let Some(other) = other {
            let breach = format!("{list} were sent while a job of {} was not completed", other.list);
            self.store.note(breach);
        }
    }

    fn look_up(&mut self, list: &str) -> Answer {
        let sent: Value = serde_json::from_slice(self.body).unwrap_or_default();
        let ids = sent["ids"].as_array().cloned().unwrap_or_default();
        let held = self.store.state.list(list);
        Answer::new(200, ids.iter().filter_map(|id| held.get(id.as_str()?)).cloned().collect())
    }
}
