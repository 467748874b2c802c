//! Any provider of SS 12000:2020 (API 2.0 and 2.1.0).
//!
//! What a provider cannot do is found by asking: 400, 404 or 501 turns the capability off for some days instead of
//! failing. The standard's own misspellings are read, and the correct spelling beside them.

mod classify;
mod client;
mod config;
pub mod doorbell;
pub mod mapping;
mod memory;
mod probing;
mod profile;
mod reading;
mod reporting;
mod resource;
mod subscription;
#[cfg(test)]
mod tests;
mod wire;

use async_trait::async_trait;
use roster::{Id, PersonAttribute, RecordKey, RecordKind};

use self::client::Client;
use self::probing::Prober;
use self::reading::Reader;
use crate::registry::SourceContext;
use crate::report::{Probe, ReadReport, Reported};
use crate::{ConfigProblem, Page, ReadRequest, Source, SourceError, Subscription};

pub use self::config::Ss12000Config;
pub use self::mapping::{Mapped, Reading};
pub use self::profile::Vendor;
pub use self::resource::Resource;

/// An SS 12000 provider as a source.
#[derive(Debug)]
pub struct Ss12000Source {
    client: Client,
    config: Ss12000Config,
    /// What subscriptions are called at the provider.
    name: String,
    /// What persons may come without, because no scope for it is asked for.
    unsaid: Vec<PersonAttribute>,
}

impl Ss12000Source {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: Ss12000Config, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let client = Client::new(&config, context)?;
        let name = format!("{} {}", context.tenant, context.source);
        let unsaid = config.profile().unsaid(config.scope.as_deref());
        Ok(Self { client, config, name, unsaid })
    }

    /// Fetches records by identity (`POST /{resource}/lookup`), in batches.
    ///
    /// # Errors
    /// [`SourceError`]; `source.lookup_missing` when the provider has no lookup.
    pub async fn lookup(&self, resource: Resource, ids: &[Id]) -> Result<Mapped, SourceError> {
        self.client.lookup(resource, ids, &self.config.email_types).await
    }

    #[cfg(test)]
    fn impatient(mut self) -> Self {
        self.client = self.client.impatient();
        self
    }
}

/// What [`crate::fuzzing`] reaches in here.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    pub(crate) use super::classify::verdict;
    pub(crate) use super::client::{Deletions, Listing};
    pub(crate) use super::subscription::{listed, told};

    pub(crate) fn memory(text: &str) -> Option<String> {
        super::memory::Memory::recall(Some(text)).keep(None)
    }
}

#[async_trait]
impl Source for Ss12000Source {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        Reader::new(&self.client, &self.config, request).read().await
    }

    async fn subscribe(
        &self,
        current: Option<&Subscription>,
        doorbell: &str,
    ) -> Result<Option<Subscription>, SourceError> {
        subscription::Subscriber { client: &self.client, name: &self.name, resources: &self.config.resources, doorbell }
            .ensure(current)
            .await
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        match Resource::of_kind(key.kind) {
            Some(resource) => self.client.has(resource, key.id).await,
            None => Ok(false),
        }
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        Id::from_source(&format!("ss12000/{kind}"), native.trim())
    }

    async fn report(&self, report: &ReadReport) -> Result<Reported, SourceError> {
        if !self.config.report_back {
            return Ok(Reported::NotWanted);
        }
        reporting::report(&self.client, report).await
    }

    async fn probe(&self) -> Result<Option<Probe>, SourceError> {
        Prober { client: &self.client, config: &self.config }.probe().await.map(Some)
    }

    fn unsaid(&self) -> &[PersonAttribute] {
        &self.unsaid
    }
}
