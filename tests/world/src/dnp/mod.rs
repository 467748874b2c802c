//! Skolverket's Provisioning API v1 for the digital national tests: persons, duties, groups and activities that are taken in
//! bulk jobs, and the server that gives tokens for it.
//!
//! Wire facts: skolverket/dnp-usermanagement at a06cf58. What is not public is as harsh as it may be: a job takes its time,
//! an object is refused for any attribute that is not in the document, and so is one that refers to what is not there –
//! groups apart, which are taken without the pupils that are not known. Who deletes what is not there is told 404.
//!
//! Left out: lists, single objects, and `PUT`.

mod answer;
mod check;
mod differences;
mod expected;
mod jobs;
mod options;
mod routes;
mod state;
mod tokens;

pub use expected::{DnpAgreement, expected};
pub use options::DnpOptions;
pub use state::{DnpCounters, DnpState};

use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::serving::{Served, serve};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use state::Store;
use std::io;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// A handle on the API and on the token server beside it.
#[derive(Clone)]
pub struct DnpServer {
    options: Arc<Mutex<DnpOptions>>,
    store: Arc<Mutex<Store>>,
    moods: MoodSwitch,
    /// Scheme and host where it listens.
    origin: Arc<Mutex<Option<String>>>,
    served: Option<Arc<Served>>,
}

impl DnpServer {
    /// A service that holds nothing, reached by [`answer`](Self::answer) only.
    pub fn in_process(options: DnpOptions) -> Self {
        Self {
            moods: MoodSwitch::new(Moods::calm(), options.seed),
            store: Arc::new(Mutex::new(Store::new(options.seed))),
            options: Arc::new(Mutex::new(options)),
            origin: Arc::default(),
            served: None,
        }
    }

    /// A service that holds nothing, on 127.0.0.1; port 0 takes a free one. It stops with its last handle.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(options: DnpOptions, port: u16) -> io::Result<Self> {
        let mut server = Self::in_process(options);
        // The router's handle knows nothing of the listener, which would otherwise keep itself alive.
        let served = serve(server.router(), port).await?;
        *lock(&server.origin) = Some(served.url());
        server.served = Some(Arc::new(served));
        Ok(server)
    }

    fn router(&self) -> Router {
        routes::router(Self { served: None, ..self.clone() })
    }

    /// Answers a request in process. `None`: another host, or the line was cut before an answer arrived.
    pub async fn answer(&self, mut request: Request) -> Option<Response> {
        if request.uri().host() != Some(self.options().host.as_str()) {
            return None;
        }
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let Ok(answer) = self.router().oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    fn at(&self, path: &str) -> String {
        let host = self.options().host;
        let origin = lock(&self.origin).clone().unwrap_or_else(|| format!("https://{host}"));
        format!("{origin}{path}")
    }

    /// The API's address.
    pub fn base_url(&self) -> String {
        self.at(options::BASE_PATH)
    }

    /// Where tokens are given.
    pub fn token_url(&self) -> String {
        self.at(options::TOKEN_PATH)
    }

    /// How it is now.
    pub fn options(&self) -> DnpOptions {
        lock(&self.options).clone()
    }

    /// Switches how it is, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut DnpOptions)) {
        alter(&mut lock(&self.options));
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// A copy of all it holds.
    pub fn state(&self) -> DnpState {
        lock(&self.store).state.clone()
    }

    /// Forgets an object, as when Skolverket takes a person away by itself.
    pub fn forget(&self, list: &str, id: &str) {
        lock(&self.store).state.list_mut(list).remove(id);
    }

    /// What has been asked so far.
    pub fn counters(&self) -> DnpCounters {
        lock(&self.store).counters.clone()
    }

    /// Every breach of the API's rules so far, each once, in words, without personal data.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.store).violations.clone()
    }

    /// How it differs from what it should hold; empty means equal.
    pub fn differences(&self, expected: &DnpState) -> Vec<String> {
        differences::differences(expected, &self.state())
    }
}
