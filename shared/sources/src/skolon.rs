//! Skolon's partner API v2: change feeds by version tag, a doorbell, two erasure calls.
//!
//! Skolon carries no marking of protected identity: every person is read as "the source did not say". Records of one
//! feed name those of another by `uuid` in lists but by a native number elsewhere (a group's `schoolId`), so the
//! source remembers which organisation each number is.

mod classify;
mod client;
mod config;
pub mod doorbell;
mod feed;
mod fields;
mod mapping;
mod memory;
mod reading;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use roster::{Id, RecordKey, RecordKind};

use self::client::Client;
use self::reading::Reader;
use crate::registry::SourceContext;
use crate::{ConfigProblem, Page, ReadRequest, Source, SourceError, Subscription};

pub use self::config::{SkolonConfig, TrialLicences};
pub use self::feed::Feed;
pub use self::fields::{
    Fields, GroupFields, LicenceFields, OrganisationFields, Pointer, ReferenceFields, SchoolFields, UserFields,
};

/// Skolon as a source.
#[derive(Debug)]
pub struct SkolonSource {
    client: Client,
    config: SkolonConfig,
}

impl SkolonSource {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: SkolonConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let client = Client::new(&config, context)?;
        Ok(Self { client, config })
    }

    /// The licences that a person holds. Skolon has been seen to answer this question with other people's licences
    /// among them, so the holders of each are looked at again here.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn licences_of(&self, person: Id) -> Result<Vec<roster::Licence>, SourceError> {
        self.client.licences_of(person, &self.config).await
    }

    #[cfg(test)]
    fn impatient(mut self) -> Self {
        self.client = self.client.impatient();
        self
    }
}

/// Within what identifiers that are no UUIDs are unique.
pub(crate) fn within(kind: RecordKind) -> String {
    format!("skolon/{}", Feed::naming(kind).entity())
}

/// What [`crate::fuzzing`] reaches in here.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use jiff::civil::Date;
    use outbound::Answer;

    use super::client::Envelope;
    use super::mapping::{MappedPage, Reading, records};
    use super::memory::Memory;
    use super::{Feed, SkolonConfig};
    use crate::SourceError;

    pub(crate) fn page(
        feed: Feed,
        answer: &Answer,
        config: &SkolonConfig,
        today: Date,
    ) -> Result<(usize, MappedPage, Option<String>), SourceError> {
        let envelope = Envelope::of(feed, answer)?;
        let reading = Reading { config, known: &Memory::default(), today };
        Ok((envelope.list.len(), records(feed, &envelope.list, &reading), envelope.next))
    }

    pub(crate) fn memory(text: &str) -> Option<String> {
        Memory::recall(Some(text))?.keep(None)
    }
}

#[async_trait]
impl Source for SkolonSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        Reader::new(&self.client, &self.config, request).read().await
    }

    /// Skolon rings the addresses registered in its partner portal; there is nothing to subscribe to.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        for feed in Feed::ALL.into_iter().filter(|feed| feed.kind() == key.kind) {
            if self.client.has(feed, key.id, &self.config).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        mapping::native_identity(Feed::naming(kind), native.trim())
    }
}
