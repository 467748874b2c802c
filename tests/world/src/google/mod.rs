//! Google Workspace as a receiving system: the Directory API (`directory_v1`), the Classroom API (`v1`) and the token
//! endpoint for service accounts.
//!
//! The three hosts are one server. In process they have their own names; where it listens, the first segment of the
//! path is the host's name. It says what the official discovery documents say, and, where these are silent, what is
//! written in the contracts of targets (chapter 2). What a well-behaved client does not do is noted.
//!
//! Left out: guests, photos, custom schemas' own rules, push channels, derived membership, licences, course work,
//! guardians, grading periods.

mod admission;
mod answer;
mod batch;
mod by_hand;
mod call;
mod classroom;
mod contract;
mod course;
mod directory;
mod endpoints;
mod faults;
mod fields;
mod jwt;
mod limits;
mod login;
mod multipart;
mod options;
mod pages;
mod plant;
mod provenance;
mod quota;
mod retries;
mod rooms;
mod routes;
mod select;
mod service;
mod service_account;
mod state;
mod store;
mod tokens;

pub use contract::GoogleContract;
pub use course::{CourseAlias, GoogleCourse, GoogleInvitation, Participant};
pub use faults::GoogleFault;
pub use limits::{DirectoryQuotaRefusal, GoogleLags, GoogleQuotas};
pub use options::{ClassroomService, Delegation, ExistingMember, GoogleOptions};
pub use provenance::Provenance;
pub use service_account::ServiceAccount;
pub use state::{GoogleCounters, GoogleGroup, GoogleMember, GoogleOrgUnit, GoogleState, GoogleUser};

use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::serving::{Served, serve};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use jiff::SignedDuration;
use std::io;
use std::sync::{Arc, Mutex};
use store::Store;
use tower::ServiceExt;

/// A handle on the domain.
#[derive(Clone)]
pub struct GoogleServer {
    options: Arc<Mutex<GoogleOptions>>,
    store: Arc<Mutex<Store>>,
    moods: MoodSwitch,
    /// Scheme and host where it listens.
    origin: Arc<Mutex<Option<String>>>,
    served: Option<Arc<Served>>,
}

impl GoogleServer {
    /// The host of the token endpoint.
    pub const LOGIN: &str = "oauth2.googleapis.com";
    /// The host of the Directory API.
    pub const DIRECTORY: &str = "admin.googleapis.com";
    /// The host of the Classroom API.
    pub const CLASSROOM: &str = "classroom.googleapis.com";

    /// A domain with its administrators and organizational units, reached by [`answer`](Self::answer) only.
    pub fn in_process(options: GoogleOptions) -> Self {
        let server = Self {
            moods: MoodSwitch::new(Moods::calm(), options.seed),
            options: Arc::new(Mutex::new(options)),
            store: Arc::default(),
            origin: Arc::default(),
            served: None,
        };
        server.furnish();
        server
    }

    /// The same, on 127.0.0.1; port 0 takes a free one. It stops with its last handle.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(options: GoogleOptions, port: u16) -> io::Result<Self> {
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
        let host = request.uri().host()?.to_owned();
        if ![Self::LOGIN, Self::DIRECTORY, Self::CLASSROOM].contains(&host.as_str()) {
            return None;
        }
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let Ok(answer) = self.router().oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    /// The token endpoint, which an assertion must name as its `aud`.
    pub fn token_url(&self) -> String {
        format!("{}/token", self.root(Self::LOGIN))
    }

    /// The root of the Directory API, below which its paths are: `/admin/directory/v1/users`, `/batch`.
    pub fn directory_url(&self) -> String {
        self.root(Self::DIRECTORY)
    }

    /// The root of the Classroom API, below which its paths are: `/v1/courses`, `/batch`.
    pub fn classroom_url(&self) -> String {
        self.root(Self::CLASSROOM)
    }

    fn root(&self, host: &str) -> String {
        lock(&self.origin).as_ref().map_or_else(|| format!("https://{host}"), |origin| format!("{origin}/{host}"))
    }

    /// The key file of the first service account that the domain knows, for this token endpoint.
    pub fn service_account_json(&self) -> String {
        let account = self.options().delegations.into_iter().next().map(|it| it.account);
        account.unwrap_or_else(ServiceAccount::invented).json(&self.token_url())
    }

    /// The address of the first administrator.
    pub fn admin(&self) -> String {
        self.options().admins.into_iter().next().unwrap_or_default()
    }

    /// What the domain is like now.
    pub fn options(&self) -> GoogleOptions {
        lock(&self.options).clone()
    }

    /// Changes what the domain is like, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut GoogleOptions)) {
        alter(&mut lock(&self.options));
    }

    /// Lets time pass: from now on it is so much later here than its clock says.
    pub fn pass(&self, time: SignedDuration) {
        self.set_options(|options| options.time = options.time.wrong_by(time));
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// A copy of all it holds, as of now.
    pub fn state(&self) -> GoogleState {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        store.settle(now);
        store.state.clone()
    }

    /// What has been asked so far.
    pub fn counters(&self) -> GoogleCounters {
        lock(&self.store).counters.clone()
    }

    /// Everything so far that a well-behaved client does not do, each once, in words, without personal data. What was
    /// done to something that somebody made by hand begins with `touched foreign`.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.store).violations.clone()
    }
}
