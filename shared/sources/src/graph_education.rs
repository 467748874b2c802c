//! Microsoft School Data Sync, read back through Graph's education API (v1.0).
//!
//! **Reading everything.** Schools, users and classes come from the delta functions of `educationSchool`,
//! `educationUser` and `educationClass`, whose first round is the whole state and ends with the link that changes are
//! told at. None of the three says who belongs where, so a [census](census) is taken in between. Members and teachers
//! are asked for in batches of twenty. The calls, for `s` schools, `u` users and `c` chosen classes with Graph's pages
//! of `p`: `s/p + 1` and `s/10` for the census, `u/p` for users, `c/p + c/10` for classes.
//!
//! **Reading changes.** A delta is a hint: "at least what changed" may stand in it, so whatever it names is read again
//! as a whole. How a change of *membership* becomes known is the one thing that the documentation leaves open: class
//! deltas are said to include it, but say nothing of what it looks like, and navigation properties are said not to be
//! tracked. What is documented, and used, is `/groups/delta?$select=members,owners`: a class is a group with the same
//! identity, and the delta of groups tells who came and went, and which group was deleted. Where that right is not
//! granted, the classes of some schools are read again each time, in turn.
//!
//! **What no delta tells.** Deleted classes are not told by the delta of classes, and nothing tells that somebody or
//! something belongs to another school. Every so often the census is taken again and compared, by fingerprint, with
//! the last one: if anything differs, everything is read.
//!
//! The directory carries no marking of protected identity: every person is read as "the source did not say". A
//! blocked account (`accountEnabled`) is no removal: whoever is still at a school keeps what is theirs.

mod census;
mod choice;
mod classify;
mod client;
mod config;
mod envelope;
mod link;
mod mapping;
mod memory;
mod position;
mod reading;
mod rereading;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use roster::{Id, RecordKey, RecordKind};

use self::census::Census;
use self::choice::Choice;
use self::client::Client;
use self::reading::Reader;
use crate::registry::SourceContext;
use crate::{ConfigProblem, Page, ReadRequest, Source, SourceError, Subscription};

pub use self::config::{ClassFilter, GraphEducationConfig, MembershipChanges};

/// Graph education as a source.
#[derive(Debug)]
pub struct GraphEducationSource {
    client: Client,
    config: GraphEducationConfig,
    choice: Choice,
    census: LastCensus,
}

/// The census of the read under way, so that not every page takes one. Nothing is lost with it.
#[derive(Debug, Default)]
struct LastCensus(Mutex<Option<(Timestamp, Arc<Census>)>>);

impl LastCensus {
    /// The census of the read that began then, if this process took it.
    fn of(&self, started: Timestamp) -> Option<Arc<Census>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| *at == started).map(|(_, census)| Arc::clone(census))
    }

    fn keep(&self, last: Option<(Timestamp, Arc<Census>)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = last;
    }
}

impl GraphEducationSource {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: GraphEducationConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let (client, choice) = (Client::new(&config, context)?, Choice::of(&config)?);
        Ok(Self { client, config, choice, census: LastCensus::default() })
    }

    #[cfg(test)]
    fn impatient(self) -> Self {
        Self { client: self.client.impatient(), ..self }
    }
}

#[async_trait]
impl Source for GraphEducationSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        Reader::new(self, request).read().await
    }

    /// Graph has subscriptions, but they ring only where a handshake of their own is answered: the source is polled.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        match key.kind {
            RecordKind::Organisation => self.client.has("schools", key.id).await,
            RecordKind::Person => self.client.has("users", key.id).await,
            RecordKind::Group => self.client.has("classes", key.id).await,
            RecordKind::Duty | RecordKind::Activity | RecordKind::Licence | RecordKind::Supplement => Ok(false),
        }
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        Id::from_source(&format!("graph_education/{kind}"), native.trim())
    }
}

/// What [`crate::fuzzing`] reaches in here.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use roster::{Id, RecordKind};

    use super::choice::Choice;
    pub(crate) use super::envelope::{Collection, Link, parts};
    use super::mapping::Reading;
    pub(crate) use super::mapping::{MappedPage, Roster};
    use super::memory::Memory;
    use super::{GraphEducationConfig, link};
    use crate::SourceError;

    /// A page of objects, all of them at one school.
    pub(crate) fn page(
        kind: RecordKind,
        body: &[u8],
        config: &GraphEducationConfig,
        school: Id,
    ) -> Result<(usize, MappedPage, Link), SourceError> {
        let collection = Collection::of(body)?;
        let choice = Choice::of(config).map_err(|_| SourceError::page_unreadable("no settings"))?;
        let reading = Reading { config, choice: &choice };
        let mut page = MappedPage::default();
        for raw in &collection.value {
            match kind {
                RecordKind::Organisation => page.school(raw, &reading),
                RecordKind::Person => page.user(raw, &|_| vec![school]),
                _ => page.class(raw, &reading),
            }
        }
        let groups = std::mem::take(&mut page.classes).into_iter();
        page.records.extend(groups.filter_map(|head| head.with(&[school], &Roster::default())));
        Ok((collection.value.len(), page, collection.link))
    }

    pub(crate) fn followed(base: &outbound::Url, text: &str) -> Result<outbound::Url, SourceError> {
        link::absolute(base, &link::below(base, text)?)
    }

    pub(crate) fn memory(text: &str) -> Option<String> {
        Memory::recall(Some(text)).keep(None)
    }
}
