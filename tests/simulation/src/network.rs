//! The network: the hub's calls reach the simulated outside without a socket, and are watched on the way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use jiff::{SignedDuration, Timestamp};
use outbound::{CallErrorKind, Carried, Transport};
use roster::Clock;
use sync::messages::Job;
use targets::files::SendPlaces;
use world::World;

use crate::beside::{self, Beside};
use crate::clock::SimulatedClock;
use crate::effects::Effects;
use crate::mutation::Mutation;
use crate::pages::{LeftOut, Pages};
use crate::trace::note;

/// How long a target may not know what it has just made, in milliseconds.
const NOT_FOUND_FOR: u64 = 30_000;

/// A call that changed something at a receiver, as the receiver saw it.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) at: Timestamp,
    pub(crate) tenant: usize,
    pub(crate) method: String,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) body: serde_json::Value,
    pub(crate) status: u16,
}

/// The network of a run. Clones share it.
#[derive(Clone)]
pub(crate) struct Network {
    worlds: Arc<Vec<World>>,
    beside: Beside,
    clock: SimulatedClock,
    effects: Effects,
    seen: Arc<Mutex<Seen>>,
    pages: Pages,
    mutation: Option<Mutation>,
}

#[derive(Default)]
struct Seen {
    writes: Vec<Write>,
    strangers: Vec<String>,
    /// Until when what a target has made is not found there.
    unknown_until: BTreeMap<String, Timestamp>,
}

impl Network {
    pub(crate) fn new(
        worlds: Arc<Vec<World>>,
        beside: Beside,
        clock: SimulatedClock,
        effects: Effects,
        mutation: Option<Mutation>,
    ) -> Self {
        let pages = Pages::new(clock, effects.clone());
        Self { worlds, beside, clock, effects, seen: Arc::default(), pages, mutation }
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Every call that changed something, in order.
    pub(crate) fn writes(&self) -> Vec<Write> {
        self.seen(|it| it.writes.clone())
    }

    /// How many calls changed something.
    pub(crate) fn write_count(&self) -> usize {
        self.seen(|it| it.writes.len())
    }

    /// Everything that sources left out of their pages.
    pub(crate) fn left_out(&self) -> Vec<LeftOut> {
        self.pages.left_out()
    }

    /// Calls that came with a credential of another world.
    pub(crate) fn strangers(&self) -> Vec<String> {
        self.seen(|it| it.strangers.clone())
    }

    /// Where files are put for targets.
    pub(crate) fn places(&self) -> Arc<dyn SendPlaces> {
        self.beside.places()
    }

    fn world_of(&self, host: &str) -> Option<usize> {
        if self.beside.at(host).is_some() {
            return Some(beside::TENANT);
        }
        self.worlds.iter().position(|world| host.ends_with(&format!(".{}.example", world.name())))
    }

    /// Whether a credential belongs to another world than the one it is shown to.
    fn is_strange(&self, world: usize, headers: &reqwest::header::HeaderMap) -> bool {
        let shown = ["authorization", "x-api-key"].into_iter().filter_map(|it| headers.get(it)?.to_str().ok());
        let names: Vec<&str> =
            self.worlds.iter().enumerate().filter(|(n, _)| *n != world).map(|(_, it)| it.name()).collect();
        shown.into_iter().any(|credential| names.iter().any(|name| credential.contains(name)))
    }

    /// Whether a target does not find what it has made a moment ago: every time, until it has spread.
    fn hides(&self, method: &str, path: &str) -> bool {
        let until = self.seen(|it| it.unknown_until.get(path).copied());
        method == "PUT" && until.is_some_and(|until| self.clock.now() < until)
    }

    /// How long a target that takes so many calls a second lets a worker wait that waits where it stands.
    fn turn(&self, world: usize) -> Duration {
        let limits = self.worlds[world].receivers().filter_map(|it| it.moods().get().rate_limit);
        limits.map(|limit| Duration::from_secs_f64(1.0 / limit.per_second)).max().unwrap_or_default()
    }

    /// What a hub that is broken on purpose does instead of, or besides, sending a request.
    async fn break_something(&self, world: usize, method: &str, path: &str, sent: &[u8]) -> Option<Carried> {
        let about_a_user = path.contains("/Users");
        match self.mutation? {
            Mutation::ForgetfulTarget if about_a_user && method == "PUT" => {
                Some(Carried { status: 200, headers: Default::default(), body: b"{}".to_vec() })
            }
            Mutation::TouchedForeign => {
                let receiver = self.worlds[world].receivers().next()?;
                let state = receiver.state();
                let foreign = state.originals.keys().find(|(kind, _)| kind.path() == "Users")?;
                let url = format!("https://portal.{}.example/gleerups/Users/{}", self.worlds[world].name(), foreign.1);
                let request = axum::http::Request::delete(url).header("x-api-key", &receiver.options().api_key);
                self.worlds[world].answer(request.body(Body::empty()).ok()?).await;
                None
            }
            Mutation::TalkativeLog if about_a_user => {
                let body: serde_json::Value = serde_json::from_slice(sent).ok()?;
                tracing::info!(target: "sync", address = body["emails"][0]["value"].as_str(), "A user is sent.");
                None
            }
            _ => None,
        }
    }

    /// What a worker that is broken on purpose does for every message: sends once more what was sent last.
    pub(crate) async fn say_again(&self, job: &Job) {
        let Some(tenant) = self.worlds.iter().position(|it| it.name() == job.tenant) else { return };
        let subject = job.subject.id.to_string();
        let about = |it: &&Write| it.tenant == tenant && (it.id == subject || it.body["externalId"] == *subject);
        let last = self.seen(|it| it.writes.iter().rfind(about).cloned());
        let Some(last) = last.filter(|it| matches!(it.status, 200 | 201)) else { return };
        let (world, path) = (&self.worlds[tenant], format!("/{}/{}/{}", job.target, last.kind, last.id));
        let Some(receiver) = world.receiver(&job.target) else { return };
        let request = axum::http::Request::put(format!("https://portal.{}.example{path}", world.name()))
            .header("x-api-key", &receiver.options().api_key)
            .header("content-type", "application/scim+json");
        let sent = last.body.to_string().into_bytes();
        let Ok(request) = request.body(Body::from(sent.clone())) else { return };
        let status = world.answer(request).await.map_or(0, |it| it.status().as_u16());
        self.watch(tenant, "PUT", &path, &sent, &Carried { status, headers: Default::default(), body: Vec::new() });
    }

    fn watch(&self, world: usize, method: &str, path: &str, sent: &[u8], answer: &Carried) {
        let mut parts = path.trim_start_matches('/').split('/');
        let (receiver, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let body: serde_json::Value = serde_json::from_slice(sent).unwrap_or_default();
        let named = parts.next().or_else(|| body["externalId"].as_str()).unwrap_or_default().to_owned();
        let at = self.clock.now();
        let write = Write {
            at,
            tenant: world,
            method: method.to_owned(),
            kind: kind.to_owned(),
            id: named.clone(),
            body,
            status: answer.status,
        };
        if method == "POST" && answer.status == 201 && self.effects.strikes(|it| it.not_found_after_create) {
            let lag = SignedDuration::from_millis(i64::try_from(self.effects.dice.below(NOT_FOUND_FOR)).unwrap_or(0));
            let until = at.checked_add(lag).unwrap_or(at);
            self.seen(|it| it.unknown_until.insert(format!("/{receiver}/{kind}/{named}"), until));
        }
        self.seen(|it| it.writes.push(write));
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Network")
    }
}

#[async_trait]
impl Transport for Network {
    async fn carry(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind> {
        let (method, url) = (request.method().to_string(), request.url().clone());
        let host = url.host_str().unwrap_or_default().to_owned();
        let world = self.world_of(&host).ok_or(CallErrorKind::Connect)?;
        if self.is_strange(world, request.headers()) {
            self.seen(|it| it.strangers.push(format!("{method} {host}{}", url.path())));
        }
        let what = format!("{method} {host}{}", url.path());
        self.effects.before(&what, 20, 200).await;
        let sent = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default().to_vec();
        let at_receiver = host.starts_with("portal.") && method != "GET";
        if at_receiver && self.mutation == Some(Mutation::WaitingWorker) {
            tokio::time::sleep(self.turn(world)).await;
        }
        if at_receiver && self.hides(&method, url.path()) {
            note!(self.effects.trace, "{what}: not found yet");
            return Ok(Carried { status: 404, headers: Default::default(), body: Vec::new() });
        }
        if at_receiver && let Some(answer) = self.break_something(world, &method, url.path(), &sent).await {
            return Ok(answer);
        }
        if let Some(page) = self.pages.given_again(&url) {
            return Ok(page);
        }
        let mut carried = axum::http::Request::builder().method(&*method).uri(url.as_str());
        if let Some(headers) = carried.headers_mut() {
            headers.extend(request.headers().clone());
        }
        let carried = carried.body(Body::from(sent.clone())).map_err(|_| CallErrorKind::Other)?;
        let answer = match self.beside.at(&host) {
            Some(systems) => systems.answer(carried).await,
            None => self.worlds[world].answer(carried).await,
        };
        let Some(answer) = answer else {
            note!(self.effects.trace, "{what}: no answer");
            if at_receiver {
                // It may have been carried out: whoever watches must know.
                let lost = Carried { status: 0, headers: Default::default(), body: Vec::new() };
                self.watch(world, &method, url.path(), &sent, &lost);
            }
            self.effects.after(&what).await;
            return Err(CallErrorKind::Reset);
        };
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.map_err(|_| CallErrorKind::Reset)?.to_vec();
        let answer = Carried { status: head.status.as_u16(), headers: head.headers, body };
        note!(self.effects.trace, "{what}: {}", answer.status);
        if at_receiver {
            self.watch(world, &method, url.path(), &sent, &answer);
        }
        let is_page = method == "GET" && !host.starts_with("portal.") && self.beside.at(&host).is_none();
        let answer = if is_page { self.pages.on_the_way(world, &url, answer) } else { answer };
        self.effects.after(&what).await;
        Ok(answer)
    }
}
