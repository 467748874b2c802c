//! Effects: whatever a function does to the world outside its own memory takes time, and may be the last thing that its
//! process does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::dice::Dice;
use crate::profile::Profile;
use crate::trace::{Trace, note};

tokio::task_local! {
    /// The process in which an effect happens; effects outside of one never crash.
    static PROCESS: Process;
}

/// One invocation of a function.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) name: Arc<str>,
    crashed: Arc<Notify>,
}

/// Decides what becomes of effects. Clones share the profile.
#[derive(Debug, Clone)]
pub(crate) struct Effects {
    pub(crate) dice: Dice,
    pub(crate) trace: Trace,
    profile: Arc<Mutex<Profile>>,
}

impl Effects {
    pub(crate) fn new(dice: Dice, trace: Trace, profile: Profile) -> Self {
        Self { dice, trace, profile: Arc::new(Mutex::new(profile)) }
    }

    /// From now on another profile.
    pub(crate) fn switch(&self, profile: Profile) {
        *self.profile.lock().unwrap_or_else(PoisonError::into_inner) = profile;
    }

    /// What goes wrong now.
    pub(crate) fn rate<T>(&self, of: impl FnOnce(&Profile) -> T) -> T {
        of(&self.profile.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn strikes(&self, of: impl FnOnce(&Profile) -> f64) -> bool {
        self.dice.strikes(self.rate(of))
    }

    /// Lets an effect take its time, from `low` to `high` milliseconds. The process may end before it happens.
    pub(crate) async fn before(&self, what: &str, low: u64, high: u64) {
        self.may_crash("before", what).await;
        let stalled = if self.strikes(|it| it.stalled) { self.dice.millis(1_000, 20_000) } else { Duration::ZERO };
        tokio::time::sleep(self.dice.millis(low, high) + stalled).await;
    }

    /// The process may end after an effect has happened and before it is known of.
    pub(crate) async fn after(&self, what: &str) {
        self.may_crash("after", what).await;
    }

    async fn may_crash(&self, when: &str, what: &str) {
        let Ok(process) = PROCESS.try_with(Process::clone) else { return };
        if self.strikes(|it| it.crash) {
            note!(self.trace, "{} crashes {when} {what}", process.name);
            process.crashed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Runs a function's work in a process of its own. `None`: the process ended in the middle.
    pub(crate) async fn in_process<T>(&self, name: Arc<str>, work: impl Future<Output = T>) -> Option<T> {
        let process = Process { name, crashed: Arc::default() };
        let crashed = Arc::clone(&process.crashed);
        tokio::select! {
            biased;
            () = crashed.notified() => None,
            done = PROCESS.scope(process, work) => Some(done),
        }
    }
}
