//! Ringing other systems' doorbells, with the unreliability the moods ask for.

use crate::moods::{MoodSwitch, Ring};
use crate::{lock, wire};
use serde_json::Value;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

type Notice = (String, Value);

/// The status that a ring was answered with; `None`: not at all.
pub type Rang = Pin<Box<dyn Future<Output = Option<u16>> + Send>>;

/// Posts JSON to a URL: over the loopback, or to a hub in process.
#[derive(Clone)]
pub struct Ringer(Arc<dyn Fn(String, Value) -> Rang + Send + Sync>);

impl Ringer {
    /// Over the loopback.
    pub fn by_wire() -> Self {
        Self::new(|url, body| Box::pin(async move { wire::post_json(&url, &body).await.ok().map(|it| it.status) }))
    }

    /// However `ring` does it.
    pub fn new(ring: impl Fn(String, Value) -> Rang + Send + Sync + 'static) -> Self {
        Self(Arc::new(ring))
    }
}

impl fmt::Debug for Ringer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ringer")
    }
}

/// Posts notices to URLs and keeps count.
#[derive(Clone)]
pub(crate) struct Doorbell {
    moods: MoodSwitch,
    ringer: Ringer,
    inner: Arc<Mutex<Rung>>,
}

#[derive(Default)]
struct Rung {
    held: Vec<Notice>,
    answered: u64,
    unanswered: u64,
}

impl Doorbell {
    pub(crate) fn new(moods: MoodSwitch, ringer: Ringer) -> Self {
        Self { moods, ringer, inner: Arc::default() }
    }

    /// Rings once, unless the mood is otherwise. What was held back goes after this one.
    pub(crate) async fn ring(&self, url: &str, body: Value) {
        let notice = (url.to_owned(), body);
        let times = match self.moods.ring() {
            Ring::Never => return,
            Ring::AfterTheNext => {
                lock(&self.inner).held.push(notice);
                return;
            }
            Ring::Once => 1,
            Ring::Twice => 2,
        };
        for _ in 0..times {
            self.post(&notice).await;
        }
        self.release().await;
    }

    /// Rings what was held back, latest first.
    pub(crate) async fn release(&self) {
        let held = std::mem::take(&mut lock(&self.inner).held);
        for notice in held.into_iter().rev() {
            self.post(&notice).await;
        }
    }

    /// How many rings were answered with success, and how many were not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let inner = lock(&self.inner);
        (inner.answered, inner.unanswered)
    }

    async fn post(&self, (url, body): &Notice) {
        let answer = (self.ringer.0)(url.clone(), body.clone()).await;
        let mut inner = lock(&self.inner);
        match answer {
            Some(200..300) => inner.answered += 1,
            _ => inner.unanswered += 1,
        }
    }
}
