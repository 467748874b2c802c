//! The moods of one server: switchable while it runs, with seeded dice and a count of what was suffered.

use super::{Moods, RateLimit};
use crate::lock;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

/// A handle on one server's moods.
#[derive(Clone)]
pub struct MoodSwitch(Arc<Mutex<Temper>>);

struct Temper {
    moods: Moods,
    dice: StdRng,
    suffered: BTreeMap<&'static str, u64>,
    tokens: f64,
    refilled: Instant,
}

/// What befalls one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Served,
    Throttled(Option<u64>),
    InternalError,
    Unavailable,
    ConnectionReset,
    AnswerLost,
    TruncatedPage,
    TokenExpired,
}

/// What befalls one ring of a doorbell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ring {
    Once,
    Twice,
    Never,
    AfterTheNext,
}

impl MoodSwitch {
    pub(crate) fn new(moods: Moods, seed: u64) -> Self {
        let tokens = moods.rate_limit.map_or(0.0, |limit| limit.burst);
        Self(Arc::new(Mutex::new(Temper {
            moods,
            dice: StdRng::seed_from_u64(seed),
            suffered: BTreeMap::new(),
            tokens,
            refilled: Instant::now(),
        })))
    }

    /// Behaves like this from the next request on.
    pub fn set(&self, moods: Moods) {
        let mut temper = lock(&self.0);
        temper.tokens = moods.rate_limit.map_or(0.0, |limit| limit.burst);
        temper.refilled = Instant::now();
        temper.moods = moods;
    }

    /// The moods now.
    pub fn get(&self) -> Moods {
        lock(&self.0).moods.clone()
    }

    /// How often each mood has struck, by its name.
    pub fn suffered(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.0).suffered.clone()
    }

    /// Draws whether this request is slow.
    pub(crate) fn is_slow(&self) -> bool {
        let mut temper = lock(&self.0);
        let chance = temper.moods.slow;
        temper.strikes("slow", chance)
    }

    pub(crate) fn fate(&self) -> Fate {
        let mut temper = lock(&self.0);
        if let Some(wait) = temper.over_quota() {
            temper.count("rate_limit");
            return Fate::Throttled(Some(wait));
        }
        let moods = temper.moods.clone();
        let chances = [
            ("throttled", moods.throttled, Fate::Throttled(None)),
            ("throttled_with_retry_after", moods.throttled_with_retry_after, Fate::Throttled(Some(moods.retry_after))),
            ("internal_error", moods.internal_error, Fate::InternalError),
            ("unavailable", moods.unavailable, Fate::Unavailable),
            ("connection_reset", moods.connection_reset, Fate::ConnectionReset),
            ("answer_lost", moods.answer_lost, Fate::AnswerLost),
            ("truncated_page", moods.truncated_page, Fate::TruncatedPage),
            ("token_expired", moods.token_expired, Fate::TokenExpired),
        ];
        for (name, chance, fate) in chances {
            if temper.strikes(name, chance) {
                return fate;
            }
        }
        Fate::Served
    }

    pub(crate) fn ring(&self) -> Ring {
        let mut temper = lock(&self.0);
        let moods = temper.moods.clone();
        if temper.strikes("doorbell_lost", moods.doorbell_lost) {
            Ring::Never
        } else if temper.strikes("doorbell_reordered", moods.doorbell_reordered) {
            Ring::AfterTheNext
        } else if temper.strikes("doorbell_duplicated", moods.doorbell_duplicated) {
            Ring::Twice
        } else {
            Ring::Once
        }
    }
}

impl Temper {
    fn count(&mut self, mood: &'static str) {
        *self.suffered.entry(mood).or_default() += 1;
    }

    fn strikes(&mut self, mood: &'static str, chance: f64) -> bool {
        let struck = chance > 0.0 && self.dice.random_bool(chance.min(1.0));
        if struck {
            self.count(mood);
        }
        struck
    }

    /// Takes a token; without one, the whole seconds until there is one.
    fn over_quota(&mut self) -> Option<u64> {
        let RateLimit { per_second, burst } = self.moods.rate_limit?;
        let now = Instant::now();
        let gained = now.duration_since(self.refilled).as_secs_f64() * per_second;
        self.tokens = (self.tokens + gained).min(burst);
        self.refilled = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return None;
        }
        Some(((1.0 - self.tokens) / per_second).ceil().max(1.0) as u64)
    }
}
