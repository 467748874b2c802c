//! The register's endpoints.

use super::filter::Parameters;
use super::watch::{watch_answers, watch_requests};
use super::{CUSTOMER, RegisterServer};
use crate::lock;
use crate::moods::suffer;
use crate::truth::Resource;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

/// Token endpoint and data where the vendor has them.
pub(crate) fn router(register: RegisterServer) -> Router {
    let data = Router::new()
        .route("/{list}", get(list))
        .route("/{list}/{id}", get(one))
        .route("/{list}/lookup", post(look_up))
        .route("/deletedEntities", get(deleted))
        .route("/subscriptions", get(subscriptions).post(subscribe))
        .route("/subscriptions/{id}", get(subscription).patch(extend).delete(unsubscribe))
        .route("/log", post(log))
        .route("/log/", post(log))
        .route("/statistics", post(statistics))
        .route("/statistics/", post(statistics))
        .layer(from_fn_with_state(register.clone(), watch_answers))
        .layer(from_fn_with_state(register.clone(), admit));
    let vendor = register.options().vendor;
    Router::new()
        .nest(vendor.data(), data)
        .route(vendor.token(), post(token))
        .layer(from_fn_with_state(register.moods().clone(), suffer))
        .layer(from_fn_with_state(register.clone(), watch_requests))
        .with_state(register)
}

async fn admit(State(register): State<RegisterServer>, request: Request, next: Next) -> Response {
    let segment = request.uri().path().split('/').nth(1).unwrap_or_default();
    let key = format!("{} {segment}", request.method());
    *lock(&register.counters).requests.entry(key).or_default() += 1;
    if !register.tokens.admits(request.headers(), request.extensions()) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthorized", "no valid token");
    }
    if register.options().outage {
        let why = format!("Could not find any current data set for source: {CUSTOMER}");
        return refusal(StatusCode::NOT_FOUND, "source_unavailable", &why);
    }
    next.run(request).await
}

/// SS 12000's error body.
fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

fn answer(result: Result<Value, String>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(why) => refusal(StatusCode::BAD_REQUEST, "bad_request", &why),
    }
}

fn found(value: Option<Value>) -> Response {
    value.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |v| Json(v).into_response())
}

async fn token(
    State(register): State<RegisterServer>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    register.tokens.token(&headers, &form)
}

fn resource(list: &str) -> Option<Resource> {
    match list {
        "organisations" => Some(Resource::Organisation),
        "persons" => Some(Resource::Person),
        "groups" => Some(Resource::Group),
        "duties" => Some(Resource::Duty),
        "activities" => Some(Resource::Activity),
        _ => None,
    }
}

async fn list(
    State(register): State<RegisterServer>,
    Path(list): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Response {
    match resource(&list) {
        Some(resource) => answer(register.list(resource, &parameters)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn one(State(register): State<RegisterServer>, Path((list, id)): Path<(String, String)>) -> Response {
    let Some(resource) = resource(&list) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match Uuid::parse_str(&id) {
        Ok(id) => found(register.find(resource, id)),
        Err(_) => refusal(StatusCode::BAD_REQUEST, "bad_request", "id is no UUID"),
    }
}

async fn look_up(
    State(register): State<RegisterServer>,
    Path(list): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    match resource(&list) {
        Some(resource) => answer(register.look_up(resource, &body)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn deleted(State(register): State<RegisterServer>, Query(parameters): Query<Parameters>) -> Response {
    if !register.options().deleted_entities {
        return StatusCode::NOT_FOUND.into_response();
    }
    answer(register.deleted(&parameters))
}

/// The refusal of a register without subscriptions.
fn no_subscriptions(register: &RegisterServer) -> Option<Response> {
    let why = "subscriptions are not offered";
    (!register.options().subscriptions).then(|| refusal(StatusCode::NOT_IMPLEMENTED, "not_implemented", why))
}

async fn subscriptions(State(register): State<RegisterServer>) -> Response {
    no_subscriptions(&register).unwrap_or_else(|| Json(register.list_subscriptions()).into_response())
}

async fn subscribe(State(register): State<RegisterServer>, Json(body): Json<Value>) -> Response {
    if let Some(refusal) = no_subscriptions(&register) {
        return refusal;
    }
    match register.subscribe(&body) {
        Ok(value) => (StatusCode::CREATED, Json(value)).into_response(),
        Err(why) => refusal(StatusCode::BAD_REQUEST, "bad_request", &why),
    }
}

async fn subscription(State(register): State<RegisterServer>, Path(id): Path<Uuid>) -> Response {
    no_subscriptions(&register).unwrap_or_else(|| found(register.subscription(id)))
}

async fn extend(State(register): State<RegisterServer>, Path(id): Path<Uuid>) -> Response {
    no_subscriptions(&register).unwrap_or_else(|| found(register.extend_subscription(id)))
}

async fn unsubscribe(State(register): State<RegisterServer>, Path(id): Path<Uuid>) -> Response {
    if register.unsubscribe(id) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

async fn log(State(register): State<RegisterServer>, Json(body): Json<Value>) -> Response {
    if body["message"].is_string() && body["severityLevel"].is_string() {
        lock(&register.counters).log_entries += 1;
        return StatusCode::CREATED.into_response();
    }
    refusal(StatusCode::BAD_REQUEST, "bad_request", "message and severityLevel are required")
}

async fn statistics(State(register): State<RegisterServer>, Json(body): Json<Value>) -> Response {
    let numbers = ["newCount", "updatedCount", "deletedCount"];
    if body["resourceType"].is_string() && numbers.iter().all(|name| body[*name].is_u64()) {
        lock(&register.counters).statistics += 1;
        return StatusCode::CREATED.into_response();
    }
    refusal(StatusCode::BAD_REQUEST, "bad_request", "resourceType and the three counts are required")
}
