//! Microsoft's directory of a municipality's schools, as School Data Sync leaves it and Graph's education API shows it.
//!
//! Known from the public documentation and metadata of Graph v1.0. Assumptions where nothing is public: a class of
//! which only the membership changed is not told by the delta of classes ([`GraphEducationOptions`] can say otherwise);
//! `$select` is understood by the education deltas as by all others; a school's `externalId` is its school unit code.
//!
//! Only people without protected data are in the directory. A principal without teaching has no role there. Beside
//! the classes there are groups that are none, and a class that somebody made by hand, at no school.

mod batch;
mod contract;
mod delta;
mod directory;
mod list;
mod render;
mod reply;
mod routes;

pub use contract::{Metadata, known_properties};
pub use directory::{Directory, GraphGroup, GraphSchool, GraphUser, Links, object_id};

use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::oauth::{Credentials, TokenOffice};
use crate::truth::{Change, Municipality};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;
use uuid::Uuid;

/// The directory's name in token requests.
pub const TENANT: &str = "norrbyholm.example";

/// Graph's habits.
#[derive(Clone, Debug)]
pub struct GraphEducationOptions {
    /// How long a token is valid; Microsoft's is about an hour.
    pub token_lifetime: Duration,
    /// The most objects per page, whatever is asked for.
    pub largest_page: usize,
    /// The delta of users tells who was deleted (`@removed`); the documentation does not say whether it does.
    pub user_delta_tells_removed: bool,
    /// The delta of classes names a class of which only the membership changed.
    pub class_delta_tells_members: bool,
    /// The right to read the directory's groups (`GroupMember.Read.All`).
    pub may_read_groups: bool,
    /// The right to see hidden memberships (`Member.Read.Hidden`); without it classes look empty.
    pub may_see_members: bool,
}

impl Default for GraphEducationOptions {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_secs(3_599),
            largest_page: 100,
            user_delta_tells_removed: true,
            class_delta_tells_members: false,
            may_read_groups: true,
            may_see_members: true,
        }
    }
}

/// What has been asked of Graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphEducationCounters {
    /// Calls by path, identities left out, such as `education/classes/{id}/members`.
    pub calls: BTreeMap<String, u64>,
    /// Requests within batches, likewise.
    pub in_batches: BTreeMap<String, u64>,
    /// Tokens issued.
    pub tokens: u64,
}

/// A handle on Graph and the login beside it. It listens nowhere: see [`answer`](Self::answer).
#[derive(Clone)]
pub struct GraphEducationServer {
    truth: Arc<Mutex<Municipality>>,
    directory: Arc<Mutex<Directory>>,
    options: Arc<Mutex<GraphEducationOptions>>,
    counters: Arc<Mutex<GraphEducationCounters>>,
    violations: Arc<Mutex<Vec<String>>>,
    /// Requests within batches that are still to be answered 429.
    throttled_parts: Arc<Mutex<u64>>,
    moods: MoodSwitch,
    tokens: TokenOffice,
}

impl GraphEducationServer {
    /// The host of the API.
    pub const GRAPH: &str = "graph.norrbyholm.example";
    /// The host of the login.
    pub const LOGIN: &str = "login.norrbyholm.example";

    /// A directory that SDS has filled from this municipality's register.
    pub fn new(truth: Municipality, options: GraphEducationOptions, moods: Moods, seed: u64) -> Self {
        let credentials = Credentials {
            client_id: "skolbro-graph".to_owned(),
            client_secret: "graph-secret-of-norrbyholm".to_owned(),
        };
        let mut directory = Directory::default();
        directory.follow(&truth, &options);
        Self {
            truth: Arc::new(Mutex::new(truth)),
            directory: Arc::new(Mutex::new(directory)),
            tokens: TokenOffice::new(credentials, options.token_lifetime),
            options: Arc::new(Mutex::new(options)),
            counters: Arc::default(),
            violations: Arc::default(),
            throttled_parts: Arc::default(),
            moods: MoodSwitch::new(moods, seed),
        }
    }

    /// The identity that the directory gives to something of the register.
    pub fn object_of(register: Uuid) -> Uuid {
        directory::object_id(register)
    }

    /// The API's address.
    pub fn base_url() -> String {
        format!("https://{}/v1.0", Self::GRAPH)
    }

    /// The login's address.
    pub fn login_url() -> String {
        format!("https://{}", Self::LOGIN)
    }

    /// Answers a request to either address. `None`: no such host, or the line was cut before an answer arrived.
    pub async fn answer(&self, mut request: Request) -> Option<Response> {
        let host = request.uri().host()?;
        let router: Router = match host {
            Self::GRAPH => routes::graph(self.clone()),
            Self::LOGIN => routes::login(self.clone()),
            _ => return None,
        };
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let Ok(answer) = router.oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    /// The client id and secret it knows.
    pub fn credentials(&self) -> &Credentials {
        self.tokens.credentials()
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// Looks at the municipality behind it.
    pub fn with_truth<T>(&self, look: impl FnOnce(&Municipality) -> T) -> T {
        look(&lock(&self.truth))
    }

    /// Looks at the directory.
    pub fn with_directory<T>(&self, look: impl FnOnce(&Directory) -> T) -> T {
        look(&lock(&self.directory))
    }

    /// Makes changes happen in the register, and SDS carry them over.
    pub fn apply(&self, changes: &[Change]) {
        self.alter_truth(|truth| {
            for change in changes {
                truth.apply(change);
            }
        });
    }

    /// Alters the municipality, and lets SDS carry it over.
    pub fn alter_truth(&self, alter: impl FnOnce(&mut Municipality)) {
        let mut truth = lock(&self.truth);
        alter(&mut truth);
        lock(&self.directory).follow(&truth, &self.options());
    }

    /// A user is deleted, or comes back, by hand, whatever the register says.
    pub fn hide_user(&self, truth: Uuid, hidden: bool) {
        self.alter_directory(|directory| directory.hide(object_id(truth), hidden));
    }

    fn alter_directory(&self, alter: impl FnOnce(&mut Directory)) {
        let truth = lock(&self.truth);
        let mut directory = lock(&self.directory);
        alter(&mut directory);
        directory.follow(&truth, &self.options());
    }

    /// Switches its habits, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut GraphEducationOptions)) {
        alter(&mut lock(&self.options));
    }

    /// All access tokens stop working at once.
    pub fn revoke_tokens(&self) {
        self.tokens.revoke_all();
    }

    /// All delta tokens given so far are too old: seven days have passed.
    pub fn expire_delta_tokens(&self) {
        lock(&self.directory).forget_tokens();
    }

    /// So many requests within batches are answered 429.
    pub fn throttle_parts(&self, count: u64) {
        *lock(&self.throttled_parts) = count;
    }

    /// What has been asked so far.
    pub fn counters(&self) -> GraphEducationCounters {
        GraphEducationCounters { tokens: self.tokens.issued(), ..lock(&self.counters).clone() }
    }

    /// What a client did against the contract, each once.
    pub fn contract_violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    fn blame(&self, what: String) {
        let mut violations = lock(&self.violations);
        if !violations.contains(&what) {
            violations.push(what);
        }
    }

    fn options(&self) -> GraphEducationOptions {
        lock(&self.options).clone()
    }

    fn throttles_part(&self) -> bool {
        let mut left = lock(&self.throttled_parts);
        let throttles = *left > 0;
        *left = left.saturating_sub(1);
        throttles
    }
}
