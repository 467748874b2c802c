//! The receiver's endpoints for one tenant.

use super::tenant::Outcome;
use super::{ReceiverTenant, ResourceType};
use crate::moods::suffer;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::Value;

const LARGEST_BODY: usize = 32 << 20;
const LARGEST_PAGE: usize = 500;
const PAGE: usize = 100;

/// The tenant's routes, to be nested under its name.
pub(crate) fn router(tenant: ReceiverTenant) -> Router {
    let one = get(read).put(replace_one).delete(delete);
    let all = get(list).post(create).put(replace_by_body);
    Router::new()
        .route("/{kind}", all)
        .route("/{kind}/{id}", one)
        .layer(from_fn_with_state(tenant.clone(), admit))
        .layer(from_fn_with_state(tenant.moods().clone(), suffer))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(tenant)
}

/// Checks the key, and counts.
async fn admit(State(tenant): State<ReceiverTenant>, request: Request, next: Next) -> Response {
    let method = request.method().as_str().to_owned();
    // Inside a nested router the prefix is gone: the first segment is the type.
    let kind = request.uri().path().split('/').nth(1).and_then(ResourceType::from_path);
    let Some(kind) = kind else {
        return answer(tenant.refuse(404, &method, "no such type"));
    };
    tenant.count(&method, kind);
    let key = request.headers().get("x-api-key").and_then(|key| key.to_str().ok());
    if key != Some(tenant.options().api_key.as_str()) {
        let what = format!("{method} {}", kind.path());
        return answer(tenant.refuse(401, &what, "wrong or missing X-API-Key"));
    }
    next.run(request).await
}

fn answer((status, body, why): Outcome) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        Some(body) => scim(status, &body),
        None if status == StatusCode::NO_CONTENT => status.into_response(),
        None => (status, why).into_response(),
    }
}

fn scim(status: StatusCode, body: &Value) -> Response {
    let media = [(header::CONTENT_TYPE, "application/scim+json")];
    (status, media, body.to_string()).into_response()
}

fn kind_of(path: &str) -> ResourceType {
    // `admit` lets only known types through.
    ResourceType::from_path(path).unwrap_or(ResourceType::Users)
}

fn parse(tenant: &ReceiverTenant, what: &str, headers: &HeaderMap, body: &Bytes) -> Result<Value, Outcome> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    let media = media.and_then(|media| media.split(';').next()).unwrap_or_default().trim();
    if !matches!(media, "application/scim+json" | "application/json") {
        return Err(tenant.refuse(415, what, "unsupported Content-Type"));
    }
    serde_json::from_slice(body).map_err(|_| tenant.refuse(400, what, "the body is no JSON"))
}

async fn create(
    State(tenant): State<ReceiverTenant>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match parse(&tenant, &format!("POST {kind}"), &headers, &body) {
        Ok(body) => answer(tenant.create(kind_of(&kind), body)),
        Err(refusal) => answer(refusal),
    }
}

async fn replace_one(
    State(tenant): State<ReceiverTenant>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match parse(&tenant, &format!("PUT {kind}"), &headers, &body) {
        Ok(body) => answer(tenant.replace(kind_of(&kind), Some(&id), body)),
        Err(refusal) => answer(refusal),
    }
}

async fn replace_by_body(
    State(tenant): State<ReceiverTenant>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match parse(&tenant, &format!("PUT {kind}"), &headers, &body) {
        Ok(body) => answer(tenant.replace(kind_of(&kind), None, body)),
        Err(refusal) => answer(refusal),
    }
}

async fn delete(State(tenant): State<ReceiverTenant>, Path((kind, id)): Path<(String, String)>) -> Response {
    answer(tenant.delete(kind_of(&kind), &id))
}

async fn read(State(tenant): State<ReceiverTenant>, Path((kind, id)): Path<(String, String)>) -> Response {
    match tenant.get(kind_of(&kind), &id) {
        Some(body) => scim(StatusCode::OK, &body),
        None => (StatusCode::NOT_FOUND, "not found").into_response(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    start_index: Option<usize>,
    count: Option<usize>,
}

async fn list(State(tenant): State<ReceiverTenant>, Path(kind): Path<String>, Query(page): Query<Page>) -> Response {
    let start = page.start_index.unwrap_or(1).max(1);
    let count = page.count.unwrap_or(PAGE).min(LARGEST_PAGE);
    scim(StatusCode::OK, &tenant.list(kind_of(&kind), start, count))
}
