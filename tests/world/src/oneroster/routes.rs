//! The provider's endpoints: lists and single objects below the edition's path, `/token` beside it.

use super::ledger::{Fields, List};
use super::query::{Query as Asked, Refusal};
use super::{OneRosterOptions, OneRosterServer};
use crate::lock;
use crate::moods::suffer;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

type Parameters = Query<Vec<(String, String)>>;

pub(super) fn router(server: OneRosterServer) -> Router {
    let data = Router::new()
        .route("/{list}", get(list))
        .route("/{list}/{id}", get(one))
        .route("/schools/{school}/classes/{class}/enrollments", get(members))
        .layer(from_fn_with_state(server.clone(), admit));
    Router::new()
        .nest(server.options().edition.path(), data)
        .route("/token", post(token))
        .fallback(elsewhere)
        .layer(from_fn_with_state(server.moods().clone(), suffer))
        .layer(from_fn_with_state(server.clone(), date))
        .with_state(server)
}

/// Every answer bears the provider's time.
async fn date(State(server): State<OneRosterServer>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let now = DateTimePrinter::new().timestamp_to_rfc9110_string(&server.options().time.now());
    if let Some(value) = now.ok().and_then(|text| HeaderValue::from_str(&text).ok()) {
        answer.headers_mut().insert("date", value);
    }
    answer
}

async fn admit(State(server): State<OneRosterServer>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let last = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    *lock(&server.counters).entry(last.to_owned()).or_default() += 1;
    if !server.tokens.admits(request.headers(), request.extensions()) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthorisedrequest");
    }
    let edition = server.options().edition;
    let nested = last == "schools";
    let names: &[&str] = if nested { &["roster.readonly"] } else { &["roster-core.readonly", "roster.readonly"] };
    let scopes: Vec<String> = names.iter().map(|name| edition.scope(name)).collect();
    if !server.tokens.reaches(request.headers(), &scopes) {
        return refusal(StatusCode::FORBIDDEN, "forbidden");
    }
    next.run(request).await
}

/// The standard's status information.
fn refusal(status: StatusCode, minor: &str) -> Response {
    let body = json!({
        "imsx_codeMajor": "failure", "imsx_severity": "error",
        "imsx_CodeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}]},
    });
    (status, Json(body)).into_response()
}

async fn elsewhere(State(server): State<OneRosterServer>, request: Request) -> Response {
    server.violation(format!("{} {} is no path of the edition", request.method(), request.uri().path()));
    refusal(StatusCode::NOT_FOUND, "unknownobject")
}

async fn token(
    State(server): State<OneRosterServer>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    *lock(&server.counters).entry("token".to_owned()).or_default() += 1;
    if !form.iter().any(|(name, _)| name == "scope") {
        server.violation("a token was asked for without a scope".to_owned());
    }
    server.tokens.token(&headers, &form).await
}

fn named(name: &str) -> Option<List> {
    List::ALL.into_iter().find(|list| list.name() == name)
}

async fn list(
    State(server): State<OneRosterServer>,
    Path(name): Path<String>,
    Query(parameters): Parameters,
    request: Request,
) -> Response {
    match named(&name) {
        Some(list) => server.page(list, &parameters, request.uri().path(), |_| true),
        None => refusal(StatusCode::NOT_FOUND, "unknownobject"),
    }
}

async fn one(State(server): State<OneRosterServer>, Path((name, id)): Path<(String, String)>) -> Response {
    let found = named(&name).and_then(|list| {
        let ledger = lock(&server.ledger);
        ledger.find(list, &id).map(|entry| json!({ list.one(): entry.object(&id) }))
    });
    found.map_or_else(|| refusal(StatusCode::NOT_FOUND, "unknownobject"), |it| Json(it).into_response())
}

async fn members(
    State(server): State<OneRosterServer>,
    Path((school, class)): Path<(String, String)>,
    Query(parameters): Parameters,
    request: Request,
) -> Response {
    let here = server.with_class(&class, |found| found["school"]["sourcedId"] == school.as_str());
    if !server.options().members_in_school || here != Some(true) {
        return refusal(StatusCode::NOT_FOUND, "unknownobject");
    }
    let of_class = |fields: &Fields| fields.get("class").is_some_and(|it| it["sourcedId"] == class.as_str());
    server.page(List::Enrollments, &parameters, request.uri().path(), of_class)
}

impl OneRosterServer {
    fn with_class<T>(&self, id: &str, look: impl FnOnce(&Value) -> T) -> Option<T> {
        lock(&self.ledger).find(List::Classes, id).map(|entry| look(&entry.object(id)))
    }

    fn page(
        &self,
        list: List,
        parameters: &[(String, String)],
        path: &str,
        admits: impl Fn(&Fields) -> bool,
    ) -> Response {
        let options = self.options();
        let query = match Asked::parse(parameters, &options) {
            Ok(query) => query,
            Err(Refusal { why, breach }) => {
                if breach {
                    self.violation(format!("{}: {why}", list.name()));
                }
                return refusal(StatusCode::BAD_REQUEST, "invalid_data");
            }
        };
        let ledger = lock(&self.ledger);
        let all = ledger.list(list).filter(|(_, entry)| admits(&entry.fields));
        let mut matching: Vec<_> = all.filter(|(id, entry)| query.admits(id, entry)).collect();
        if query.descending {
            matching.reverse();
        }
        let total = matching.len();
        let page = matching.into_iter().skip(query.offset).take(query.limit);
        let page: Vec<Value> = page.map(|(id, entry)| entry.object(id)).collect();
        let end = query.offset + page.len();
        let answer = Json(json!({ list.name(): page })).into_response();
        if options.counts { counted(answer, total, end, &query, (path, parameters), &options) } else { answer }
    }
}

fn counted(
    mut answer: Response,
    total: usize,
    end: usize,
    query: &Asked,
    (path, parameters): (&str, &[(String, String)]),
    options: &OneRosterOptions,
) -> Response {
    answer.headers_mut().insert("x-total-count", HeaderValue::from(total));
    let kept: String = parameters
        .iter()
        .filter(|(name, _)| name != "limit" && name != "offset")
        .map(|(name, value)| format!("&{name}={}", escaped(value)))
        .collect();
    let address = format!("https://provider.example{}{path}?limit={}", options.edition.path(), query.limit);
    let link = |offset: usize, rel: &str| format!("<{address}&offset={offset}{kept}>; rel=\"{rel}\"");
    let mut links = vec![link(0, "first"), link(total.saturating_sub(1) / query.limit * query.limit, "last")];
    if end < total || options.endless {
        links.push(link(end, "next"));
    }
    if query.offset > 0 {
        links.push(link(query.offset.saturating_sub(query.limit), "prev"));
    }
    if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
        answer.headers_mut().insert("link", value);
    }
    answer
}

/// A value as it stands in an address.
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}
