//! The webhook: doorbells and erasure calls become notices. It checks who may ring and how loudly, answers at once,
//! and believes nothing of what it is told.
//! This crate must not know: how a source is read, or what a notice sets in motion.

mod problem;
mod rate;
mod route;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use roster::RecordKind;
use sources::doorbell::{Doorbell, DoorbellError, MAX_BODY};
use sync::messages::Reason;
use sync::{Hub, SyncError, notify};

use crate::problem::Problem;
use crate::rate::Rate;
use crate::route::Ringing;

#[derive(Debug, Clone)]
struct Door {
    hub: Hub,
    rate: Arc<Rate>,
}

/// The routes: `POST /hooks/{tenant}/{source}/{token}`, the same with `/remove-user` and `/remove-class`, and
/// `GET /health`.
pub fn router(hub: Hub) -> Router {
    let door = Door { hub, rate: Arc::default() };
    Router::new()
        .route("/hooks/{tenant}/{source}/{token}", post(ring))
        .route("/hooks/{tenant}/{source}/{token}/remove-user", post(ring))
        .route("/hooks/{tenant}/{source}/{token}/remove-class", post(ring))
        .route("/health", get(|| async { "ok" }))
        .fallback(|| async { Problem::NoSuchDoor })
        // One byte more, so that a body that is too large is told from one that is just large enough.
        .layer(DefaultBodyLimit::max(MAX_BODY + 1))
        .with_state(door)
}

async fn ring(State(door): State<Door>, Path(place): Path<route::Place>, body: axum::extract::Request) -> Response {
    match answer(&door, place, body).await {
        Ok(status) => status.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn answer(door: &Door, place: route::Place, request: axum::extract::Request) -> Result<StatusCode, Problem> {
    let ringing = Ringing::admit(&door.hub, place).await?;
    if !door.rate.admits(&ringing.tenant, &ringing.source, door.hub.now()) {
        return Err(Problem::TooLoud);
    }
    let body = read(request).await?;
    let reason = match ringing.parse(&body)? {
        Doorbell::Changed { .. } => Reason::Doorbell,
        Doorbell::Erase { kind, native } => erasure(&ringing, kind, native.as_str()),
    };
    notify::notify(&door.hub, &ringing.tenant, &ringing.source, reason).await.map_err(|error| refused(&error))?;
    Ok(StatusCode::ACCEPTED)
}

fn erasure(ringing: &Ringing, kind: RecordKind, native: &str) -> Reason {
    Reason::Erasure { kind, id: ringing.connector.identity(kind, native) }
}

async fn read(request: axum::extract::Request) -> Result<Bytes, Problem> {
    use axum::extract::FromRequest;
    let bytes = Bytes::from_request(request, &()).await.map_err(|_| Problem::from(DoorbellError::TooLarge))?;
    if bytes.len() > MAX_BODY { Err(DoorbellError::TooLarge.into()) } else { Ok(bytes) }
}

/// Nothing was accepted: whoever rang may ring again, and the source is polled all the same.
fn refused(error: &SyncError) -> Problem {
    tracing::error!(code = error.code(), error = %error, "A doorbell could not be passed on.");
    Problem::NotNow
}
