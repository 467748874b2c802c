//! Reading a provider page by page: everything, or what changed.
//!
//! Resource after resource in the standard's order of dependence, then (changes only) what was deleted.
//! A page token is never sent together with a filter: the standard answers that with 400.

use jiff::{SignedDuration, Timestamp};
use outbound::Answer;
use roster::validity::date_in_sweden;
use roster::{RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

use super::classify::{Verdict, verdict};
use super::client::{Client, Deletions, Listing};
use super::config::Ss12000Config;
use super::mapping::{self, Mapped, Reading};
use super::memory::{Capability, Memory};
use super::resource::Resource;
use crate::paging::{self, Paging};
use crate::{Next, Page, ReadRequest, Scope, SourceError, SourceErrorKind, Unreadable};

/// How far before the cursor changes are asked for, against clocks that differ (Skolverket's client does the same).
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// Where a read has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    step: Step,
    #[serde(flatten)]
    paging: Paging,
    /// Kinds read to the end, nothing without an identity among them.
    #[serde(default)]
    complete: Vec<RecordKind>,
    /// Whether something of the present resource was lost whose identity nobody knows.
    #[serde(default)]
    blurred: bool,
    /// Whether something of the present resource has come.
    #[serde(default)]
    filled: bool,
    /// Which of the paths that deletions are asked for on comes next.
    #[serde(default)]
    owner: usize,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Resource(Resource),
    Deleted,
}

/// A page of a list, if there is such a list.
enum Listed {
    Page(Answer),
    Missing,
}

/// One call of `Source::read`.
pub(super) struct Reader<'r> {
    client: &'r Client,
    config: &'r Ss12000Config,
    request: &'r ReadRequest,
    memory: Memory,
}

impl<'r> Reader<'r> {
    pub(super) fn new(client: &'r Client, config: &'r Ss12000Config, request: &'r ReadRequest) -> Self {
        let memory = Memory::recall(request.memory.as_deref());
        Self { client, config, request, memory }
    }

    pub(super) async fn read(mut self) -> Result<Page, SourceError> {
        let page = self.page().await;
        let memory = self.memory.keep(self.request.memory.as_deref());
        match page {
            Ok(page) => Ok(Page { memory, ..page }),
            Err(error) => Err(error.remembering(memory)),
        }
    }

    async fn page(&mut self) -> Result<Page, SourceError> {
        let since = self.since()?;
        let position = self.position()?;
        match position.step {
            Step::Resource(resource) => self.resource(resource, position, since.as_deref()).await,
            Step::Deleted => self.deleted(position, since.as_deref()).await,
        }
    }

    /// From when changes are asked for; `None`: everything is read.
    fn since(&self) -> Result<Option<String>, SourceError> {
        let Scope::Changes { cursor } = &self.request.scope else {
            return Ok(None);
        };
        let cursor: Timestamp = cursor
            .parse()
            .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor is not a time"))?;
        if !self.memory.has(Capability::Changes, self.request.started) {
            return Err(no_changes());
        }
        let since = cursor.checked_sub(OVERLAP).unwrap_or(cursor);
        Ok(Some(since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
    }

    fn position(&self) -> Result<Position, SourceError> {
        match paging::position(self.request)? {
            Some(position) => Ok(position),
            None => Ok(Position::at(Step::Resource(self.first()?))),
        }
    }

    fn first(&self) -> Result<Resource, SourceError> {
        let nothing = || SourceError::new(SourceErrorKind::Configuration, "source.nothing_to_read", "no resources");
        self.resources().next().ok_or_else(nothing)
    }

    /// The configured resources in reading order, whatever the order in the configuration.
    fn resources(&self) -> impl Iterator<Item = Resource> + use<'r> {
        let config = self.config;
        Resource::ALL.into_iter().filter(|resource| config.resources.contains(resource))
    }

    async fn resource(
        &mut self,
        resource: Resource,
        position: Position,
        since: Option<&str>,
    ) -> Result<Page, SourceError> {
        // A full read asks again for what was missing before.
        if since.is_some() && self.memory.resources_missing.contains(&resource) {
            return self.after(resource, position, Mapped::default());
        }
        let answer = match self.list(resource, &position, since).await? {
            Listed::Page(answer) => answer,
            Listed::Missing => {
                self.memory.resources_missing.insert(resource);
                return self.after(resource, Position { blurred: true, ..position }, Mapped::default());
            }
        };
        self.memory.resources_missing.remove(&resource);
        let listing = Listing::of(&answer)?;
        let reading = Reading { today: date_in_sweden(self.request.started), email_types: &self.config.email_types };
        let mapped = mapping::records(resource, &listing.data, &reading);
        let blurred = position.blurred || mapped.unreadable.iter().any(|it| it.lost && it.id.is_none());
        let filled = position.filled || !listing.data.is_empty();
        let position = Position { blurred, filled, ..position };
        match listing.next()? {
            Some(token) => {
                let paging = position.paging.follow(token)?;
                page(mapped, Vec::new(), next_page(&Position { paging, ..position })?)
            }
            None => {
                let (position, mapped) = self.at_its_end(resource, position, mapped);
                self.after(resource, position, mapped)
            }
        }
    }

    /// A list of a full read has been read to its end: is it empty because the register is being worked on?
    fn at_its_end(&mut self, resource: Resource, position: Position, mut mapped: Mapped) -> (Position, Mapped) {
        if self.request.scope != Scope::Full || !self.client.profile.empties_while_archiving {
            return (position, mapped);
        }
        if position.filled {
            self.memory.is_filled(resource);
            return (position, mapped);
        }
        if self.memory.may_be_empty(resource, self.request.started) {
            return (position, mapped);
        }
        mapped.unreadable.push(Unreadable {
            kind: resource.kind(),
            id: None,
            code: "ss12000.list_empty".to_owned(),
            reason: "the list was not empty at the last full read; the register may be closed for archiving".to_owned(),
            lost: false,
        });
        (Position { blurred: true, ..position }, mapped)
    }

    /// The resource has been read to its end, or is not there.
    fn after(&self, resource: Resource, mut position: Position, mapped: Mapped) -> Result<Page, SourceError> {
        if !position.blurred {
            position.complete.push(resource.kind());
        }
        let step = self.resources().find(|it| *it > resource).map(Step::Resource);
        let step = step.or_else(|| self.reads_deleted().then_some(Step::Deleted));
        let next = match step {
            Some(step) => next_page(&Position { complete: position.complete, ..Position::at(step) })?,
            None => self.end(position)?,
        };
        page(mapped, Vec::new(), next)
    }

    fn reads_deleted(&self) -> bool {
        let changes = self.request.scope != Scope::Full;
        changes && self.memory.has(Capability::DeletedEntities, self.request.started)
    }

    fn end(&self, position: Position) -> Result<Next, SourceError> {
        let full = self.request.scope == Scope::Full;
        if full && self.resources().all(|it| self.memory.resources_missing.contains(&it)) {
            return Err(SourceError::contract("source.no_resources", "the provider has none of the resources"));
        }
        let changes = self.memory.has(Capability::Changes, self.request.started);
        Ok(Next::End {
            cursor: changes.then(|| self.request.started.to_string()),
            // Nothing may be concluded from what is missing among changes.
            complete: if full { position.complete } else { Vec::new() },
        })
    }

    /// One page of a list. `limit` is left out when the provider does not understand it.
    async fn list(
        &mut self,
        resource: Resource,
        position: &Position,
        since: Option<&str>,
    ) -> Result<Listed, SourceError> {
        let filter = match (&position.paging.token, since) {
            (Some(token), _) => vec![("pageToken", token.as_str())],
            (None, Some(since)) => vec![("meta.modified.after", since)],
            (None, None) => Vec::new(),
        };
        let answer = self.limited(&self.client.profile.path_of(resource), &filter).await?;
        match verdict(&answer) {
            Verdict::Given => {
                if since.is_some() {
                    self.memory.finds(Capability::Changes);
                }
                Ok(Listed::Page(answer))
            }
            Verdict::Failed => Err(self.client.failure(&answer)),
            Verdict::NotUnderstood | Verdict::Missing if position.paging.token.is_some() => {
                let detail = format!("HTTP {} to a page token that the provider gave", answer.status);
                Err(SourceError::contract("source.page_token_refused", detail))
            }
            Verdict::NotUnderstood if since.is_some() => Err(self.lacks_changes()),
            Verdict::NotUnderstood => Err(self.client.failure(&answer)),
            Verdict::Missing if since.is_some() => Err(self.missing_among_changes(resource).await?),
            Verdict::Missing => Ok(Listed::Missing),
        }
    }

    async fn limited(&mut self, path: &[&str], filter: &[(&str, &str)]) -> Result<Answer, SourceError> {
        let now = self.request.started;
        let tried = self.memory.has(Capability::Limit, now);
        if tried {
            let limit = self.config.page_size.to_string();
            let with_limit: Vec<_> = filter.iter().copied().chain([("limit", limit.as_str())]).collect();
            let answer = self.client.caller.get(path, &with_limit).await?;
            match verdict(&answer) {
                Verdict::NotUnderstood => {}
                Verdict::Given => {
                    self.memory.finds(Capability::Limit);
                    return Ok(answer);
                }
                Verdict::Missing | Verdict::Failed => return Ok(answer),
            }
        }
        let answer = self.client.caller.get(path, filter).await?;
        if tried && verdict(&answer) == Verdict::Given {
            self.memory.lacks(Capability::Limit, now);
        }
        Ok(answer)
    }

    fn lacks_changes(&mut self) -> SourceError {
        self.memory.lacks(Capability::Changes, self.request.started);
        no_changes()
    }

    /// 404 to a list with a filter: is it the filter or the list that is not there?
    async fn missing_among_changes(&mut self, resource: Resource) -> Result<SourceError, SourceError> {
        let plain = self.limited(&self.client.profile.path_of(resource), &[]).await?;
        Ok(match verdict(&plain) {
            Verdict::Given => self.lacks_changes(),
            // It was there at the last full read. The next one decides whether it is gone for good.
            _ => SourceError::new(
                SourceErrorKind::Passing,
                "source.resource_gone",
                format!("HTTP {} for /{}", plain.status, resource.path()),
            ),
        })
    }

    async fn deleted(&mut self, position: Position, since: Option<&str>) -> Result<Page, SourceError> {
        let resources: Vec<Resource> = self.resources().collect();
        let owners = self.client.profile.owners(&resources);
        let Some((path, owned)) = owners.get(position.owner) else {
            return page(Mapped::default(), Vec::new(), self.end(position)?);
        };
        let answer = self.deletions(path, owned, &position, since).await?;
        let Some(deletions) = answer.as_ref().map(Deletions::of).transpose()?.flatten() else {
            self.memory.lacks(Capability::DeletedEntities, self.request.started);
            return page(Mapped::default(), Vec::new(), self.end(position)?);
        };
        self.memory.finds(Capability::DeletedEntities);
        let next = match deletions.next()? {
            Some(token) => {
                let paging = position.paging.follow(token)?;
                next_page(&Position { paging, ..position })?
            }
            None if position.owner + 1 < owners.len() => {
                next_page(&Position { owner: position.owner + 1, paging: Paging::default(), ..position })?
            }
            None => self.end(position)?,
        };
        page(Mapped::default(), deletions.removed(&self.config.resources), next)
    }

    /// `None`: the provider does not tell what was deleted.
    async fn deletions(
        &mut self,
        owner: &[&str],
        owned: &[Resource],
        position: &Position,
        since: Option<&str>,
    ) -> Result<Option<Answer>, SourceError> {
        let path: Vec<&str> = owner.iter().copied().chain([DELETED_ENTITIES]).collect();
        let filter = match &position.paging.token {
            Some(token) => vec![("pageToken", token.as_str())],
            None => since.map(|since| ("after", since)).into_iter().collect(),
        };
        let mut answer = None;
        if position.paging.token.is_none() {
            let entities = owned.iter().map(|resource| ("entities", resource.entity()));
            let narrow: Vec<_> = filter.iter().copied().chain(entities).collect();
            answer = Some(self.limited(&path, &narrow).await?).filter(|it| verdict(it) != Verdict::NotUnderstood);
        }
        let answer = match answer {
            Some(answer) => answer,
            None => self.limited(&path, &filter).await?,
        };
        match verdict(&answer) {
            Verdict::Given => Ok(Some(answer)),
            Verdict::NotUnderstood | Verdict::Missing => Ok(None),
            // A right that was not granted is a capability that is not there; the nightly compare sees deletions.
            Verdict::Failed if answer.status == 403 => Ok(None),
            Verdict::Failed => Err(self.client.failure(&answer)),
        }
    }
}

const DELETED_ENTITIES: &str = "deletedEntities";

impl Position {
    fn at(step: Step) -> Self {
        Self { step, paging: Paging::default(), complete: Vec::new(), blurred: false, filled: false, owner: 0 }
    }
}

fn page(mapped: Mapped, removed: Vec<RecordKey>, next: Next) -> Result<Page, SourceError> {
    Ok(Page { records: mapped.records, removed, unreadable: mapped.unreadable, next, memory: None })
}

fn next_page(position: &Position) -> Result<Next, SourceError> {
    paging::written(position).map(Next::Page)
}

fn no_changes() -> SourceError {
    SourceError::full_read_needed("source.changes_unsupported", "the provider does not filter by meta.modified.after")
}
