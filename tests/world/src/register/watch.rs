//! Holding everybody to the contract: those who ask, whatever then becomes of the request, and the register itself.

use super::RegisterServer;
use super::bent::{Bent, excuse};
use super::filter::Parameters;
use crate::contract::{Answered, Asked, Contract};
use crate::lock;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

const WHOLE_BODY: usize = usize::MAX;

/// The contract, and what was found.
#[derive(Clone)]
pub(super) struct Watch {
    contract: Option<Arc<Contract>>,
    found: Arc<Mutex<Found>>,
}

#[derive(Default)]
struct Found {
    violations: Vec<String>,
    mistakes: Vec<String>,
    bent: BTreeSet<Bent>,
}

impl Watch {
    /// A contract that is present and cannot be read is this outside's own mistake.
    pub(super) fn new(contract: Option<Arc<Contract>>) -> Self {
        let mut found = Found::default();
        let contract = contract.or_else(|| {
            Contract::official().unwrap_or_else(|why| {
                found.mistakes.push(format!("the contract cannot be read: {why}"));
                None
            })
        });
        Self { contract, found: Arc::new(Mutex::new(found)) }
    }

    pub(super) fn violations(&self) -> Vec<String> {
        lock(&self.found).violations.clone()
    }

    pub(super) fn mistakes(&self) -> Vec<String> {
        lock(&self.found).mistakes.clone()
    }

    pub(super) fn bent(&self) -> Vec<Bent> {
        lock(&self.found).bent.iter().copied().collect()
    }

    fn judge_request(&self, contract: &Contract, head: &request::Parts, path: &str, body: &Bytes) {
        let what = format!("{} {path}", head.method);
        let Ok(Query(query)) = Query::<Parameters>::try_from_uri(&head.uri) else {
            return lock(&self.found).violations.push(format!("{what}: query cannot be read"));
        };
        let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let asked = Asked { method: head.method.as_str(), path, query: &query, content_type, body };
        let deviations = contract.of_request(&asked);
        lock(&self.found).violations.extend(deviations.into_iter().map(|it| format!("{what}: {it}")));
    }

    fn judge_answer(&self, contract: &Contract, register: &RegisterServer, answered: &Answered<'_>) {
        let deviations = contract.of_answer(answered);
        if deviations.is_empty() {
            return;
        }
        let what = format!("{} {}: {}", answered.method, answered.path, answered.status);
        register.with_truth(|truth| {
            let mut found = lock(&self.found);
            for deviation in deviations {
                match excuse(&deviation, answered.body, truth) {
                    Some(bent) => drop(found.bent.insert(bent)),
                    None => found.mistakes.push(format!("{what}: {deviation}")),
                }
            }
        });
    }
}

/// The outermost middleware: every request below the data's path, in whatever mood it is then received.
pub(super) async fn watch_requests(State(register): State<RegisterServer>, request: Request, next: Next) -> Response {
    let Some(contract) = &register.watch.contract else {
        return next.run(request).await;
    };
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, WHOLE_BODY).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if let Some(path) = head.uri.path().strip_prefix(register.options().vendor.data()) {
        register.watch.judge_request(contract, &head, path, &body);
    }
    next.run(Request::from_parts(head, Body::from(body))).await
}

/// The innermost middleware: every success, as the register meant it.
pub(super) async fn watch_answers(State(register): State<RegisterServer>, request: Request, next: Next) -> Response {
    let Some(contract) = &register.watch.contract else {
        return next.run(request).await;
    };
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let answer = next.run(request).await;
    if !answer.status().is_success() {
        return answer;
    }
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answered = Answered { method: method.as_str(), path: &path, status: head.status.as_u16(), body: &json };
    register.watch.judge_answer(contract, &register, &answered);
    Response::from_parts(head, Body::from(body))
}
