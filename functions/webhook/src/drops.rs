//! Files that are sent to a source from inside a school's network: announced, sent in parts, finished.
//!
//! Whoever sends has the source's key. What is sent is believed as little as what lies in a folder is: names, sizes and
//! checksums are checked here, contents when they are read.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sources::file_drop::landing::{Announced, Consignment, Elsewhere, Intake, Missing, Part};
use sync::messages::Reason;
use sync::{doorbell, notify};

use crate::problem::Problem;
use crate::{Door, body};

/// Whose source.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    tenant: String,
    source: String,
}

/// Whose source, and which part of what.
#[derive(Debug, Deserialize)]
pub(crate) struct PartPlace {
    tenant: String,
    source: String,
    consignment: String,
    file: usize,
    offset: u64,
}

/// What is to be sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    files: Vec<Announced>,
}

/// What is still to be sent.
#[derive(Debug, Serialize)]
struct Answer {
    missing: Vec<AnsweredPart>,
}

#[derive(Debug, Serialize)]
struct AnsweredPart {
    #[serde(flatten)]
    part: Part,
    #[serde(flatten)]
    to: Elsewhere,
}

/// A sender with the source's key.
struct Sender {
    place: Place,
    intake: Intake,
}

/// `POST /drops/{tenant}/{source}`: what is still missing.
pub(crate) async fn announce(State(door): State<Door>, Path(place): Path<Place>, request: Request) -> Response {
    told(announced(&door, place, request).await.map(IntoResponse::into_response))
}

/// `PUT /drops/{tenant}/{source}/{consignment}/{file}/{offset}`.
pub(crate) async fn keep(State(door): State<Door>, Path(place): Path<PartPlace>, request: Request) -> Response {
    told(kept(&door, place, request).await.map(IntoResponse::into_response))
}

/// `POST /drops/{tenant}/{source}/finish`, with the same as was announced.
pub(crate) async fn finish(State(door): State<Door>, Path(place): Path<Place>, request: Request) -> Response {
    told(finished(&door, place, request).await.map(IntoResponse::into_response))
}

fn told(answer: Result<Response, Problem>) -> Response {
    answer.unwrap_or_else(|problem| {
        tracing::warn!(code = problem.code(), "Files that somebody sends were not taken.");
        problem.into_response()
    })
}

async fn announced(door: &Door, place: Place, request: Request) -> Result<Json<Answer>, Problem> {
    let (sender, sent) = sender_and_sent(door, place, request).await?;
    let missing = sender.intake.landing.missing(&sent, door.hub.now()).await?;
    let missing = missing.into_iter().map(|it| sender.answered(&sent, it)).collect();
    Ok(Json(Answer { missing }))
}

async fn kept(door: &Door, at: PartPlace, request: Request) -> Result<StatusCode, Problem> {
    let place = Place { tenant: at.tenant, source: at.source };
    let (head, body) = request.into_parts();
    let sender = Sender::admit(door, place, &head.headers).await?;
    let bytes = body::read_part(body).await?;
    let part = Part { file: at.file, offset: at.offset, length: bytes.len() as u64 };
    sender.intake.landing.keep(&at.consignment, part, bytes.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn finished(door: &Door, place: Place, request: Request) -> Result<Json<serde_json::Value>, Problem> {
    let (sender, sent) = sender_and_sent(door, place, request).await?;
    let new = sender.intake.landing.finish(&sent).await?;
    let Place { tenant, source } = &sender.place;
    tracing::info!(code = "drop.finished", tenant, source, files = sent.files().len(), new, "Files were sent.");
    notify::notify(&door.hub, tenant, source, Reason::Doorbell).await.map_err(|error| crate::refused(&error))?;
    Ok(Json(serde_json::json!({ "new": new })))
}

async fn sender_and_sent(door: &Door, place: Place, request: Request) -> Result<(Sender, Consignment), Problem> {
    let (head, body) = request.into_parts();
    let sender = Sender::admit(door, place, &head.headers).await?;
    let body = body::read(body).await?;
    let announcement: Announcement = serde_json::from_slice(&body).map_err(|_| Problem::Unreadable)?;
    let sent = sender.intake.announced(&announcement.files)?;
    Ok((sender, sent))
}

impl Sender {
    /// Admits a sender, or says that there is nothing – never whether tenant, source or key was wrong.
    async fn admit(door: &Door, place: Place, headers: &HeaderMap) -> Result<Self, Problem> {
        let hub = &door.hub;
        hub.directory.refresh(&hub.store, hub.now()).await.map_err(|error| crate::refused(&error))?;
        let tenant = hub.directory.tenant(&place.tenant).map_err(|_| Problem::NoSuchDoor)?;
        let source = tenant.sources.get(&place.source).ok_or(Problem::NoSuchDoor)?;
        let intake = hub.directory.factory().intake(&source.config).ok_or(Problem::NoSuchDoor)?;
        let key = doorbell::drop_key(hub, &intake).await.map_err(|error| {
            let (tenant, source) = (&place.tenant, &place.source);
            tracing::error!(code = error.code(), tenant, source, error = %error, "A drop key cannot be used.");
            Problem::NotNow
        })?;
        let given =
            headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok()).and_then(|it| it.strip_prefix("Bearer "));
        if !given.is_some_and(|it| key.is(it)) {
            return Err(Problem::NoSuchDoor);
        }
        if !door.rate.admits(&place.tenant, &place.source, hub.now()) {
            return Err(Problem::TooLoud);
        }
        Ok(Self { place, intake })
    }

    fn answered(&self, sent: &Consignment, missing: Missing) -> AnsweredPart {
        let Place { tenant, source } = &self.place;
        let Part { file, offset, .. } = missing.part;
        let here = || format!("/drops/{tenant}/{source}/{}/{file}/{offset}", sent.id());
        let to = missing.to.unwrap_or_else(|| Elsewhere { url: here(), headers: BTreeMap::new() });
        AnsweredPart { part: missing.part, to }
    }
}
