//! IMS Enterprise 1.1 with extensions: Edlevo's (earlier Procapita's) Organization API v5 to v12, and files of the
//! same family such as those of Alvis.
//!
//! The names and rules of the wire are those of the vendor's published technical specification, cited as
//! [Organization API v12 §…]. Documents are read as they arrive ([`Intake`]) from wherever they come.
//!
//! Guardians and other contacts are not read: they concern no target, and their groups are called by personal numbers.

mod classify;
mod client;
mod config;
mod dates;
mod group_kind;
mod identity;
mod index;
mod intake;
mod reading;
mod refusal;
mod role;
mod rules;
mod school_type;
mod snapshot;
#[cfg(test)]
mod tests;
mod touched;
mod window;
mod xml;

use std::sync::Arc;

use async_trait::async_trait;
use roster::{Clock, Id, RecordKey, RecordKind};

use self::client::Client;
use self::reading::{KINDS, Reader};
use crate::registry::SourceContext;
use crate::{ConfigProblem, Page, ReadRequest, Source, SourceError, Subscription};

pub use self::config::{GovernedBy, ImsEnterpriseConfig};
pub use self::group_kind::GroupKind;
pub use self::intake::{Intake, OpenDocument};
pub use self::refusal::Refusal;
pub use self::rules::Rules;
pub use self::school_type::SchoolType;
pub use self::snapshot::{Known, Portion, Snapshot};
pub use self::window::Times;
pub use self::xml::MOST_PIECE;

/// A register that speaks IMS Enterprise over HTTP.
#[derive(Debug)]
pub struct ImsEnterpriseSource {
    reader: Reader,
    clock: Arc<dyn Clock>,
}

impl ImsEnterpriseSource {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: ImsEnterpriseConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let client = Client::new(&config, context)?;
        Ok(Self { reader: Reader::new(client, config), clock: Arc::clone(&context.clock) })
    }

    #[cfg(test)]
    fn impatient(mut self) -> Self {
        self.reader.client = self.reader.client.impatient();
        self
    }
}

#[async_trait]
impl Source for ImsEnterpriseSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        self.reader.page(request).await
    }

    /// The Organization API rings nobody.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        Ok(KINDS.contains(&key.kind) && self.reader.has(key, self.clock.now()).await?)
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        identity::of_record(kind, native)
    }
}
