//! Graph's endpoints, and the login's.

use super::contract::shape;
use super::reply::{Asked, Reply};
use super::{GraphEducationServer, TENANT};
use crate::lock;
use crate::moods::suffer;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Form, Path, State};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::post;

/// The API.
pub(super) fn graph(server: GraphEducationServer) -> Router {
    let moods = server.moods().clone();
    Router::new().fallback(answer).layer(from_fn_with_state(moods, suffer)).with_state(server)
}

/// The token endpoint: another system, which does not share Graph's moods.
pub(super) fn login(server: GraphEducationServer) -> Router {
    Router::new().route("/{tenant}/oauth2/v2.0/token", post(token)).with_state(server)
}

async fn token(
    State(server): State<GraphEducationServer>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    if tenant != TENANT {
        server.blame("login: there is no such tenant".to_owned());
        return (StatusCode::BAD_REQUEST, axum::Json(serde_json::json!({"error": "invalid_request"}))).into_response();
    }
    let scope = format!("https://{}/.default", GraphEducationServer::GRAPH);
    if !form.iter().any(|(name, value)| name == "scope" && *value == scope) {
        server.blame("login: the scope is not .default of the API".to_owned());
        return (StatusCode::BAD_REQUEST, axum::Json(serde_json::json!({"error": "invalid_scope"}))).into_response();
    }
    server.tokens.token(&headers, &form)
}

async fn answer(
    State(server): State<GraphEducationServer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
    body: Bytes,
) -> Response {
    if !server.tokens.admits(&headers, &extensions) {
        return Reply::refused(401, "InvalidAuthenticationToken").into_response();
    }
    let Some(path) = uri.path().strip_prefix("/v1.0/") else {
        server.blame("a path outside v1.0".to_owned());
        return Reply::not_found().into_response();
    };
    *lock(&server.counters).calls.entry(shape(path)).or_default() += 1;
    if path == "$batch" && method == Method::POST {
        return server.batch(&body).into_response();
    }
    if method != Method::GET {
        server.blame(format!("{}: a source only reads", shape(path)));
        return Reply::refused(405, "Request_BadRequest").into_response();
    }
    let headers: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let query = query_of(uri.query().unwrap_or_default());
    server.get(&Asked { path, query: &query, headers: &headers }).into_response()
}

impl GraphEducationServer {
    /// The answer to a `GET`, by itself or in a batch.
    pub(super) fn get(&self, asked: &Asked<'_>) -> Reply {
        self.examine(asked);
        let answer = self.delta(asked).or_else(|| self.object(asked));
        answer.unwrap_or_else(|| {
            self.blame(format!("{}: there is no such path", shape(asked.path)));
            Reply::not_found()
        })
    }
}

/// Names and values, decoded as far as is needed here.
pub(super) fn query_of(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| text.replace("%24", "$").replace("%2C", ",").replace("%2c", ",");
    let pairs = query.split('&').filter(|it| !it.is_empty());
    pairs.map(|it| it.split_once('=').unwrap_or((it, ""))).map(|(k, v)| (decoded(k), decoded(v))).collect()
}
