//! A SCIM 2.0 service provider (RFC 7643 and RFC 7644): users and groups that other systems write.
//!
//! It does what the standard says, and what real providers do instead can be switched on one by one. Where the standard
//! leaves a choice: a `remove` of nothing succeeds, an `add` to a value that is not there makes it, an attribute that
//! nobody knows is left out, `application/json` is understood. Attributes and schemas that it does not know, a missing
//! `Accept`, another `Content-Type` and whatever is done to what somebody made by hand is noted.
//!
//! Left out: sorting, `.search`, `/Me`, groups within groups, `groups` of users, filters beyond equality and `and`.

mod answer;
mod auth;
mod bulk;
mod by_hand;
mod check;
mod discovery;
mod filter;
mod index;
mod options;
mod patch;
mod path;
mod provider;
mod reads;
mod render;
mod routes;
mod schema;
mod state;
mod store;
mod writes;

pub use options::{BulkLimits, MemberRemoval, ScimFilters, ScimOptions, ScimPatch};
pub use schema::ScimKind;
pub use state::{ScimCounters, ScimResource, ScimState};

use answer::{Answer, Refusal};

use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::serving::{Served, serve};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use std::io;
use std::sync::{Arc, Mutex};
use store::Store;
use tower::ServiceExt;

/// A handle on the provider.
#[derive(Clone)]
pub struct ScimServer {
    options: Arc<Mutex<ScimOptions>>,
    store: Arc<Mutex<Store>>,
    moods: MoodSwitch,
    /// Scheme and host where it listens.
    origin: Arc<Mutex<Option<String>>>,
    served: Option<Arc<Served>>,
}

impl ScimServer {
    /// A provider that holds nothing, reached by [`answer`](Self::answer) only.
    pub fn in_process(options: ScimOptions) -> Self {
        Self {
            moods: MoodSwitch::new(Moods::calm(), options.seed),
            options: Arc::new(Mutex::new(options)),
            store: Arc::default(),
            origin: Arc::default(),
            served: None,
        }
    }

    /// A provider that holds nothing, on 127.0.0.1; port 0 takes a free one. It stops with its last handle.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(options: ScimOptions, port: u16) -> io::Result<Self> {
        let mut server = Self::in_process(options);
        // The router's handle knows nothing of the listener, which would otherwise keep itself alive.
        let served = serve(server.router(), port).await?;
        *lock(&server.origin) = Some(served.url());
        server.served = Some(Arc::new(served));
        Ok(server)
    }

    /// The endpoints, to be served beside others or on a listener.
    pub(crate) fn router(&self) -> Router {
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

    /// The address below which the endpoints are.
    pub fn base_url(&self) -> String {
        let options = self.options();
        let origin = lock(&self.origin).clone().unwrap_or_else(|| format!("https://{}", options.host));
        format!("{origin}{}", options.base_path)
    }

    /// What it can do now, among it the token that it knows.
    pub fn options(&self) -> ScimOptions {
        lock(&self.options).clone()
    }

    /// Switches what it can do, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut ScimOptions)) {
        alter(&mut lock(&self.options));
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// A copy of all it holds.
    pub fn state(&self) -> ScimState {
        lock(&self.store).state.clone()
    }

    /// What has been asked so far.
    pub fn counters(&self) -> ScimCounters {
        lock(&self.store).counters.clone()
    }

    /// Every breach of the protocol so far, each once, in words, without personal data. What was done to something
    /// that somebody made by hand begins with `touched foreign`.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.store).violations.clone()
    }
}
