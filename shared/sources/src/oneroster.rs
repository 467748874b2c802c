//! Any provider of OneRoster 1.1 or 1.2 (1EdTech): REST, and the CSV files of both editions.
//!
//! Only OAuth 2.0 is spoken; the signed requests (OAuth 1.0a) that 1.1 also allows are not. There is no doorbell in the
//! standard: a provider is polled. What was read of the standard is public documentation and code, not a provider; what
//! varies among providers is a convention (`Conventions`) or found by asking.
//!
//! OneRoster carries no marking of protected identity: every person is read as "the source did not say".

mod classify;
mod client;
mod config;
mod conventions;
pub mod csv;
pub mod doorbell;
mod list;
mod mapping;
mod memory;
mod reading;
mod resource;
#[cfg(test)]
mod tests;
mod wire;

use async_trait::async_trait;
use roster::{Id, RecordKey, RecordKind};

use self::client::Client;
use self::reading::Reader;
use crate::registry::SourceContext;
use crate::{ConfigProblem, Page, ReadRequest, Source, SourceError, Subscription};

pub use self::config::{OneRosterConfig, OneRosterVersion};
pub use self::conventions::{Conventions, DisabledUsers, EndDates, School};
pub use self::resource::Resource;

/// A OneRoster provider as a source.
#[derive(Debug)]
pub struct OneRosterSource {
    client: Client,
    config: OneRosterConfig,
}

impl OneRosterSource {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: OneRosterConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let client = Client::new(&config, context)?;
        Ok(Self { client, config })
    }

    #[cfg(test)]
    fn impatient(mut self) -> Self {
        self.client = self.client.impatient();
        self
    }
}

#[async_trait]
impl Source for OneRosterSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        Reader::new(&self.client, &self.config, request).read().await
    }

    /// OneRoster knows no subscriptions.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        match resource::Resource::of_kind(key.kind) {
            Some(resource) => self.client.has(resource, key.id).await,
            None => Ok(false),
        }
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        mapping::identity(kind, native)
    }
}
