//! A register that speaks IMS Enterprise 1.1 as Edlevo's Organization API v12 does.
//!
//! Known from the vendor's published technical specification and schema. Assumptions where nothing is public: services
//! are right below the base address, the licence key comes in [`KEY_HEADER`], instants are Swedish time without a zone.
//!
//! A complete export shows what is valid on the day. Changes are noted when they are applied: a list of changes holds
//! the members that were touched and not the others, whoever is deleted stays a member, and whoever leaves by mere
//! passing of time is not told of.

mod journal;
mod model;
mod routes;
mod xml;

use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::time::Time;
use crate::truth::{Change, Municipality};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use journal::Journal;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;
use uuid::Uuid;

pub use model::SCHOOL_TYPES;

/// The header of the licence key. The vendor's is not public.
pub const KEY_HEADER: &str = "X-License-Key";

/// How documents are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// ISO-8859-1, as older installations do.
    Latin1,
}

/// The register's habits.
#[derive(Clone, Debug, Default)]
pub struct ImsEnterpriseOptions {
    /// How documents are written.
    pub encoding: Encoding,
    /// Elements have a prefix (`<ims:person>`).
    pub prefixed: bool,
}

/// A handle on the register. It listens nowhere: see [`answer`](Self::answer).
#[derive(Clone)]
pub struct ImsEnterpriseServer {
    truth: Arc<Mutex<Municipality>>,
    journal: Arc<Mutex<Journal>>,
    options: Arc<Mutex<ImsEnterpriseOptions>>,
    requests: Arc<Mutex<BTreeMap<String, u64>>>,
    violations: Arc<Mutex<Vec<String>>>,
    moods: MoodSwitch,
    time: Time,
}

impl ImsEnterpriseServer {
    /// The host.
    pub const HOST: &str = "edlevo.norrbyholm.example";

    /// The register of a municipality.
    pub fn new(mut truth: Municipality, options: ImsEnterpriseOptions, moods: Moods, time: Time, seed: u64) -> Self {
        truth.time = time.clone();
        Self {
            truth: Arc::new(Mutex::new(truth)),
            journal: Arc::default(),
            options: Arc::new(Mutex::new(options)),
            requests: Arc::default(),
            violations: Arc::default(),
            moods: MoodSwitch::new(moods, seed),
            time,
        }
    }

    /// The address below which the services are.
    pub fn base_url() -> String {
        format!("https://{}/organization/v12", Self::HOST)
    }

    /// The licence key that it knows.
    pub fn licence_key() -> &'static str {
        "licence-key-of-norrbyholm"
    }

    /// Answers a request. `None`: another host, or the line was cut before an answer arrived.
    pub async fn answer(&self, mut request: Request) -> Option<Response> {
        if request.uri().host() != Some(Self::HOST) {
            return None;
        }
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let Ok(answer) = routes::router(self.clone()).oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// Switches its habits, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut ImsEnterpriseOptions)) {
        alter(&mut lock(&self.options));
    }

    /// Looks at the truth.
    pub fn with_truth<T>(&self, look: impl FnOnce(&Municipality) -> T) -> T {
        look(&lock(&self.truth))
    }

    /// Alters the truth directly. No list of changes tells it: for what a register forgets.
    pub fn alter_truth<T>(&self, alter: impl FnOnce(&mut Municipality) -> T) -> T {
        alter(&mut lock(&self.truth))
    }

    /// Makes changes happen now, to be told in lists of changes.
    pub fn apply(&self, changes: &[Change]) {
        self.alter_and_tell(|truth| changes.iter().for_each(|change| drop(truth.apply(change))));
    }

    /// Alters the truth now, to be told in lists of changes.
    pub fn alter_and_tell<T>(&self, alter: impl FnOnce(&mut Municipality) -> T) -> T {
        let mut truth = lock(&self.truth);
        let before = model::all(&truth);
        let altered = alter(&mut truth);
        lock(&self.journal).note(self.time.now(), &before, &model::all(&truth), &truth);
        altered
    }

    /// Who and what complete exports show today, guardians and contact groups left out: persons, then groups.
    pub fn shown(&self) -> [Vec<Uuid>; 2] {
        self.with_truth(|truth| {
            let models = model::all(truth);
            let mut persons: Vec<Uuid> = models.values().flat_map(|it| it.concerned()).collect();
            let mut groups: Vec<Uuid> = models.values().flat_map(|it| it.taught()).collect();
            for all in [&mut persons, &mut groups] {
                all.sort_unstable();
                all.dedup();
            }
            [persons, groups]
        })
    }

    /// How often each service has been asked.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        lock(&self.requests).clone()
    }

    /// Every breach of the contract by those who asked.
    pub fn contract_violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    fn options(&self) -> ImsEnterpriseOptions {
        lock(&self.options).clone()
    }
}
