//! Everything together: the servers running on the loopback, and what is said about them.

mod furnish;

use crate::day::SchoolDay;
use crate::doorbell::Ringer;
use crate::expected::{DeliverUsers, Expected, ExpectedOptions};
use crate::listener::Line;
use crate::lock;
use crate::moods::{MoodSwitch, Moods};
use crate::oauth::Credentials;
use crate::receiver::{Feed, ReceiverCounters, ReceiverOptions, ReceiverTenant};
use crate::register::{RegisterCounters, RegisterOptions, RegisterServer};
use crate::serving::{Served, serve};
use crate::skolon::{SkolonCounters, SkolonOptions, SkolonPlatform, SkolonServer};
use crate::time::Time;
use crate::truth::Municipality;
use crate::{receiver, register, skolon};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use jiff::SignedDuration;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use tower::ServiceExt;

/// How large a municipality is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Several schools with everything that real registers have.
    Municipality,
    /// One school with one class, to be played thousands of times.
    Hamlet,
}

/// What world to make.
#[derive(Clone, Debug)]
pub struct WorldOptions {
    /// Tells this world from others: in its addresses and credentials.
    pub name: String,
    /// How large it is.
    pub size: Size,
    /// What time it is.
    pub time: Time,
    /// How wrong the register's clock is.
    pub register_skew: SignedDuration,
    /// How doorbells are rung.
    pub ringer: Ringer,
    /// Decides everything that is drawn by lot.
    pub seed: u64,
    /// Pupils in the municipality, about.
    pub pupils: usize,
    /// The moods all servers start with.
    pub moods: Moods,
    /// The date the truth is made around and judged by; today in Stockholm when left out.
    pub today: Option<Date>,
    /// What the register can do.
    pub register: RegisterOptions,
    /// Skolon's habits.
    pub skolon: SkolonOptions,
    /// The receiving system's tenants.
    pub receivers: Vec<ReceiverOptions>,
    /// Ports of register, Skolon and receiver; 0 takes a free one.
    pub ports: [u16; 3],
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self {
            name: "norrbyholm".to_owned(),
            size: Size::Municipality,
            time: Time::real(),
            register_skew: SignedDuration::ZERO,
            ringer: Ringer::by_wire(),
            seed: 1,
            pupils: 200,
            moods: Moods::calm(),
            today: None,
            register: RegisterOptions::default(),
            skolon: SkolonOptions::default(),
            receivers: vec![
                ReceiverOptions::new("gleerups", Feed::Register),
                ReceiverOptions::new("gleerups-test", Feed::Register),
                ReceiverOptions::new("gleerups-skolon", Feed::Skolon),
            ],
            ports: [0; 3],
        }
    }
}

/// Where the servers are. No address ends in a slash.
#[derive(Clone, Debug)]
pub struct Urls {
    /// The register's data, below which `/persons` and the others are.
    pub register: String,
    /// The register's token endpoint.
    pub register_token: String,
    /// Skolon's API, below which `/v2/partner/user` and the others are.
    pub skolon: String,
    /// Skolon's token endpoint.
    pub skolon_token: String,
    /// Each tenant of the receiver by name.
    pub receivers: BTreeMap<String, String>,
}

/// What has been asked of every server.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// The register.
    pub register: RegisterCounters,
    /// Skolon.
    pub skolon: SkolonCounters,
    /// The receiver's tenants by name.
    pub receivers: BTreeMap<String, ReceiverCounters>,
}

/// The systems out there, in the order of their ports.
const SYSTEMS: [&str; 3] = ["register", "skolon", "portal"];

/// The simulated outside. The servers stop when it is dropped.
pub struct World {
    options: WorldOptions,
    register: RegisterServer,
    skolon: SkolonServer,
    receivers: BTreeMap<String, ReceiverTenant>,
    routers: [Router; 3],
    served: Option<[Served; 3]>,
    days: Mutex<u64>,
}

impl World {
    /// Makes the truth and starts all servers on 127.0.0.1.
    ///
    /// # Errors
    /// When a port cannot be listened on.
    pub async fn start(options: WorldOptions) -> io::Result<Self> {
        let mut world = Self::in_process(options);
        let [register, skolon, portal] = world.routers.clone();
        let ports = world.options.ports;
        world.served =
            Some([serve(register, ports[0]).await?, serve(skolon, ports[1]).await?, serve(portal, ports[2]).await?]);
        Ok(world)
    }

    /// Makes the truth; the servers are reached by [`answer`](Self::answer) only, and listen nowhere.
    pub fn in_process(options: WorldOptions) -> Self {
        let today = options.today.unwrap_or_else(|| options.time.today());
        let mut truth = match options.size {
            Size::Municipality => Municipality::generate(options.seed, options.pupils, today),
            Size::Hamlet => Municipality::hamlet(options.seed, options.pupils, today),
        };
        truth.time = options.time.wrong_by(options.register_skew);
        let platform = SkolonPlatform::from_municipality(&truth, options.seed ^ 0x5c01);
        let moods = |salt: u64| MoodSwitch::new(options.moods.clone(), options.seed.wrapping_add(salt));
        let credentials = |system: &str| Credentials {
            client_id: format!("skolbro-{system}-{}", options.name),
            client_secret: format!("{system}-secret-of-{}", options.name),
        };
        let ringer = || options.ringer.clone();
        let register =
            RegisterServer::new(truth, options.register.clone(), moods(1), ringer(), credentials("register"));
        let skolon = SkolonServer::new(platform, options.skolon.clone(), moods(2), ringer(), credentials("skolon"));
        let tenants = options.receivers.iter().zip(3..);
        let receivers: BTreeMap<String, ReceiverTenant> = tenants
            .map(|(tenant, salt)| {
                (tenant.name.clone(), ReceiverTenant::new(tenant.clone(), moods(salt), options.time.clone()))
            })
            .collect();
        let portal = receivers.values().fold(Router::new(), |router, tenant| {
            router.nest(&format!("/{}", tenant.options().name), receiver::router(tenant.clone()))
        });
        let routers = [register::router(register.clone()), skolon::router(skolon.clone()), portal];
        let world = Self { options, register, skolon, receivers, routers, served: None, days: Mutex::default() };
        world.furnish();
        world
    }

    /// Answers a request to one of the addresses in [`urls`](Self::urls) in process. `None`: no such host, or the line
    /// was cut before an answer arrived.
    pub async fn answer(&self, mut request: Request) -> Option<Response> {
        let host = request.uri().host()?;
        let system = SYSTEMS.iter().position(|system| host == self.host(system))?;
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let Ok(answer) = self.routers[system].clone().oneshot(request).await;
        (!line.is_cut()).then_some(answer)
    }

    fn host(&self, system: &str) -> String {
        format!("{system}.{}.example", self.options.name)
    }

    /// Judges validity by the date it is now, from now on.
    pub fn turn_day(&self) {
        self.register.alter_truth(|truth| truth.today = self.options.time.today());
    }

    /// What tells this world from others.
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// Where the servers are.
    pub fn urls(&self) -> Urls {
        let [register, skolon, receiver] = match &self.served {
            Some(served) => served.each_ref().map(Served::url),
            None => SYSTEMS.map(|system| format!("https://{}", self.host(system))),
        };
        let tenant = |name: &String| (name.clone(), format!("{receiver}/{name}"));
        Urls {
            register: self.register.data_at(&register),
            register_token: self.register.tokens_at(&register),
            skolon_token: format!("{skolon}/oauth/access_token"),
            skolon,
            receivers: self.receivers.keys().map(tenant).collect(),
        }
    }

    /// The register: its truth, credentials, moods, capabilities.
    pub fn register(&self) -> &RegisterServer {
        &self.register
    }

    /// Skolon: its truth, credentials, moods, webhooks.
    pub fn skolon(&self) -> &SkolonServer {
        &self.skolon
    }

    /// A tenant of the receiver by name: its API key, state, moods, portal.
    pub fn receiver(&self, name: &str) -> Option<&ReceiverTenant> {
        self.receivers.get(name)
    }

    /// All tenants.
    pub fn receivers(&self) -> impl Iterator<Item = &ReceiverTenant> {
        self.receivers.values()
    }

    /// Every server behaves like this from the next request on.
    pub fn set_moods(&self, moods: &Moods) {
        self.register.moods().set(moods.clone());
        self.skolon.moods().set(moods.clone());
        for tenant in self.receivers.values() {
            tenant.moods().set(moods.clone());
        }
    }

    /// Plays the next school day: changes one at a time, each with its doorbell.
    pub async fn play_school_day(&self) -> SchoolDay {
        let day = self.plan_school_day();
        for change in &day.register {
            self.register.apply(std::slice::from_ref(change)).await;
        }
        for change in &day.skolon {
            self.skolon.apply(std::slice::from_ref(change)).await;
        }
        self.register.release_doorbells().await;
        self.skolon.release_doorbells().await;
        day
    }

    fn plan_school_day(&self) -> SchoolDay {
        let number = {
            let mut days = lock(&self.days);
            *days += 1;
            *days
        };
        let seed = self.options.seed.wrapping_mul(1000).wrapping_add(number);
        self.register.with_truth(|truth| self.skolon.with_platform(|platform| SchoolDay::plan(seed, truth, platform)))
    }

    /// What has been asked of every server.
    pub fn counters(&self) -> Counters {
        let each = self.receivers.iter();
        Counters {
            register: self.register.counters(),
            skolon: self.skolon.counters(),
            receivers: each.map(|(name, tenant)| (name.clone(), tenant.counters())).collect(),
        }
    }

    /// Every breach of the register's or a receiver's contract, with the system's name first.
    pub fn contract_violations(&self) -> Vec<String> {
        let named = |name: &str, found: Vec<String>| -> Vec<String> {
            found.into_iter().map(|why| format!("{name}: {why}")).collect()
        };
        let mut all = named("register", self.register.contract_violations());
        for (name, tenant) in &self.receivers {
            all.extend(named(name, tenant.contract_violations()));
        }
        all
    }

    /// What this outside itself does wrong, by the register's contract; nobody else is to blame for it.
    pub fn mistakes(&self) -> Vec<String> {
        self.register.mistakes()
    }

    /// The agreement a tenant is judged by when nothing else is said: with Skolon only users with
    /// a licence, otherwise everybody.
    pub fn agreement(&self, tenant: &ReceiverTenant) -> ExpectedOptions {
        ExpectedOptions {
            users: match tenant.options().feed {
                Feed::Register => DeliverUsers::All,
                Feed::Skolon => DeliverUsers::LicensedOnly,
            },
            today: self.register.with_truth(|truth| truth.today),
            ..ExpectedOptions::default()
        }
    }

    /// What a tenant should hold now; `None` when there is no such tenant.
    pub fn expected(&self, tenant: &str) -> Option<Expected> {
        let tenant = self.receivers.get(tenant)?;
        Some(self.expected_with(tenant, &self.agreement(tenant)))
    }

    /// What a tenant should hold now by another agreement.
    pub fn expected_with(&self, tenant: &ReceiverTenant, agreement: &ExpectedOptions) -> Expected {
        match tenant.options().feed {
            Feed::Register => self.register.with_truth(|truth| Expected::from_register(truth, agreement)),
            Feed::Skolon => self.skolon.with_platform(|platform| Expected::from_skolon(platform, agreement)),
        }
    }

    /// How a tenant differs from what it should hold; empty means equal.
    pub fn differences(&self, tenant: &str) -> Vec<String> {
        match (self.receivers.get(tenant), self.expected(tenant)) {
            (Some(tenant), Some(expected)) => expected.differences(&tenant.state()),
            _ => vec![format!("there is no tenant {tenant}")],
        }
    }
}
