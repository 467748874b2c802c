//! The line to a counterpart that speaks HTTP: no sockets, and trouble where the kit wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use outbound::{CallErrorKind, Carried, Transport};

use super::Trouble;

type Answering = dyn Fn(Request) -> Pin<Box<dyn Future<Output = Option<Response>> + Send>> + Send + Sync;

/// A line. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Line {
    answering: Arc<Answering>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    ahead: Option<Ahead>,
    struck: bool,
    revoked: BTreeSet<String>,
    first_pages: BTreeMap<String, (u16, axum::http::HeaderMap, Vec<u8>)>,
}

struct Ahead {
    trouble: Trouble,
    pages: usize,
    times: usize,
}

impl Line {
    /// A line to whoever answers; `None`: the connection broke before there was an answer.
    pub(crate) fn to<F>(answer: impl Fn(Request) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<Response>> + Send + 'static,
    {
        Self { answering: Arc::new(move |request| Box::pin(answer(request))), state: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn suffers(&self, trouble: Trouble, pages: usize, times: usize) {
        let mut state = self.state();
        state.struck = false;
        state.first_pages.clear();
        state.ahead = Some(Ahead { trouble, pages, times });
    }

    pub(crate) fn recovers(&self) -> bool {
        let mut state = self.state();
        state.ahead = None;
        state.struck
    }
}

impl State {
    /// What befalls this request for a page.
    fn fate(&mut self) -> Option<Trouble> {
        let ahead = self.ahead.as_mut()?;
        if ahead.pages > 0 {
            ahead.pages -= 1;
            return None;
        }
        ahead.times = ahead.times.checked_sub(1)?;
        Some(ahead.trouble)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

fn status(status: u16) -> Carried {
    Carried { status, headers: Default::default(), body: Vec::new() }
}

#[async_trait]
impl Transport for Line {
    async fn carry(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind> {
        let path = request.url().path().to_owned();
        let credential = request.headers().get("authorization").and_then(|it| it.to_str().ok()).map(str::to_owned);
        // Tokens are posted for; what is read is got.
        let is_page = request.method() == "GET";
        let fate = {
            let mut state = self.state();
            let fate = if is_page { state.fate() } else { None };
            state.struck |= fate.is_some_and(|it| it != Trouble::Endless);
            if fate == Some(Trouble::TokenRevoked) {
                state.revoked.extend(credential.clone());
            }
            if credential.is_some_and(|it| state.revoked.contains(&it)) {
                return Ok(status(401));
            }
            fate
        };
        match fate {
            Some(Trouble::Status(code)) => return Ok(status(code)),
            Some(Trouble::Throttled(seconds)) => {
                let mut answer = status(429);
                answer.headers.insert("retry-after", seconds.into());
                return Ok(answer);
            }
            Some(Trouble::Reset) => return Err(CallErrorKind::Reset),
            Some(Trouble::SignInPage) => {
                return Ok(Carried { body: b"<!doctype html><title>Logga in</title>".to_vec(), ..status(200) });
            }
            Some(Trouble::Endless) => {
                let mut state = self.state();
                if let Some((code, headers, body)) = state.first_pages.get(&path).cloned() {
                    state.struck = true;
                    return Ok(Carried { status: code, headers, body });
                }
            }
            Some(Trouble::TokenRevoked | Trouble::Truncated) | None => {}
        }
        let mut answer = self.carried(request).await?;
        match fate {
            Some(Trouble::Truncated) => answer.body.truncate(answer.body.len() / 2),
            Some(Trouble::Endless) => {
                let page = (answer.status, answer.headers.clone(), answer.body.clone());
                self.state().first_pages.insert(path, page);
            }
            _ => {}
        }
        Ok(answer)
    }
}

impl Line {
    async fn carried(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind> {
        let sent = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default().to_vec();
        let mut asked = Request::builder().method(request.method().as_str()).uri(request.url().as_str());
        asked.headers_mut().unwrap().extend(request.headers().clone());
        let answer = (self.answering)(asked.body(Body::from(sent)).unwrap()).await.ok_or(CallErrorKind::Reset)?;
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.map_err(|_| CallErrorKind::Reset)?.to_vec();
        Ok(Carried { status: head.status.as_u16(), headers: head.headers, body })
    }
}
