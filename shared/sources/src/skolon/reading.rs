//! Reading Skolon page by page: everything, or what changed since each feed's version tag.

use std::collections::BTreeMap;

use outbound::Answer;
use roster::RecordKind;
use roster::validity::date_in_sweden;
use serde::{Deserialize, Serialize};

use super::classify::{Verdict, verdict};
use super::client::{Client, Envelope};
use super::config::SkolonConfig;
use super::feed::Feed;
use super::mapping::{self, MappedPage, Reading};
use super::memory::Memory;
use crate::paging::{self, Paging};
use crate::{Next, Page, ReadRequest, Scope, SourceError, SourceErrorKind};

/// Version tags by feed: where reading changes goes on from.
type Tags = BTreeMap<Feed, String>;

/// Where a read has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    feed: Feed,
    #[serde(flatten)]
    paging: Paging,
    /// The newest tag of each feed read so far.
    #[serde(default)]
    tags: Tags,
    /// Feeds of which something is unknown: not there, or with records that nobody can identify.
    #[serde(default)]
    blurred: Vec<Feed>,
}

/// One call of `Source::read`.
pub(super) struct Reader<'r> {
    client: &'r Client,
    config: &'r SkolonConfig,
    request: &'r ReadRequest,
    memory: Memory,
}

impl<'r> Reader<'r> {
    pub(super) fn new(client: &'r Client, config: &'r SkolonConfig, request: &'r ReadRequest) -> Self {
        let memory = Memory::recall(request.memory.as_deref()).unwrap_or_default();
        Self { client, config, request, memory }
    }

    pub(super) async fn read(mut self) -> Result<Page, SourceError> {
        let page = self.page().await?;
        Ok(Page { memory: self.memory.keep(self.request.memory.as_deref()), ..page })
    }

    async fn page(&mut self) -> Result<Page, SourceError> {
        let since = self.since()?;
        let mut position = self.position()?;
        let feed = position.feed;
        let tag = since.as_ref().and_then(|tags| tags.get(&feed)).cloned();
        let Some(answer) = self.answer(feed, &position, tag.as_deref()).await? else {
            position.blurred.push(feed);
            return self.after(position, MappedPage::default());
        };
        let envelope = Envelope::of(feed, &answer)?;
        let mapped = self.map(feed, &envelope);
        if mapped.unreadable.iter().any(|it| it.lost && it.id.is_none()) {
            position.blurred.push(feed);
        }
        position.tags.extend(envelope.version_tag.map(|tag| (feed, tag)));
        match envelope.next {
            Some(cursor) => {
                position.paging = position.paging.follow(cursor)?;
                self.finished(mapped, next_page(&position)?)
            }
            None => {
                // A feed that names no new tag goes on from the old one.
                position.tags.entry(feed).or_insert(tag.unwrap_or_default());
                self.after(position, mapped)
            }
        }
    }

    /// The tags that changes are read from; `None`: everything is read.
    fn since(&self) -> Result<Option<Tags>, SourceError> {
        let Scope::Changes { cursor } = &self.request.scope else {
            return Ok(None);
        };
        if Memory::recall(self.request.memory.as_deref()).is_none() {
            let detail = "it is not known which school each of Skolon's numbers is";
            return Err(SourceError::full_read_needed("source.memory_missing", detail));
        }
        serde_json::from_str(cursor)
            .map(Some)
            .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor holds no version tags"))
    }

    fn position(&self) -> Result<Position, SourceError> {
        match paging::position(self.request)? {
            Some(position) => Ok(position),
            None => Ok(Position {
                feed: Feed::Organization,
                paging: Paging::default(),
                tags: Tags::new(),
                blurred: Vec::new(),
            }),
        }
    }

    /// `None`: there is no such feed for this partner.
    async fn answer(&self, feed: Feed, position: &Position, tag: Option<&str>) -> Result<Option<Answer>, SourceError> {
        let limit = self.config.page_size.to_string();
        let tag = tag.filter(|tag| !tag.is_empty());
        let cursor = position.paging.token.as_deref();
        let parameters = [("versionTag", tag), ("cursor", cursor), ("limit", Some(limit.as_str()))];
        let query: Vec<_> = parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let answer = self.client.page(feed, &query).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(Some(answer)),
            Verdict::NotAccepted if tag.is_some() => Err(SourceError::full_read_needed(
                "source.cursor_refused",
                format!("HTTP {} to the version tag of {}", answer.status, feed.entity()),
            )),
            Verdict::Missing if tag.is_none() && cursor.is_none() => Ok(None),
            // It was there when the tag was given.
            Verdict::Missing => Err(SourceError::new(
                SourceErrorKind::Passing,
                "source.resource_gone",
                format!("HTTP {} for {}", answer.status, feed.entity()),
            )),
            Verdict::NotAccepted | Verdict::Failed => Err(self.client.caller.failure(&answer)),
        }
    }

    fn map(&mut self, feed: Feed, envelope: &Envelope<'_>) -> MappedPage {
        let reading = Reading { config: self.config, known: &self.memory, today: date_in_sweden(self.request.started) };
        let mut mapped = mapping::records(feed, &envelope.list, &reading);
        if feed.kind() == RecordKind::Organisation {
            for (native, id) in std::mem::take(&mut mapped.natives) {
                self.memory.learn(feed, &native, id);
            }
        }
        mapped
    }

    /// The feed has been read to its end, or is not there.
    fn after(&self, position: Position, mapped: MappedPage) -> Result<Page, SourceError> {
        let next = match Feed::ALL.into_iter().find(|feed| *feed > position.feed) {
            Some(feed) => next_page(&Position { feed, paging: Paging::default(), ..position })?,
            None => self.end(&position)?,
        };
        self.finished(mapped, next)
    }

    fn end(&self, position: &Position) -> Result<Next, SourceError> {
        let full = self.request.scope == Scope::Full;
        if position.tags.is_empty() {
            return Err(SourceError::contract("source.no_resources", "the partner has none of the feeds"));
        }
        let tagged = position.tags.values().any(|tag| !tag.is_empty());
        let cursor = serde_json::to_string(&position.tags).ok().filter(|_| tagged);
        // Nothing may be concluded from what is missing among changes.
        Ok(Next::End { cursor, complete: if full { complete(&position.blurred) } else { Vec::new() } })
    }

    fn finished(&self, mapped: MappedPage, next: Next) -> Result<Page, SourceError> {
        // A full read says what is there; what is marked as deleted is simply not among it.
        let removed = if self.request.scope == Scope::Full { Vec::new() } else { mapped.deleted };
        Ok(Page { records: mapped.records, removed, unreadable: mapped.unreadable, next, memory: None })
    }
}

/// The kinds all of whose feeds were read whole.
fn complete(blurred: &[Feed]) -> Vec<RecordKind> {
    let unknown = |kind: &RecordKind| blurred.iter().any(|feed| feed.kind() == *kind);
    let kinds = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Licence];
    kinds.into_iter().filter(|kind| !unknown(kind)).collect()
}

fn next_page(position: &Position) -> Result<Next, SourceError> {
    paging::written(position).map(Next::Page)
}
