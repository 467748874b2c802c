//! A provider of OneRoster 1.1 or 1.2 over HTTP and as CSV files, serving the municipality's truth.
//!
//! OneRoster knows less than the truth: who is protected is not among it, mentors and teachers alike are teachers of a
//! class, a group lasts as long as its term, and in 1.1 a role has no dates, so that only those of today are served.

mod csv;
mod ledger;
mod query;
mod render;
mod routes;
mod tokens;

pub use ledger::List;

use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::oauth::Credentials;
use crate::time::Time;
use crate::truth::{Change, Municipality};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use jiff::Timestamp;
use ledger::Ledger;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokens::Tokens;
use tower::ServiceExt;

/// An edition of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// 1.1.
    First,
    /// 1.2.
    Second,
}

impl Edition {
    /// As it is written.
    pub fn number(self) -> &'static str {
        match self {
            Edition::First => "1.1",
            Edition::Second => "1.2",
        }
    }

    /// The path of its rostering service.
    pub fn path(self) -> &'static str {
        match self {
            Edition::First => "/ims/oneroster/v1p1",
            Edition::Second => "/ims/oneroster/rostering/v1p2",
        }
    }

    /// A scope of its rostering service, such as `roster-core.readonly`.
    pub fn scope(self, name: &str) -> String {
        let edition = match self {
            Edition::First => "v1p1",
            Edition::Second => "v1p2",
        };
        format!("https://purl.imsglobal.org/spec/or/{edition}/scope/{name}")
    }
}

/// What this provider can and cannot do.
#[derive(Clone, Debug)]
pub struct OneRosterOptions {
    /// Which edition it speaks.
    pub edition: Edition,
    /// Decides everything that is drawn by lot.
    pub seed: u64,
    /// What time it is there.
    pub time: Time,
    /// The most objects of a page.
    pub largest_page: usize,
    /// Whether `filter` is understood; otherwise 400.
    pub filters: bool,
    /// Whether `sort` is understood; otherwise 400.
    pub sorts: bool,
    /// Whether enrollments can be asked for below school and class; otherwise 404.
    pub members_in_school: bool,
    /// Whether `X-Total-Count` and `Link` are sent.
    pub counts: bool,
    /// Whether `offset` is ignored, so that no list has an end.
    pub endless: bool,
    /// Whether what is gone is served as `tobedeleted`; otherwise it is simply not there.
    pub tells_deletions: bool,
    /// How long a token is valid.
    pub token_lifetime: Duration,
}

impl OneRosterOptions {
    /// A provider that does all that the standard says.
    pub fn new(edition: Edition, time: Time) -> Self {
        Self {
            edition,
            seed: 1,
            time,
            largest_page: 1000,
            filters: true,
            sorts: true,
            members_in_school: true,
            counts: true,
            endless: false,
            tells_deletions: true,
            token_lifetime: Duration::from_secs(3600),
        }
    }
}

/// A handle on the provider.
#[derive(Clone)]
pub struct OneRosterServer {
    truth: Arc<Mutex<Municipality>>,
    ledger: Arc<Mutex<Ledger>>,
    options: Arc<Mutex<OneRosterOptions>>,
    moods: MoodSwitch,
    tokens: Tokens,
    counters: Arc<Mutex<BTreeMap<String, u64>>>,
    violations: Arc<Mutex<Vec<String>>>,
}

impl OneRosterServer {
    /// A provider of a municipality, reached by [`answer`](Self::answer) only.
    pub fn in_process(mut truth: Municipality, options: OneRosterOptions) -> Self {
        truth.time = options.time.clone();
        let credentials = Credentials {
            client_id: "skolbro-oneroster".to_owned(),
            client_secret: "oneroster-secret-of-norrbyholm".to_owned(),
        };
        let ledger = Ledger::begin(&truth, options.edition);
        Self {
            truth: Arc::new(Mutex::new(truth)),
            ledger: Arc::new(Mutex::new(ledger)),
            tokens: Tokens::new(credentials, options.token_lifetime),
            moods: MoodSwitch::new(Moods::calm(), options.seed),
            options: Arc::new(Mutex::new(options)),
            counters: Arc::default(),
            violations: Arc::default(),
        }
    }

    /// Answers a request to any host. `None`: the line was cut before an answer arrived.
    pub async fn answer(&self, mut request: Request) -> Option<Response> {
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let router: Router = routes::router(self.clone());
        let Ok(answer) = router.oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    /// The client id and secret it knows.
    pub fn credentials(&self) -> &Credentials {
        self.tokens.credentials()
    }

    /// The edition it speaks.
    pub fn edition(&self) -> Edition {
        self.options().edition
    }

    /// Whether what is gone is served as `tobedeleted`.
    pub fn tells_deletions(&self) -> bool {
        self.options().tells_deletions
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// Looks at the truth.
    pub fn with_truth<T>(&self, look: impl FnOnce(&Municipality) -> T) -> T {
        look(&lock(&self.truth))
    }

    /// Alters the truth; whatever is served otherwise afterwards bears the time of now.
    pub fn alter_truth<T>(&self, alter: impl FnOnce(&mut Municipality) -> T) -> T {
        let (options, mut truth) = (self.options(), lock(&self.truth));
        let altered = alter(&mut truth);
        lock(&self.ledger).follow(&truth, options.edition, options.tells_deletions);
        altered
    }

    /// Makes changes happen.
    pub fn apply(&self, changes: &[Change]) {
        self.alter_truth(|truth| changes.iter().for_each(|change| drop(truth.apply(change))));
    }

    /// Switches what it can do, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut OneRosterOptions)) {
        alter(&mut lock(&self.options));
    }

    /// All tokens stop working at once.
    pub fn revoke_tokens(&self) {
        self.tokens.revoke_all();
    }

    /// Requests by the list asked for, and `token`.
    pub fn counters(&self) -> BTreeMap<String, u64> {
        lock(&self.counters).clone()
    }

    /// Every breach of the standard by those who asked.
    pub fn contract_violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    /// The files of everything, as a zip.
    ///
    /// # Errors
    /// When the zip cannot be written.
    pub fn bulk_files(&self) -> std::io::Result<Vec<u8>> {
        csv::write(&lock(&self.ledger), self.options().edition, None)
    }

    /// The files of what changed after an instant, as a zip.
    ///
    /// # Errors
    /// When the zip cannot be written.
    pub fn delta_files(&self, since: Timestamp) -> std::io::Result<Vec<u8>> {
        csv::write(&lock(&self.ledger), self.options().edition, Some(since))
    }

    fn options(&self) -> OneRosterOptions {
        lock(&self.options).clone()
    }

    fn violation(&self, why: String) {
        lock(&self.violations).push(why);
    }
}
