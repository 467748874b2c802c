//! The wire: who asks, in what form, and what is counted.

use super::answer::{Outcome, Refusal};
use super::provider::{Call, Provider};
use super::{ScimServer, auth};
use crate::listener::Line;
use crate::lock;
use crate::moods::suffer;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

const WHOLE_BODY: usize = usize::MAX;
const SCIM: &str = "application/scim+json";
const JSON: &str = "application/json";

/// The endpoints, below the base path.
pub(super) fn router(server: ScimServer) -> Router {
    Router::new()
        .fallback(serve)
        .layer(from_fn_with_state(server.moods().clone(), suffer))
        .layer(from_fn_with_state(server.clone(), observe))
        .with_state(server)
}

/// Counts calls and answers, those of the moods among them.
async fn observe(State(server): State<ScimServer>, request: Request, next: Next) -> Response {
    let line = request.extensions().get::<ConnectInfo<Line>>().map(|it| it.0.clone());
    let options = server.options();
    let what = what(request.method().as_str(), below(request.uri().path(), &options.base_path).unwrap_or_default());
    *lock(&server.store).counters.calls.entry(what).or_default() += 1;
    let mut answer = next.run(request).await;
    if !options.tells_retry_after {
        answer.headers_mut().remove(header::RETRY_AFTER);
    }
    if !line.is_some_and(|line| line.is_cut()) {
        *lock(&server.store).counters.answers.entry(answer.status().as_u16()).or_default() += 1;
    }
    answer
}

async fn serve(State(server): State<ScimServer>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // All of it, also where it is too large: an answer before the end would be lost with the connection.
    let body = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
    match server.serve(&head, &body) {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

impl ScimServer {
    fn serve(&self, head: &Parts, body: &[u8]) -> Outcome {
        let (options, base) = (self.options(), self.base_url());
        let path = below(head.uri.path(), &options.base_path)
            .ok_or_else(|| Refusal::plain(404, "there is nothing outside the base path"))?;
        if !auth::admits(&options, &head.headers) {
            return Err(Refusal::plain(401, "who are you?"));
        }
        let method = head.method.as_str();
        let now = options.time.now();
        let mut store = lock(&self.store);
        let what = what(method, path);
        let mut provider = Provider { options: &options, base: &base, now, what, store: &mut store };
        provider.check_accept(&head.headers)?;
        let json = if matches!(method, "POST" | "PUT" | "PATCH") {
            provider.parsed(&head.headers, body)?
        } else {
            Value::Null
        };
        let text = |name: HeaderName| head.headers.get(name)?.to_str().ok().map(str::to_owned);
        provider.answer(Call {
            method,
            path: path.split('/').filter(|segment| !segment.is_empty()).collect(),
            query: Query::try_from_uri(&head.uri).map(|Query(pairs)| pairs).unwrap_or_default(),
            if_match: text(header::IF_MATCH),
            if_none_match: text(header::IF_NONE_MATCH),
            body: json,
            size: body.len(),
        })
    }
}

impl Provider<'_> {
    fn check_accept(&mut self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(accepted) = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()) else {
            self.note("there is no Accept");
            return Ok(());
        };
        let fits = |it: &str| matches!(media(it), SCIM | JSON | "application/*" | "*/*");
        if accepted.split(',').any(fits) {
            return Ok(());
        }
        self.note("Accept leaves no answer");
        Err(Refusal::plain(406, "only JSON is spoken here"))
    }

    fn parsed(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
        let sent = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let sent = media(sent.unwrap_or_default());
        if sent != SCIM {
            self.note("Content-Type is not application/scim+json");
        }
        if sent != SCIM && !(sent == JSON && self.options.accepts_plain_json) {
            return Err(Refusal::plain(415, "only application/scim+json is understood here"));
        }
        if body.len() > self.options.largest_body {
            return Err(Refusal::plain(413, &format!("over {} bytes", self.options.largest_body)));
        }
        serde_json::from_slice(body).map_err(|_| Refusal::bad("invalidSyntax", "the body is no JSON"))
    }
}

/// A media type without its parameters.
fn media(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// What comes after the base path; `None`: the path is another.
fn below<'a>(path: &'a str, base_path: &str) -> Option<&'a str> {
    path.strip_prefix(base_path).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Method and endpoint, such as `PATCH Groups`.
fn what(method: &str, path: &str) -> String {
    format!("{method} {}", path.split('/').nth(1).unwrap_or_default()).trim_end().to_owned()
}
