//! A receiver of events by Standard Webhooks 1.0.0: it believes what is signed with its key and of now, takes each event
//! once however often it comes, and makes of them what it knows.
//!
//! Not signed, too old, an identity with a full stop, a type of other signs, a body of more than 20 kB, an event of what it
//! never heard of: each is noted as a breach.

mod rooms;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::Time;
use crate::lock;
use crate::moods::{MoodSwitch, Moods, suffer};
use crate::serving::{Served, serve};

/// The largest body that is still an event (the specification: below 20 kB).
const LARGEST: usize = 20_000;

/// How far sender and receiver may be apart, in seconds.
const TOLERANCE: i64 = 300;

/// What it made of the events so far.
#[derive(Debug, Clone, Default)]
pub struct EventsTaken {
    /// What is there, by kind (`user`) and identity; `null` where an event told no more than the identity.
    pub known: BTreeMap<(String, String), Value>,
    /// The types of the events that were taken, in order.
    pub types: Vec<String>,
    /// How many events came that had been taken before.
    pub repeated: usize,
    /// Breaches of the specification, each once.
    pub violations: BTreeSet<String>,
    taken: BTreeSet<String>,
}

/// A handle on the receiver.
#[derive(Clone)]
pub struct EventReceiver {
    host: String,
    key: Arc<Vec<u8>>,
    time: Time,
    taken: Arc<Mutex<EventsTaken>>,
    moods: MoodSwitch,
    served: Option<Arc<Served>>,
}

impl EventReceiver {
    /// A receiver that knows nothing yet, with the key `whsec_{base64}`.
    pub fn in_process(host: &str, secret: &str, time: Time) -> Self {
        let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap_or_default();
        let (host, moods) = (host.to_owned(), MoodSwitch::new(Moods::calm(), 1));
        Self { host, key: Arc::new(key), time, taken: Arc::default(), moods, served: None }
    }

    /// The same on 127.0.0.1; port 0 takes a free one. It stops with its last handle.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(secret: &str, time: Time, port: u16) -> io::Result<Self> {
        let receiver = Self::in_process("receiver.example", secret, time);
        let router = Router::new()
            .fallback(|State(receiver): State<Self>, request: Request| async move { receiver.served(request).await })
            .layer(from_fn_with_state(receiver.moods.clone(), suffer))
            .with_state(receiver.clone());
        let served = serve(router, port).await?;
        Ok(Self { served: Some(Arc::new(served)), ..receiver })
    }

    /// Where events are posted.
    pub fn url(&self) -> String {
        let origin = self.served.as_ref().map_or_else(|| format!("https://{}", self.host), |it| it.url());
        format!("{origin}/events?school=1")
    }

    /// Its host where it listens nowhere.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its moods, where it listens.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// What it made of the events so far.
    pub fn taken(&self) -> EventsTaken {
        lock(&self.taken).clone()
    }

    /// Answers a request in process. `None`: another host.
    pub async fn answer(&self, request: Request) -> Option<Response> {
        if request.uri().host() != Some(self.host.as_str()) {
            return None;
        }
        Some(self.served(request).await)
    }

    async fn served(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let status = match to_bytes(body, LARGEST).await {
            Ok(body) => self.take(&head.headers, &body),
            Err(_) => self.breach(StatusCode::PAYLOAD_TOO_LARGE, "an event is larger than 20 kB"),
        };
        (status, Body::empty()).into_response()
    }

    fn breach(&self, status: StatusCode, what: &str) -> StatusCode {
        lock(&self.taken).violations.insert(what.to_owned());
        status
    }

    fn take(&self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        if id.is_empty() || id.contains('.') {
            return self.breach(StatusCode::BAD_REQUEST, "an event has no usable identity");
        }
        let sent: i64 = timestamp.parse().unwrap_or_default();
        if (self.time.now().as_second() - sent).abs() > TOLERANCE {
            return self.breach(StatusCode::UNAUTHORIZED, "an event is not of now");
        }
        if !self.is_signed(&[id.as_bytes(), b".", timestamp.as_bytes(), b".", body], header("webhook-signature")) {
            return self.breach(StatusCode::UNAUTHORIZED, "an event is not signed with the key");
        }
        let Ok(event) = serde_json::from_slice::<Value>(body) else {
            return self.breach(StatusCode::BAD_REQUEST, "an event is no JSON");
        };
        self.believe(id, &event)
    }

    fn is_signed(&self, content: &[&[u8]], signatures: &str) -> bool {
        signatures.split(' ').filter_map(|it| it.strip_prefix("v1,")).any(|signature| {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return false };
            content.iter().for_each(|part| mac.update(part));
            BASE64_STANDARD.decode(signature).is_ok_and(|it| mac.verify_slice(&it).is_ok())
        })
    }

    fn believe(&self, id: &str, event: &Value) -> StatusCode {
        let kind = event["type"].as_str().unwrap_or_default();
        let plain = |text: &str| text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.'));
        let timed = event["timestamp"].as_str().is_some_and(|it| it.parse::<jiff::Timestamp>().is_ok());
        let (Some((noun, verb)), Some(of), true) = (kind.split_once('.'), event["data"]["id"].as_str(), timed) else {
            return self
                .breach(StatusCode::BAD_REQUEST, "an event has no type, no time or no identity of what it is about");
        };
        if !plain(kind) {
            return self.breach(StatusCode::BAD_REQUEST, "a type has signs that types do not have");
        }
        let mut taken = lock(&self.taken);
        if !taken.taken.insert(id.to_owned()) {
            taken.repeated += 1;
            return StatusCode::NO_CONTENT;
        }
        let key = (noun.to_owned(), of.to_owned());
        let resource = event["data"]["resource"].clone();
        let was_known = match verb {
            "created" => taken.known.insert(key, resource).is_none(),
            "updated" => taken.known.insert(key, resource).is_some(),
            "deleted" => taken.known.remove(&key).is_some(),
            _ => false,
        };
        if !was_known {
            taken.violations.insert(format!("{kind} does not follow from what was told before"));
        }
        taken.types.push(kind.to_owned());
        StatusCode::NO_CONTENT
    }
}
