//! The wire: three hosts, or, where it listens, three beginnings of a path.

use super::GoogleServer;
use super::answer::response;
use super::call::{Api, Asked, pairs};
use crate::listener::Line;
use crate::lock;
use crate::moods::{TokenExpiresNow, suffer};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

const WHOLE_BODY: usize = usize::MAX;

/// All endpoints.
pub(super) fn router(server: GoogleServer) -> Router {
    Router::new()
        .fallback(serve)
        .layer(from_fn_with_state(server.moods().clone(), suffer))
        .layer(from_fn_with_state(server.clone(), observe))
        .with_state(server)
}

/// Counts answers, those of the moods among them.
async fn observe(State(server): State<GoogleServer>, request: Request, next: Next) -> Response {
    let line = request.extensions().get::<ConnectInfo<Line>>().map(|it| it.0.clone());
    let answer = next.run(request).await;
    if !line.is_some_and(|line| line.is_cut()) {
        *lock(&server.store).counters.answers.entry(answer.status().as_u16()).or_default() += 1;
    }
    answer
}

async fn serve(State(server): State<GoogleServer>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
    let (host, target) = located(&head.uri);
    let text = |name: HeaderName| head.headers.get(name).and_then(|it| it.to_str().ok());
    let asked = |api| Asked {
        api,
        method: head.method.as_str(),
        target: &target,
        authorization: text(header::AUTHORIZATION),
        content_type: text(header::CONTENT_TYPE),
        body: &body,
        in_batch: false,
        shares_token: false,
        token_expires: head.extensions.get::<TokenExpiresNow>().is_some(),
    };
    match Api::at(&host).map(asked) {
        Some(asked) if asked.method == "POST" && asked.api.takes_batches_at(asked.path()) => server.batch(&asked),
        Some(asked) => response(server.carry_out(&asked)),
        None if host == GoogleServer::LOGIN && target == "/token" && head.method == "POST" => {
            server.login(&pairs(&String::from_utf8_lossy(&body)))
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The host that is meant, and path and query there.
fn located(uri: &Uri) -> (String, String) {
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    match uri.host().filter(|it| Api::at(it).is_some() || *it == GoogleServer::LOGIN) {
        Some(host) => (host.to_owned(), target.to_owned()),
        None => {
            let (host, rest) = target.trim_start_matches('/').split_once('/').unwrap_or_default();
            (host.to_owned(), format!("/{rest}"))
        }
    }
}
