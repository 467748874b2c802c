//! What readers report: what went wrong for them, and how much they took. It is kept as it came, for whoever runs the hub;
//! nothing is concluded from it.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use roster::Personal;
use serde_json::Value;
use state::subscribers::Report;

use crate::problem::Problem;
use crate::reader::{Place, Reader};
use crate::{Desk, body};

/// `POST /log/`.
pub(crate) async fn log(
    State(desk): State<Desk>,
    Path(place): Path<Place>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    respond(keep(&desk, place, &headers, request, &["message", "severityLevel"]).await)
}

/// `POST /statistics/`.
pub(crate) async fn statistics(
    State(desk): State<Desk>,
    Path(place): Path<Place>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    respond(keep(&desk, place, &headers, request, &["resourceType", "newCount", "updatedCount", "deletedCount"]).await)
}

fn respond(kept: Result<(), Problem>) -> Response {
    match kept {
        Ok(()) => StatusCode::CREATED.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn keep(
    desk: &Desk,
    place: Place,
    headers: &HeaderMap,
    request: Request,
    required: &[&str],
) -> Result<(), Problem> {
    let reader = Reader::admit(desk, place, headers).await?;
    let content: Value = body::read(request.into_body()).await?;
    if !required.iter().all(|field| content.get(field).is_some()) {
        return Err(Problem::Body("The body lacks what the contract demands."));
    }
    let is_error = content.get("severityLevel").and_then(Value::as_str) == Some("Error");
    let report = Report { at: desk.hub.now(), is_error, content: Personal::new(content) };
    let (tenant, target) = reader.names();
    desk.hub.store.keep_report(tenant, target, desk.hub.chance.number(), &report).await?;
    Ok(())
}
