//! For tests: a server on this machine that answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use outbound::{FixedSecrets, SecretRef};
use roster::ManualClock;

use crate::registry::SourceContext;
use crate::{Next, Page, ReadRequest, Scope, Source, SourceError, Unreadable};

/// What the server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// How many calls came before with the same method, path and query.
    pub(crate) before: usize,
    /// Method, path and query, e.g. `GET /persons?limit=2`.
    pub(crate) line: String,
    /// The bearer token, or empty.
    pub(crate) token: String,
    pub(crate) body: String,
}

/// What it answers.
pub(crate) type Reply = (u16, String);

type Answering = dyn Fn(&Asked) -> Reply + Send + Sync;

#[derive(Clone)]
struct Shared {
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<Answering>,
}

pub(crate) struct Loopback {
    pub(crate) base: String,
    shared: Shared,
}

impl Loopback {
    pub(crate) async fn answering(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Shared { asked: Arc::default(), answer: Arc::new(answer) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(reply).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, shared }
    }

    /// Every call so far, one line each, with its body behind it.
    pub(crate) fn lines(&self) -> Vec<String> {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().map(|it| format!("{} {}", it.line, it.body).trim_end().to_owned()).collect()
    }

    /// The tokens of the calls so far.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().iter().map(|it| it.token.clone()).collect()
    }
}

async fn reply(State(shared): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let line = format!("{method} {uri}");
    let token = headers.get("authorization").map(|it| it.to_str().unwrap().replace("Bearer ", ""));
    let asked = {
        let mut all = shared.asked.lock().unwrap();
        let asked = Asked {
            before: all.iter().filter(|it| it.line == line).count(),
            line,
            token: token.unwrap_or_default(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        all.push(asked.clone());
        asked
    };
    let (status, body) = (shared.answer)(&asked);
    let wait = (status == 429).then_some([("retry-after", "7")]);
    (StatusCode::from_u16(status).unwrap(), wait.map_or_else(HeaderMap::new, header), body).into_response()
}

fn header([(name, value)]: [(&'static str, &'static str); 1]) -> HeaderMap {
    HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
}

/// 2026-11-22 12:00 UTC, the secret `hub-secret` in `A_SECRET`.
pub(crate) fn context() -> SourceContext {
    SourceContext {
        transport: None,
        places: None,
        secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("A_SECRET".into()), "hub-secret")),
        clock: Arc::new(ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap())),
        user_agent: "a-test/1".into(),
        tenant: "demo".into(),
        source: "register".into(),
    }
}

/// A read from its first page to its last.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    pub(crate) records: Vec<roster::Record>,
    pub(crate) removed: Vec<roster::RecordKey>,
    pub(crate) unreadable: Vec<Unreadable>,
    pub(crate) cursor: Option<String>,
    pub(crate) complete: Vec<roster::RecordKind>,
    pub(crate) memory: Option<String>,
}

/// Reads everything that a scope holds, handing on position and memory as the hub does.
pub(crate) async fn whole(source: &dyn Source, scope: Scope, memory: Option<String>) -> Result<Whole, SourceError> {
    let mut whole = Whole { memory, ..Whole::default() };
    let mut request =
        ReadRequest { scope, position: None, started: "2026-11-22T12:00:00Z".parse().unwrap(), memory: None };
    loop {
        request.memory.clone_from(&whole.memory);
        let Page { records, removed, unreadable, next, memory } = source.read(&request).await?;
        whole.records.extend(records);
        whole.removed.extend(removed);
        whole.unreadable.extend(unreadable);
        whole.memory = memory.or(whole.memory);
        match next {
            Next::Page(position) => request.position = Some(position),
            Next::End { cursor, complete } => return Ok(Whole { cursor, complete, ..whole }),
        }
    }
}

/// Changes since a cursor.
pub(crate) fn changes(cursor: &str) -> Scope {
    Scope::Changes { cursor: cursor.to_owned() }
}
