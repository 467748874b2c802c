//! A portal that answers as told and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use outbound::{FixedSecrets, SecretRef, Url};
use roster::ManualClock;
use serde_json::Value;

use crate::Target;
use crate::registry::{TargetContext, build};

pub(super) const KEY: &str = "nyckel-1234";

/// Status, `Retry-After` (empty: none), body.
pub(super) type Told = (u16, &'static str, &'static str);

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) key: String,
    pub(super) media_type: String,
    pub(super) body: Value,
}

#[derive(Clone)]
pub(super) struct Portal {
    told: Arc<Mutex<VecDeque<Told>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    base: String,
}

impl Portal {
    /// Answers in this order; after the last with 500.
    pub(super) async fn answering(told: &[Told]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let portal = Self {
            told: Arc::new(Mutex::new(told.iter().copied().collect())),
            asked: Arc::default(),
            base: format!("http://{}/scim/", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(answer).with_state(portal.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        portal
    }

    /// The target with the usual settings and some more.
    pub(super) fn target(&self, more: &str) -> Arc<dyn Target> {
        target(&self.base, more, false)
    }

    /// The target on a dry run.
    pub(super) fn dry(&self) -> Arc<dyn Target> {
        target(&self.base, "", true)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Method and path of each request.
    pub(super) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|it| it.line).collect()
    }
}

/// The target at an address where nobody listens.
pub(super) async fn nobody() -> Arc<dyn Target> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    target(&format!("http://{}/", listener.local_addr().unwrap()), "", false)
}

pub(super) fn target(base: &str, more: &str, dry_run: bool) -> Arc<dyn Target> {
    let url: Url = base.parse().unwrap();
    let settings = format!("base_url = \"{url}\"\napi_key = {{ env = \"PORTAL_KEY\" }}\n{more}");
    let context = TargetContext {
        transport: None,
        secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("PORTAL_KEY".into()), KEY)),
        clock: Arc::new(ManualClock::at("2026-08-17T08:00:00Z".parse().unwrap())),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run,
    };
    build("gleerups", &settings.parse().unwrap(), &context).unwrap().target
}

async fn answer(
    State(portal): State<Portal>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, &'static str) {
    let text = |name: &str| headers.get(name).map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
    portal.asked.lock().unwrap().push(Asked {
        line: format!("{method} {uri}"),
        key: text("x-api-key"),
        media_type: text("content-type"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let (status, retry_after, body) = portal.told.lock().unwrap().pop_front().unwrap_or((500, "", "nothing told"));
    let mut headers = HeaderMap::new();
    if !retry_after.is_empty() {
        headers.insert("retry-after", retry_after.parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), headers, body)
}
