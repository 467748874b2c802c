//! The handle.

use super::login::Login;
use super::store::Store;
use super::{MicrosoftCounters, MicrosoftOptions, MicrosoftState, routes};
use crate::graph_education::Metadata;
use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::oauth::Credentials;
use crate::serving::{Served, serve};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use std::io;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// A handle on the service and the login beside it.
#[derive(Clone)]
pub struct MicrosoftServer {
    options: Arc<Mutex<MicrosoftOptions>>,
    pub(super) store: Arc<Mutex<Store>>,
    pub(super) login: Login,
    /// The official names, where they are present.
    pub(super) metadata: Arc<Option<Metadata>>,
    moods: MoodSwitch,
    /// Scheme and host where it listens.
    origin: Arc<Mutex<Option<String>>>,
    served: Option<Arc<Served>>,
}

impl MicrosoftServer {
    /// A service that holds nothing, reached by [`answer`](Self::answer) only.
    pub fn in_process(options: MicrosoftOptions) -> Self {
        Self {
            moods: MoodSwitch::new(Moods::calm(), options.seed),
            login: Login::new(&options),
            options: Arc::new(Mutex::new(options)),
            store: Arc::default(),
            metadata: Arc::new(Metadata::present()),
            origin: Arc::default(),
            served: None,
        }
    }

    /// A service that holds nothing, on 127.0.0.1; port 0 takes a free one. It stops with its last handle.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(options: MicrosoftOptions, port: u16) -> io::Result<Self> {
        let mut server = Self::in_process(options);
        // The router's handle knows nothing of the listener, which would otherwise keep itself alive.
        let served = serve(server.router(), port).await?;
        *lock(&server.origin) = Some(served.url());
        server.served = Some(Arc::new(served));
        Ok(server)
    }

    /// The API and the login.
    pub(crate) fn router(&self) -> Router {
        routes::router(Self { served: None, ..self.clone() })
    }

    /// Answers a request to either host in process. `None`: another host, or the line was cut before an answer arrived.
    pub async fn answer(&self, mut request: Request) -> Option<Response> {
        let options = self.options();
        let host = request.uri().host()?;
        if host != options.graph_host && host != options.login_host {
            return None;
        }
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let Ok(answer) = self.router().oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    /// The API's address, with its version and without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("{}/v1.0", self.origin(|options| &options.graph_host))
    }

    /// The login's address, below which `/{tenant}/oauth2/v2.0/token` is.
    pub fn login_url(&self) -> String {
        self.origin(|options| &options.login_host)
    }

    /// The address of the token endpoint.
    pub fn token_url(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.login_url(), self.options().tenant)
    }

    fn origin(&self, host: impl Fn(&MicrosoftOptions) -> &String) -> String {
        let origin = lock(&self.origin).clone();
        origin.unwrap_or_else(|| format!("https://{}", host(&self.options())))
    }

    /// The client id and secret it knows.
    pub fn credentials(&self) -> &Credentials {
        self.login.credentials()
    }

    /// What it is like now.
    pub fn options(&self) -> MicrosoftOptions {
        lock(&self.options).clone()
    }

    /// Switches what it is like, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut MicrosoftOptions)) {
        alter(&mut lock(&self.options));
    }

    /// Its moods. The login does not share them.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// All access tokens stop working at once.
    pub fn revoke_tokens(&self) {
        self.login.revoke_all();
    }

    /// So many of the next operations on teams – making, archiving, unarchiving – fail.
    pub fn fail_operations(&self, count: u64) {
        lock(&self.store).failing_operations = count;
    }

    /// So many of the next requests within batches are not carried out but answered with this status; 429 comes with
    /// `Retry-After` if the options say so.
    pub fn befall_parts(&self, count: u64, status: u16) {
        lock(&self.store).befallen_parts = (count, status);
    }

    /// A copy of all it holds, as it is by now.
    pub fn state(&self) -> MicrosoftState {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        store.settle(now);
        store.state.clone()
    }

    /// What has been asked so far.
    pub fn counters(&self) -> MicrosoftCounters {
        MicrosoftCounters { tokens: self.login.issued(), ..lock(&self.store).counters.clone() }
    }

    /// Everything so far that a client must not do, each once, in words, without personal data. What was done to
    /// something that somebody made by hand begins with `touched foreign`.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.store).violations.clone()
    }
}
