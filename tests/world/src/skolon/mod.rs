//! Skolon's platform and its partner API v2: version-tagged feeds, doorbells and GDPR calls.
//!
//! Known from public partner code. Assumptions where nothing is public: groups carry
//! `users:[{id,uuid}]` like licences, trial licences carry `isDemo`, and a school carries
//! `schoolUnitCode` (eight digits) and names it once more among its `externalIdentifiers`.

mod changes;
mod feed;
mod generate;
mod record;
mod routes;

pub use changes::SkolonChange;
pub use record::{
    Entity, SkolonGroup, SkolonLicence, SkolonOrganisation, SkolonPlatform, SkolonSchool, SkolonUser, UserType,
    Versioned,
};

pub(crate) use routes::router;

use crate::doorbell::{Doorbell, Ringer};
use crate::lock;
use crate::moods::MoodSwitch;
use crate::oauth::{Credentials, TokenOffice};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// Skolon's habits.
#[derive(Clone, Debug)]
pub struct SkolonOptions {
    /// The incremental licence feed does not show revocations; only a full read does.
    pub feed_misses_revocations: bool,
    /// The filter by `userUuid` on licences is ignored and others' licences are returned too.
    pub licence_filter_bug: bool,
    /// How long a token is valid; Skolon's default is an hour.
    pub token_lifetime: Duration,
    /// The most records per page, and the page size when `limit` is left out.
    pub largest_page: usize,
}

impl Default for SkolonOptions {
    fn default() -> Self {
        Self {
            feed_misses_revocations: false,
            licence_filter_bug: true,
            token_lifetime: Duration::from_secs(3600),
            largest_page: 500,
        }
    }
}

/// Where Skolon posts, as registered in its partner portal.
#[derive(Clone, Debug, Default)]
pub struct SkolonWebhooks {
    /// For `{"entities":[…]}`.
    pub data_edits: Option<String>,
    /// For `{"userId":"…"}`.
    pub remove_user: Option<String>,
    /// For `{"classId":"…"}`.
    pub remove_class: Option<String>,
}

/// What has been asked of Skolon.
#[derive(Clone, Debug, Default)]
pub struct SkolonCounters {
    /// Requests by last path segment.
    pub requests: BTreeMap<String, u64>,
    /// Tokens issued.
    pub tokens: u64,
    /// Doorbells answered with success.
    pub doorbells_answered: u64,
    /// Doorbells answered otherwise, or not at all.
    pub doorbells_unanswered: u64,
}

/// A handle on Skolon.
#[derive(Clone)]
pub struct SkolonServer {
    platform: Arc<Mutex<SkolonPlatform>>,
    options: Arc<Mutex<SkolonOptions>>,
    webhooks: Arc<Mutex<SkolonWebhooks>>,
    counters: Arc<Mutex<SkolonCounters>>,
    moods: MoodSwitch,
    tokens: TokenOffice,
    doorbell: Doorbell,
}

impl SkolonServer {
    pub(crate) fn new(
        platform: SkolonPlatform,
        options: SkolonOptions,
        moods: MoodSwitch,
        ringer: Ringer,
        credentials: Credentials,
    ) -> Self {
        Self {
            platform: Arc::new(Mutex::new(platform)),
            tokens: TokenOffice::new(credentials, options.token_lifetime),
            options: Arc::new(Mutex::new(options)),
            webhooks: Arc::default(),
            counters: Arc::default(),
            doorbell: Doorbell::new(moods.clone(), ringer),
            moods,
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

    /// Looks at the platform's truth.
    pub fn with_platform<T>(&self, look: impl FnOnce(&SkolonPlatform) -> T) -> T {
        look(&lock(&self.platform))
    }

    /// Alters the platform's truth directly, without ringing.
    pub fn alter_platform<T>(&self, alter: impl FnOnce(&mut SkolonPlatform) -> T) -> T {
        alter(&mut lock(&self.platform))
    }

    /// Switches its habits, from the next request on.
    pub fn set_options(&self, alter: impl FnOnce(&mut SkolonOptions)) {
        alter(&mut lock(&self.options));
    }

    /// Registers where it posts.
    pub fn set_webhooks(&self, webhooks: SkolonWebhooks) {
        *lock(&self.webhooks) = webhooks;
    }

    /// All tokens stop working at once.
    pub fn revoke_tokens(&self) {
        self.tokens.revoke_all();
    }

    /// Makes changes happen and rings once for all of them.
    pub async fn apply(&self, changes: &[SkolonChange]) -> BTreeSet<Entity> {
        let silent = self.options().feed_misses_revocations;
        let touched: BTreeSet<Entity> =
            self.alter_platform(|platform| changes.iter().flat_map(|change| platform.apply(change, silent)).collect());
        let names: Vec<&str> = touched.iter().map(|entity| entity.name()).collect();
        let url = lock(&self.webhooks).data_edits.clone();
        if let Some(url) = url.filter(|_| !names.is_empty()) {
            self.doorbell.ring(&url, json!({"entities": names})).await;
        }
        touched
    }

    /// A user is to be forgotten: removed here, and the partner told so.
    pub async fn remove_user(&self, uuid: Uuid) {
        let id = self.alter_platform(|platform| platform.forget_user(uuid));
        let url = lock(&self.webhooks).remove_user.clone();
        if let (Some(id), Some(url)) = (id, url) {
            self.doorbell.ring(&url, json!({"userId": id})).await;
        }
    }

    /// A class is to be forgotten: removed here, and the partner told so.
    pub async fn remove_class(&self, uuid: Uuid) {
        let id = self.alter_platform(|platform| platform.forget_group(uuid));
        let url = lock(&self.webhooks).remove_class.clone();
        if let (Some(id), Some(url)) = (id, url) {
            self.doorbell.ring(&url, json!({"classId": id})).await;
        }
    }

    /// Rings the doorbells held back by the mood for reordering.
    pub async fn release_doorbells(&self) {
        self.doorbell.release().await;
    }

    /// What has been asked so far.
    pub fn counters(&self) -> SkolonCounters {
        let (answered, unanswered) = self.doorbell.counts();
        SkolonCounters {
            tokens: self.tokens.issued(),
            doorbells_answered: answered,
            doorbells_unanswered: unanswered,
            ..lock(&self.counters).clone()
        }
    }

    fn options(&self) -> SkolonOptions {
        lock(&self.options).clone()
    }
}
