//! The webhook: doorbells and erasure calls become notices, and files that are sent get to where sources read them. It
//! checks who may do so and how loudly, answers at once, and believes nothing of what it is told.
//! This crate must not know: how a source is read, or what a notice sets in motion.

mod body;
mod drops;
mod problem;
mod proof;
mod replay;
mod route;
mod signature;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use roster::RecordKind;
use rules::policy::Rate;
use runtime::rate::{Limits, Rates};
use sources::doorbell::Doorbell;
use sync::messages::Reason;
use sync::{Hub, SyncError, notify};

use crate::problem::Problem;
use crate::replay::{Accepted, RingId};
use crate::route::Ringing;

/// A register's bulk promotion rings per saved object; one ring tells everything.
const LIMITS: Limits =
    Limits { of_a_door: Rate { per_second: 20.0, burst: 100 }, of_a_tenant: Rate { per_second: 50.0, burst: 250 } };

#[derive(Debug, Clone)]
struct Door {
    hub: Hub,
    rate: Arc<Rates>,
    accepted: Arc<Accepted>,
}

/// The routes: `POST /hooks/{tenant}/{source}/{token}`, the same with `/remove-user` and `/remove-class`; those of
/// whoever sends files, below `/drops`; and `GET /health`.
pub fn router(hub: Hub) -> Router {
    let door = Door { hub, rate: Arc::new(Rates::new(LIMITS)), accepted: Arc::default() };
    Router::new()
        .route("/hooks/{tenant}/{source}/{token}", post(ring))
        .route("/hooks/{tenant}/{source}/{token}/remove-user", post(ring))
        .route("/hooks/{tenant}/{source}/{token}/remove-class", post(ring))
        .route("/drops/{tenant}/{source}", post(drops::announce))
        .route("/drops/{tenant}/{source}/finish", post(drops::finish))
        .route("/drops/{tenant}/{source}/{consignment}/{file}/{offset}", put(drops::keep))
        .route("/health", get(|| async { "ok" }))
        .fallback(|| async { Problem::NoSuchDoor })
        .with_state(door)
}

async fn ring(State(door): State<Door>, Path(place): Path<route::Place>, request: Request) -> Response {
    let known = place.known(&door.hub);
    match answer(&door, place, request).await {
        Ok(status) => status.into_response(),
        Err(problem) => {
            // Names only if they are ours: whoever guesses writes nothing into the log.
            let (tenant, source) = known.unwrap_or_default();
            tracing::warn!(code = problem.code(), tenant, source, "A ring was refused.");
            problem.into_response()
        }
    }
}

async fn answer(door: &Door, place: route::Place, request: Request) -> Result<StatusCode, Problem> {
    let ringing = Ringing::admit(&door.hub, place).await?;
    if !door.rate.admits(&ringing.tenant, &ringing.source, door.hub.now()) {
        return Err(Problem::TooLoud);
    }
    let (head, body) = request.into_parts();
    let body = body::read(body).await?;
    let id = proof::prove(&door.hub, &ringing, &head.headers, &body).await?;
    let reason = match ringing.parse(&body)? {
        Doorbell::Changed { .. } => Reason::Doorbell,
        Doorbell::Erase { kind, native } => erasure(&ringing, kind, native.as_str()),
    };
    pass_on(door, &ringing, reason, id).await.map_err(|error| refused(&error))?;
    Ok(StatusCode::ACCEPTED)
}

/// A ring with an identity is passed on once; any other each time.
async fn pass_on(door: &Door, ringing: &Ringing, reason: Reason, id: Option<&str>) -> Result<(), SyncError> {
    let (hub, tenant, source) = (&door.hub, &*ringing.tenant, &*ringing.source);
    let signed = id.is_some();
    match id.map(|id| RingId::of(tenant, source, id)) {
        None => notify::notify(hub, tenant, source, reason).await?,
        Some(ring) if door.accepted.knows(tenant, source, ring, hub.now()) => {
            tracing::info!(code = "webhook.rang_again", tenant, source, "A ring came again, and has no effect.");
            return Ok(());
        }
        Some(ring) => {
            notify::notify_once(hub, tenant, source, reason, ring.text()).await?;
            door.accepted.remember(tenant, source, ring, hub.now());
        }
    }
    tracing::info!(code = "webhook.rang", tenant, source, signed, "A ring was accepted.");
    Ok(())
}

fn erasure(ringing: &Ringing, kind: RecordKind, native: &str) -> Reason {
    Reason::Erasure { kind, id: ringing.connector.identity(kind, native) }
}

/// Nothing was accepted: whoever rang may ring again, and the source is polled all the same.
fn refused(error: &SyncError) -> Problem {
    tracing::error!(code = error.code(), error = %error, "A doorbell could not be passed on.");
    Problem::NotNow
}
