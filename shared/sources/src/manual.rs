//! Groups and teachers that operators add themselves: kept in the tenant's file, beside what the registers know.
//!
//! A group of one's own is a group like any other. Teachers are added to groups – one's own or a register's – as an
//! activity, which is how SS 12000 says who teaches a group; nothing of the register's is changed. There are no persons
//! here: those of the registers are named by the identifiers that the registers gave them.

mod config;
mod mapping;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use roster::{Id, Record, RecordKey, RecordKind, fingerprint};
use serde::{Deserialize, Serialize};

use crate::paging::{position, written};
use crate::registry::SourceContext;
use crate::{ConfigProblem, Next, Page, ReadRequest, Scope, Source, SourceError, Subscription};

pub use self::config::ManualConfig;

/// Records on a page.
const PAGE: usize = 100;

/// What there can be.
const KINDS: [RecordKind; 2] = [RecordKind::Group, RecordKind::Activity];

/// What operators have added to a tenant.
#[derive(Debug)]
pub struct ManualSource {
    name: String,
    records: Vec<Record>,
    /// Tells one state of the tenant's file from another.
    edition: String,
}

/// Where a page ended, and of which edition it was.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    edition: String,
    #[serde(default)]
    read: usize,
}

impl ManualSource {
    /// A source with these settings.
    ///
    /// # Errors
    /// [`ConfigProblem`] when they cannot work.
    pub fn new(config: ManualConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        config.check()?;
        let text = serde_json::to_string(&config).map_err(|error| ConfigProblem::of_the_whole(error.to_string()))?;
        let records = mapping::records(&config, &context.source);
        Ok(Self { name: context.source.clone(), records, edition: fingerprint(text.as_bytes()) })
    }

    fn page(&self, from: usize) -> Result<Page, SourceError> {
        let to = from.saturating_add(PAGE).min(self.records.len());
        let place = Place { edition: self.edition.clone(), read: to };
        let next = if to < self.records.len() {
            Next::Page(written(&place)?)
        } else {
            Next::End { cursor: Some(written(&Place { read: 0, ..place })?), complete: KINDS.to_vec() }
        };
        Ok(page(self.records.get(from..to).unwrap_or_default().to_vec(), next))
    }

    /// A place that this source gave out, of the edition that it has now.
    fn known(&self, place: Place) -> Result<Place, SourceError> {
        if place.edition == self.edition && place.read < self.records.len().max(1) {
            return Ok(place);
        }
        Err(SourceError::full_read_needed("manual.changed", "the tenant's file has changed"))
    }
}

fn page(records: Vec<Record>, next: Next) -> Page {
    Page { records, removed: Vec::new(), unreadable: Vec::new(), next, memory: None }
}

#[async_trait]
impl Source for ManualSource {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        let place = position(request)?.map(|place| self.known(place)).transpose()?;
        let Scope::Changes { cursor } = &request.scope else {
            return self.page(place.map_or(0, |it| it.read));
        };
        let since = serde_json::from_str(cursor)
            .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor cannot be read"))?;
        self.known(since)?;
        Ok(page(Vec::new(), Next::End { cursor: Some(cursor.clone()), complete: Vec::new() }))
    }

    /// A tenant's file that is stored rings by itself.
    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        Ok(self.records.iter().any(|it| it.key() == key))
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        mapping::own_identity(&self.name, kind, native)
    }
}
