//! Skolon's endpoints.

use super::feed::Wanted;
use super::{Entity, SkolonServer};
use crate::lock;
use crate::moods::suffer;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

/// The identity provider's token endpoint and the partner API on one address.
pub(crate) fn router(skolon: SkolonServer) -> Router {
    let data = Router::new().route("/{entity}", get(feed)).layer(from_fn_with_state(skolon.clone(), admit));
    Router::new()
        .nest("/v2/partner", data)
        .route("/oauth/access_token", post(token))
        .layer(from_fn_with_state(skolon.moods().clone(), suffer))
        .with_state(skolon)
}

async fn admit(State(skolon): State<SkolonServer>, request: Request, next: Next) -> Response {
    let segment = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
    *lock(&skolon.counters).requests.entry(segment).or_default() += 1;
    if !skolon.tokens.admits(request.headers(), request.extensions()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "unauthorized"}))).into_response();
    }
    next.run(request).await
}

async fn token(
    State(skolon): State<SkolonServer>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    skolon.tokens.token(&headers, &form)
}

async fn feed(
    State(skolon): State<SkolonServer>,
    Path(entity): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Response {
    let entity = match entity.as_str() {
        "organization" => Entity::Organisation,
        "school" => Entity::School,
        "license" => Entity::License,
        "user" => Entity::User,
        "group" => Entity::Group,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match wanted(&parameters) {
        Some(wanted) => Json(skolon.feed(entity, wanted)).into_response(),
        None => (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid parameter"}))).into_response(),
    }
}

/// Reads the parameters; `None` when one is unknown or malformed.
fn wanted(parameters: &[(String, String)]) -> Option<Wanted> {
    let mut wanted = Wanted::default();
    for (name, value) in parameters {
        match name.as_str() {
            "versionTag" => wanted.since = wanted.since.max(value.parse().ok()?),
            "cursor" => wanted.since = wanted.since.max(value.strip_prefix('c')?.parse().ok()?),
            "limit" => wanted.limit = Some(value.parse().ok().filter(|limit| *limit > 0)?),
            "uuid" => wanted.uuid = Some(value.parse().ok()?),
            "userId" => wanted.user_id = Some(value.clone()),
            "userUuid" => wanted.user = Some(value.parse().ok()?),
            "schoolUuid" | "ownerSchoolUuid" => wanted.school = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    Some(wanted)
}
