//! An SS 12000:2020 (2.1.0) register over HTTP, serving the municipality's truth.

mod bent;
mod filter;
mod lists;
mod render;
mod routes;
mod subscriptions;
mod vendor;
mod watch;

pub use bent::{BENT, Bent};
pub use subscriptions::Subscription;
pub use vendor::{CUSTOMER, Vendor};

pub(crate) use routes::router;

use crate::contract::Contract;
use crate::doorbell::{Doorbell, Ringer};
use crate::lock;
use crate::moods::MoodSwitch;
use crate::oauth::{Credentials, TokenOffice};
use crate::truth::{Change, Municipality, Touched};
use lists::Cursors;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use subscriptions::Subscriptions;
use watch::Watch;

/// What this register can and cannot do.
#[derive(Clone, Debug)]
pub struct RegisterOptions {
    /// Whose register it is; decided when it is made.
    pub vendor: Vendor,
    /// The scopes granted, by the last part of their names, where attributes depend on them (IST); `None`: all.
    pub granted: Option<BTreeSet<&'static str>>,
    /// Whether every list is empty, because the school year is being archived.
    pub archiving: bool,
    /// Whether there is no data for the moment, said with 404 and `source_unavailable` as IST does.
    pub outage: bool,
    /// Whether `meta.modified.after` is understood; otherwise 400.
    pub incremental: bool,
    /// Whether `/deletedEntities` exists; otherwise 404.
    pub deleted_entities: bool,
    /// Whether `/subscriptions` exists; otherwise 501.
    pub subscriptions: bool,
    /// How long a token is valid.
    pub token_lifetime: Duration,
    /// How long a subscription lasts; the standard leaves it to the provider.
    pub subscription_lifetime: Duration,
    /// Records per page when `limit` is left out, and the most it may ask for.
    pub largest_page: usize,
    /// What everybody is held to; `None`: the official contract, where it is present.
    pub contract: Option<Arc<Contract>>,
}

impl Default for RegisterOptions {
    fn default() -> Self {
        Self {
            vendor: Vendor::Standard,
            granted: None,
            archiving: false,
            outage: false,
            incremental: true,
            deleted_entities: true,
            subscriptions: true,
            token_lifetime: Duration::from_secs(3600),
            subscription_lifetime: Duration::from_secs(90 * 24 * 3600),
            largest_page: 1000,
            contract: None,
        }
    }
}

/// What has been asked of the register.
#[derive(Clone, Debug, Default)]
pub struct RegisterCounters {
    /// Requests by method and first path segment, such as `GET persons`.
    pub requests: BTreeMap<String, u64>,
    /// Entries posted to `/log`.
    pub log_entries: u64,
    /// Entries posted to `/statistics`.
    pub statistics: u64,
    /// Tokens issued.
    pub tokens: u64,
    /// Doorbells answered with success.
    pub doorbells_answered: u64,
    /// Doorbells answered otherwise, or not at all.
    pub doorbells_unanswered: u64,
}

/// A handle on the register.
#[derive(Clone)]
pub struct RegisterServer {
    truth: Arc<Mutex<Municipality>>,
    options: Arc<Mutex<RegisterOptions>>,
    moods: MoodSwitch,
    tokens: TokenOffice,
    cursors: Arc<Mutex<Cursors>>,
    subscriptions: Arc<Mutex<Subscriptions>>,
    counters: Arc<Mutex<RegisterCounters>>,
    doorbell: Doorbell,
    watch: Watch,
}

impl RegisterServer {
    pub(crate) fn new(
        truth: Municipality,
        options: RegisterOptions,
        moods: MoodSwitch,
        ringer: Ringer,
        credentials: Credentials,
    ) -> Self {
        Self {
            truth: Arc::new(Mutex::new(truth)),
            watch: Watch::new(options.contract.clone()),
            tokens: TokenOffice::new(credentials, options.token_lifetime),
            options: Arc::new(Mutex::new(options)),
            doorbell: Doorbell::new(moods.clone(), ringer),
            moods,
            cursors: Arc::default(),
            subscriptions: Arc::default(),
            counters: Arc::default(),
        }
    }

    /// The client id and secret it knows.
    pub fn credentials(&self) -> &Credentials {
        self.tokens.credentials()
    }

    /// Its moods.
    pub fn moods(&self) -> &MoodSwitch {
        &self.moods
    }

    /// Looks at the truth.
    pub fn with_truth<T>(&self, look: impl FnOnce(&Municipality) -> T) -> T {
        look(&lock(&self.truth))
    }

    /// Alters the truth directly. No doorbell rings: for what a register forgets to tell.
    pub fn alter_truth<T>(&self, alter: impl FnOnce(&mut Municipality) -> T) -> T {
        alter(&mut lock(&self.truth))
    }

    /// Makes changes happen and rings once for all of them.
    pub async fn apply(&self, changes: &[Change]) -> Touched {
        let touched = self.alter_truth(|truth| {
            let each = changes.iter().map(|change| truth.apply(change));
            each.fold(Touched::default(), Touched::merge)
        });
        self.ring(&touched).await;
        touched
    }

    /// Switches what it can do, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut RegisterOptions)) {
        alter(&mut lock(&self.options));
    }

    /// All tokens stop working at once.
    pub fn revoke_tokens(&self) {
        self.tokens.revoke_all();
    }

    /// What has been asked so far.
    pub fn counters(&self) -> RegisterCounters {
        let (answered, unanswered) = self.doorbell.counts();
        RegisterCounters {
            tokens: self.tokens.issued(),
            doorbells_answered: answered,
            doorbells_unanswered: unanswered,
            ..lock(&self.counters).clone()
        }
    }

    /// Every breach of the contract by those who asked.
    pub fn contract_violations(&self) -> Vec<String> {
        self.watch.violations()
    }

    /// Every breach of the contract by the register itself, but for [what it bends deliberately](Self::bent).
    pub fn mistakes(&self) -> Vec<String> {
        self.watch.mistakes()
    }

    /// What of [`BENT`] its answers have needed.
    pub fn bent(&self) -> Vec<Bent> {
        self.watch.bent()
    }

    /// Where the data are at a server.
    pub(crate) fn data_at(&self, server: &str) -> String {
        format!("{server}{}", self.options().vendor.data())
    }

    /// Where tokens are at a server.
    pub(crate) fn tokens_at(&self, server: &str) -> String {
        format!("{server}{}", self.options().vendor.token())
    }

    fn options(&self) -> RegisterOptions {
        lock(&self.options).clone()
    }
}
