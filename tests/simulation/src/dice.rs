//! The one generator of a run: whatever is left to chance, in the hub or around it, is drawn from it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};
use roster::Chance;

/// The generator. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Arc<Mutex<StdRng>>);

impl Dice {
    /// Always the same numbers for the same seed.
    #[must_use]
    pub(crate) fn of(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    fn with<T>(&self, throw: impl FnOnce(&mut StdRng) -> T) -> T {
        throw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether something happens that happens with this probability.
    #[must_use]
    pub(crate) fn strikes(&self, rate: f64) -> bool {
        rate > 0.0 && self.with(|it| it.random_bool(rate.min(1.0)))
    }

    /// A number below `end`; 0 when there is none.
    #[must_use]
    pub(crate) fn below(&self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.with(|it| it.random_range(0..end)) }
    }

    /// A number of milliseconds from `low` to `high`.
    #[must_use]
    pub(crate) fn millis(&self, low: u64, high: u64) -> Duration {
        Duration::from_millis(low + self.below(high - low + 1))
    }
}

impl Chance for Dice {
    fn number(&self) -> u64 {
        self.with(RngCore::next_u64)
    }
}
