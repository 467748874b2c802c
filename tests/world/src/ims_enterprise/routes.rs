//! The services, and what whoever asks does wrong.

use super::model::{self, Model};
use super::xml::Document;
use super::{ImsEnterpriseServer, KEY_HEADER, SCHOOL_TYPES};
use crate::lock;
use crate::moods::suffer;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

static STOCKHOLM: TimeZone = jiff::tz::get!("Europe/Stockholm");

type Parameters = Vec<(String, String)>;

pub(super) fn router(server: ImsEnterpriseServer) -> Router {
    Router::new()
        .route("/organization/v12/{service}", get(service))
        .layer(from_fn_with_state(server.moods().clone(), suffer))
        .with_state(server)
}

async fn service(
    State(server): State<ImsEnterpriseServer>,
    Path(service): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    *lock(&server.requests).entry(service.clone()).or_default() += 1;
    if headers.get(KEY_HEADER).is_none_or(|it| it != ImsEnterpriseServer::licence_key()) {
        return server.wrong(&service, StatusCode::UNAUTHORIZED, "the licence key is missing or wrong");
    }
    let asked = SCHOOL_TYPES.into_iter().find_map(|(code, _, word)| {
        let whole = format!("Get{word}Organization");
        (service == whole).then_some((code, false)).or((service == format!("{whole}Delta")).then_some((code, true)))
    });
    let answer = match asked {
        Some((code, false)) => server.complete(code, &parameters),
        Some((code, true)) => server.delta(code, &parameters),
        None => return server.wrong(&service, StatusCode::NOT_FOUND, "there is no such service"),
    };
    match answer {
        Ok(body) => ([(header::CONTENT_TYPE, "application/xml")], body).into_response(),
        Err(why) => server.wrong(&service, StatusCode::BAD_REQUEST, &why),
    }
}

impl ImsEnterpriseServer {
    fn wrong(&self, service: &str, status: StatusCode, why: &str) -> Response {
        lock(&self.violations).push(format!("{service}: {why}"));
        (status, why.to_owned()).into_response()
    }

    fn complete(&self, code: &str, parameters: &Parameters) -> Result<Vec<u8>, String> {
        known(parameters, &["SearchDate", "UnitId", "MunicipalityCode", "GovernedBy"])?;
        self.with_model(code, |model| Document::complete(code, model, self.time.now()).written(&self.options()))
    }

    fn delta(&self, code: &str, parameters: &Parameters) -> Result<Vec<u8>, String> {
        known(parameters, &["StartDate", "EndDate", "MunicipalityCode", "GovernedBy"])?;
        let now = self.time.now();
        let window = [instant(parameters, "StartDate")?, instant(parameters, "EndDate")?];
        rules(window, now)?;
        self.with_model(code, |model| lock(&self.journal).document(code, window, model, now).written(&self.options()))
    }

    fn with_model<T>(&self, code: &str, look: impl FnOnce(&Model) -> T) -> Result<T, String> {
        let models = self.with_truth(model::all);
        models.get(code).map(look).ok_or_else(|| "no such school type".to_owned())
    }
}

fn known(parameters: &Parameters, names: &[&str]) -> Result<(), String> {
    let unknown = parameters.iter().find(|(name, _)| !names.contains(&name.as_str()));
    unknown.map_or(Ok(()), |(name, _)| Err(format!("{name} is no parameter")))
}

fn instant(parameters: &Parameters, name: &str) -> Result<Timestamp, String> {
    let text =
        parameters.iter().find(|(it, _)| it == name).map(|(_, text)| text).ok_or(format!("{name} is missing"))?;
    let local: DateTime = text.parse().map_err(|_| format!("{name} is no date and time"))?;
    local.to_zoned(STOCKHOLM.clone()).map(|it| it.timestamp()).map_err(|_| format!("{name} is no instant"))
}

/// The vendor's limits on windows.
fn rules([start, end]: [Timestamp; 2], now: Timestamp) -> Result<(), String> {
    let long = end.duration_since(start);
    let broken = [
        (long < SignedDuration::from_mins(5), "the window is shorter than 5 minutes"),
        (long > SignedDuration::from_hours(24), "the window is longer than 24 hours"),
        (now.duration_since(end) < SignedDuration::from_mins(5), "the window ended less than 5 minutes ago"),
        (now.duration_since(start) > SignedDuration::from_hours(30 * 24), "the window began more than 30 days ago"),
    ];
    broken.into_iter().find(|(broken, _)| *broken).map_or(Ok(()), |(_, why)| Err(why.to_owned()))
}
