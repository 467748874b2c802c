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

/// What [`crate::fuzzing`] reaches in here.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use jiff::civil::Date;
    use roster::{Record, RecordKind, Validity};

    use super::client::{Objects, objects};
    use super::mapping::{self, Fields, Lost, Reading, Status};
    use super::memory::Memory;
    use super::{Conventions, Resource, wire};
    use crate::fuzzing::PageRead;
    use crate::{SourceError, Unreadable};

    /// A page of orgs, users or classes; every term is known, and nobody is in a class.
    pub(crate) fn page(resource: Resource, body: &[u8], today: Date) -> Result<PageRead, SourceError> {
        let conventions = Conventions::default();
        let reading = Reading { conventions: &conventions, today };
        match resource {
            Resource::Users => read(resource, body, |wire: wire::User<'_>, fields| {
                let user = mapping::user(wire, fields, &reading)?;
                let status = user.status;
                let person = mapping::person(user, &mapping::Above::new(), &reading, fields);
                Ok((status, Record::Person(person)))
            }),
            Resource::Classes => read(resource, body, |wire: wire::Class<'_>, fields| {
                let class = mapping::class(wire, fields, &reading)?;
                let status = class.status;
                let group = mapping::group(class, |_| Some(Validity::ALWAYS), Vec::new(), fields)?;
                Ok((status, Record::Group(group)))
            }),
            _ => read(resource, body, |wire: wire::Org<'_>, fields| {
                let org = mapping::org(wire, fields, &reading)?;
                Ok((org.status, Record::Organisation(org.organisation)))
            }),
        }
    }

    fn read<'a, W: wire::Wire<'a>>(
        resource: Resource,
        body: &'a [u8],
        map: impl Fn(W, &mut Fields<'_>) -> Result<(Status, Record), Lost>,
    ) -> Result<PageRead, SourceError> {
        let list: Objects<W> = objects(resource, body)?;
        let mut read = PageRead { elements: list.len(), ..PageRead::default() };
        for wire in list {
            let mut fields = Fields::new(resource.kind(), &mut read.unreadable);
            match wire.ok_or_else(Lost::record).and_then(|wire| map(wire, &mut fields)) {
                Ok((Status::Here, record)) => read.records.push(record),
                Ok((Status::Gone, record)) => read.deleted.push(record.key()),
                Err(lost) => fields.lost(lost),
            }
        }
        Ok(read)
    }

    /// How many enrollments a page has, how many make a member, and what could not be read.
    pub(crate) fn enrollments(body: &[u8], today: Date) -> Result<(usize, usize, Vec<Unreadable>), SourceError> {
        let conventions = Conventions::default();
        let reading = Reading { conventions: &conventions, today };
        let list: Objects<wire::Enrollment<'_>> = objects(Resource::Enrollments, body)?;
        let (elements, mut members, mut unreadable) = (list.len(), 0, Vec::new());
        for wire in list {
            let mut fields = Fields::new(RecordKind::Group, &mut unreadable);
            match wire.ok_or_else(Lost::record).and_then(|it| mapping::enrollment(it, &mut fields, &reading)) {
                Ok(enrollment) => members += usize::from(mapping::membership(&enrollment).is_some()),
                Err(lost) => fields.lost(lost),
            }
        }
        Ok((elements, members, unreadable))
    }

    pub(crate) fn memory(text: &str) -> Option<String> {
        Memory::recall(Some(text))?.keep(None)
    }
}
