//! Carrying out a server's moods around its handlers.

use super::MoodSwitch;
use super::switch::Fate;
use crate::listener::Line;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::sleep;

/// Tells the handler that the token presented is to be revoked at this very use.
#[derive(Clone, Copy)]
pub(crate) struct TokenExpiresNow;

const WHOLE_BODY: usize = usize::MAX;

/// The middleware: draws the request's fate and lets it be suffered.
pub(crate) async fn suffer(
    State(moods): State<MoodSwitch>,
    ConnectInfo(line): ConnectInfo<Line>,
    mut request: Request,
    next: Next,
) -> Response {
    let temper = moods.get();
    if !temper.latency.is_zero() {
        sleep(temper.latency).await;
    }
    if moods.is_slow() {
        sleep(temper.slow_for).await;
    }
    match moods.fate() {
        Fate::Served => next.run(request).await,
        Fate::Throttled(after) => throttled(after),
        Fate::InternalError => (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response(),
        Fate::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable").into_response(),
        Fate::ConnectionReset => cut(&line),
        Fate::AnswerLost => {
            next.run(request).await;
            cut(&line)
        }
        Fate::TruncatedPage => {
            let is_get = request.method() == Method::GET;
            let answer = next.run(request).await;
            if is_get { truncated(answer).await } else { answer }
        }
        Fate::TokenExpired => {
            request.extensions_mut().insert(TokenExpiresNow);
            next.run(request).await
        }
    }
}

fn throttled(after: Option<u64>) -> Response {
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, "too many requests").into_response();
    if let Some(seconds) = after {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

fn cut(line: &Line) -> Response {
    line.cut();
    StatusCode::OK.into_response()
}

async fn truncated(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let bytes = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(bytes.slice(..bytes.len() / 2)))
}
