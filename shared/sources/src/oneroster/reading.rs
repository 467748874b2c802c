//! Reading a provider page by page: everything, or what changed.
//!
//! **Everything**: academic sessions, organisations, users, classes. Sessions come first, since they give classes their
//! periods; they are kept in the memory, with the organisations that are no schools. A page of classes is a page of
//! groups: the members of each are asked for at once (`members`), because a list of all enrollments could only be joined
//! with the classes by holding all of it.
//!
//! **What changed**: the same lists filtered by `dateLastModified`, then enrollments. A change of one enrollment reaches
//! its group like this: its class is noted in the position, and the class and all its members are read anew. No more
//! than some hundred are noted before they are read, however many enrollments changed; a class may be read twice then.
//! Changes are asked for from five minutes before the last read began, by the earlier of the provider's clock and ours.
//! A list that moved so that something may have been passed over is read from the same place again next time. Whatever
//! a provider removes without marking it `tobedeleted` is only seen by the nightly read of everything.

mod changes;
mod members;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use outbound::Answer;
use roster::validity::date_in_sweden;
use roster::{Record, RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

use super::classify::{Verdict, verdict};
use super::client::{Client, Objects, arrived, objects};
use super::config::OneRosterConfig;
use super::list::{ListPosition, Turn};
use super::mapping::{self, Fields, Lost, Reading, Status};
use super::memory::{Capability, Memory};
use super::resource::Resource;
use super::wire::{self, Wire};
use crate::paging;
use crate::{Next, Page, ReadRequest, Scope, SourceError, SourceErrorKind, Unreadable};

/// How far before the cursor changes are asked for, against clocks that differ.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// Where a read has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    resource: Resource,
    #[serde(default)]
    list: ListPosition,
    /// Kinds read to the end, nothing moved and nothing without an identity among them.
    #[serde(default)]
    complete: Vec<RecordKind>,
    /// Whether something of the present list was lost whose identity nobody knows.
    #[serde(default)]
    blurred: bool,
    /// Lists that are not there.
    #[serde(default)]
    missing: Vec<Resource>,
    /// The provider's clock when the read began, where it was behind ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behind: Option<Timestamp>,
    /// Whether a list of changes moved so that something may have been passed over.
    #[serde(default)]
    again: bool,
    /// Classes to be read anew, by the provider's identifiers.
    #[serde(default, skip_serializing_if = "changes::Touched::is_empty")]
    touched: changes::Touched,
}

/// What came of a page.
#[derive(Debug, Default)]
struct Read {
    records: Vec<Record>,
    removed: Vec<RecordKey>,
    unreadable: Vec<Unreadable>,
}

/// One call of `Source::read`.
pub(super) struct Reader<'r> {
    client: &'r Client,
    config: &'r OneRosterConfig,
    request: &'r ReadRequest,
    memory: Memory,
}

impl<'r> Reader<'r> {
    pub(super) fn new(client: &'r Client, config: &'r OneRosterConfig, request: &'r ReadRequest) -> Self {
        let memory = Memory::recall(request.memory.as_deref()).unwrap_or_default();
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
        if position.touched.is_due() {
            return self.touched(position).await;
        }
        match position.resource {
            Resource::Sessions => self.sessions(position, since).await,
            Resource::Orgs => self.orgs(position, since).await,
            Resource::Users => self.users(position, since).await,
            Resource::Classes => self.classes(position, since).await,
            Resource::Enrollments => self.enrollments(position, since).await,
        }
    }

    /// From when changes are asked for; `None`: everything is read.
    fn since(&self) -> Result<Option<Timestamp>, SourceError> {
        let Scope::Changes { cursor } = &self.request.scope else {
            return Ok(None);
        };
        let cursor: Timestamp = cursor
            .parse()
            .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor is not a time"))?;
        if Memory::recall(self.request.memory.as_deref()).is_none() {
            let detail = "the academic sessions are not known";
            return Err(SourceError::full_read_needed("source.memory_missing", detail));
        }
        if !self.memory.has(Capability::Changes, self.request.started) {
            return Err(no_changes());
        }
        Ok(Some(cursor.checked_sub(OVERLAP).unwrap_or(cursor)))
    }

    fn position(&self) -> Result<Position, SourceError> {
        match paging::position(self.request)? {
            Some(position) => Ok(position),
            None => Ok(Position {
                resource: Resource::Sessions,
                list: ListPosition::default(),
                complete: Vec::new(),
                blurred: false,
                missing: Vec::new(),
                behind: None,
                again: false,
                touched: changes::Touched::default(),
            }),
        }
    }

    fn reading(&self) -> Reading<'r> {
        Reading { conventions: &self.config.conventions, today: date_in_sweden(self.request.started) }
    }

    async fn sessions(&mut self, position: Position, since: Option<Timestamp>) -> Result<Page, SourceError> {
        let Some(answer) = self.list(&position, since).await? else { return self.without(position) };
        let (list, turn) = self.take::<wire::Session<'_>>(&position, &answer, since)?;
        let (reading, mut read) = (self.reading(), Read::default());
        let mut otherwise = false;
        for wire in list.into_iter().skip(turn.old) {
            let mut fields = Fields::new(RecordKind::Group, &mut read.unreadable);
            let session = wire.ok_or_else(Lost::record);
            match session.and_then(|wire| mapping::session(&wire, &mut fields, &reading)) {
                Ok((id, status, when)) => otherwise |= self.memory.learn(id, status, when),
                // Its classes are left out one by one, and stay as they were.
                Err(lost) => fields.warn(lost.code, lost.reason),
            }
        }
        if otherwise && since.is_some() {
            let detail = "an academic session has other dates, and so have its classes";
            return Err(SourceError::full_read_needed("oneroster.session_changed", detail));
        }
        self.turned(position, &answer, turn, read)
    }

    async fn orgs(&mut self, position: Position, since: Option<Timestamp>) -> Result<Page, SourceError> {
        let Some(answer) = self.list(&position, since).await? else { return self.without(position) };
        let (list, turn) = self.take::<wire::Org<'_>>(&position, &answer, since)?;
        let (reading, mut read) = (self.reading(), Read::default());
        for wire in list.into_iter().skip(turn.old) {
            let mut fields = Fields::new(RecordKind::Organisation, &mut read.unreadable);
            match wire.ok_or_else(Lost::record).and_then(|wire| mapping::org(wire, &mut fields, &reading)) {
                Ok(org) => {
                    let id = org.organisation.id;
                    if org.is_school {
                        self.memory.above.remove(&id);
                    } else {
                        self.memory.above.insert(id);
                    }
                    read.add(org.status, Record::Organisation(org.organisation));
                }
                Err(lost) => fields.lost(lost),
            }
        }
        self.turned(position, &answer, turn, read)
    }

    async fn users(&mut self, position: Position, since: Option<Timestamp>) -> Result<Page, SourceError> {
        let Some(answer) = self.list(&position, since).await? else { return self.without(position) };
        let (list, turn) = self.take::<wire::User<'_>>(&position, &answer, since)?;
        let (reading, mut read) = (self.reading(), Read::default());
        for wire in list.into_iter().skip(turn.old) {
            let mut fields = Fields::new(RecordKind::Person, &mut read.unreadable);
            match wire.ok_or_else(Lost::record).and_then(|wire| mapping::user(wire, &mut fields, &reading)) {
                Ok(user) => {
                    let status = user.status;
                    let person = mapping::person(user, &self.memory.above, &reading, &mut fields);
                    read.add(status, Record::Person(person));
                }
                Err(lost) => fields.lost(lost),
            }
        }
        self.turned(position, &answer, turn, read)
    }

    async fn classes(&mut self, position: Position, since: Option<Timestamp>) -> Result<Page, SourceError> {
        let Some(answer) = self.list(&position, since).await? else { return self.without(position) };
        let (list, turn) = self.take::<wire::Class<'_>>(&position, &answer, since)?;
        let (reading, mut read, mut here) = (self.reading(), Read::default(), Vec::new());
        for wire in list.into_iter().skip(turn.old) {
            let mut fields = Fields::new(RecordKind::Group, &mut read.unreadable);
            match wire.ok_or_else(Lost::record).and_then(|wire| mapping::class(wire, &mut fields, &reading)) {
                Ok(class) if class.status == Status::Here => here.push(class),
                Ok(class) => read.removed.push(RecordKey { kind: RecordKind::Group, id: class.group.id }),
                Err(lost) => fields.lost(lost),
            }
        }
        self.groups(here, &mut read).await?;
        self.turned(position, &answer, turn, read)
    }

    /// A page of a list. `None`: there is no such list.
    async fn list(&mut self, position: &Position, since: Option<Timestamp>) -> Result<Option<Answer>, SourceError> {
        let path = position.resource.path();
        let limit = match position.resource {
            Resource::Classes => self.config.classes_per_page,
            _ => self.config.page_size,
        };
        let filter = since.map(|since| format!("dateLastModified>'{}'", since.strftime("%Y-%m-%dT%H:%M:%S.000Z")));
        let filter: Vec<_> = filter.as_deref().map(|filter| ("filter", filter)).into_iter().collect();
        let answer = self.sorted(path, limit, &position.list, &filter).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(Some(answer)),
            Verdict::NotUnderstood if since.is_some() => {
                self.memory.lacks(Capability::Changes, self.request.started);
                Err(no_changes())
            }
            // Without it no change of a membership would ever be seen.
            Verdict::Missing | Verdict::Forbidden if position.resource == Resource::Enrollments => {
                self.memory.lacks(Capability::Changes, self.request.started);
                Err(no_changes())
            }
            Verdict::Missing if since.is_none() && position.list == ListPosition::default() => Ok(None),
            // It was there at the last read of everything, or a page ago. The next one decides.
            Verdict::Missing => Err(SourceError::new(
                SourceErrorKind::Passing,
                "source.resource_gone",
                format!("HTTP {} for /{path}", answer.status),
            )),
            Verdict::NotUnderstood | Verdict::Forbidden | Verdict::Failed => Err(self.client.caller.failure(&answer)),
        }
    }

    /// Sorted by identity, so that what changes keeps its place; in the provider's own order where it cannot sort.
    async fn sorted(
        &mut self,
        path: &str,
        limit: u32,
        list: &ListPosition,
        filter: &[(&str, &str)],
    ) -> Result<Answer, SourceError> {
        let now = self.request.started;
        let tried = self.memory.has(Capability::Sort, now);
        if tried {
            let sorted: Vec<_> = filter.iter().copied().chain([("sort", "sourcedId"), ("orderBy", "asc")]).collect();
            let answer = self.client.page(&[path], limit, list, &sorted).await?;
            if verdict(&answer) != Verdict::NotUnderstood {
                self.memory.finds(Capability::Sort);
                return Ok(answer);
            }
        }
        let answer = self.client.page(&[path], limit, list, filter).await?;
        if tried && verdict(&answer) == Verdict::Given {
            self.memory.lacks(Capability::Sort, now);
        }
        Ok(answer)
    }

    /// The objects of a page, and what the page means for its list.
    fn take<'a, W: Wire<'a>>(
        &mut self,
        position: &Position,
        answer: &'a Answer,
        since: Option<Timestamp>,
    ) -> Result<(Objects<W>, Turn), SourceError> {
        let objects = objects::<W>(position.resource, &answer.body)?;
        if let Some(since) = since {
            let modified = objects.iter().flatten().filter_map(|it| it.modified()?.parse::<Timestamp>().ok());
            // A second's grace: some providers cut off what is below it.
            if modified.into_iter().any(|at| at.duration_since(since) < SignedDuration::from_secs(-1)) {
                self.memory.lacks(Capability::Changes, self.request.started);
                return Err(no_changes());
            }
            self.memory.finds(Capability::Changes);
        }
        let turn = position.list.turn(&arrived(&objects, answer), false)?;
        Ok((objects, turn))
    }

    /// A page has been read.
    fn turned(&self, mut position: Position, answer: &Answer, turn: Turn, mut read: Read) -> Result<Page, SourceError> {
        if position.behind.is_none() {
            position.behind = self.behind(answer);
        }
        position.blurred |= read.unreadable.iter().any(|it| it.lost && it.id.is_none());
        position.list = turn.position;
        if !turn.ended {
            return page(self, read, next_page(&position)?);
        }
        let full = self.request.scope == Scope::Full;
        let whole = if full { position.list.is_steady() } else { position.list.is_gapless() };
        if !whole {
            position.blurred |= full;
            position.again |= !full;
            read.unreadable.push(moved(position.resource.kind(), None, false));
        }
        if full && !position.blurred && position.resource != Resource::Sessions {
            position.complete.push(position.resource.kind());
        }
        let next = self.after(position)?;
        page(self, read, next)
    }

    /// The list is not there.
    fn without(&self, mut position: Position) -> Result<Page, SourceError> {
        position.missing.push(position.resource);
        let next = self.after(position)?;
        page(self, Read::default(), next)
    }

    /// The list has been read to its end.
    fn after(&self, position: Position) -> Result<Next, SourceError> {
        let last = if self.request.scope == Scope::Full { Resource::Classes } else { Resource::Enrollments };
        let next = Resource::ALL.into_iter().find(|it| *it > position.resource && *it <= last);
        match next {
            Some(resource) => {
                next_page(&Position { resource, list: ListPosition::default(), blurred: false, ..position })
            }
            None if !position.touched.is_empty() => {
                next_page(&Position { touched: position.touched.clone().all_due(), ..position })
            }
            None => self.end(position),
        }
    }

    fn end(&self, position: Position) -> Result<Next, SourceError> {
        let Scope::Changes { cursor: before } = &self.request.scope else {
            if position.missing.len() == Resource::ALL.len() - 1 {
                return Err(SourceError::contract("source.no_resources", "the provider has none of the lists"));
            }
            let changes = self.memory.has(Capability::Changes, self.request.started);
            let cursor = changes.then(|| self.as_of(&position).to_string());
            return Ok(Next::End { cursor, complete: position.complete });
        };
        // From the same place again when something may have been passed over. Nothing may be concluded from what is
        // missing among changes.
        let cursor = if position.again { before.clone() } else { self.as_of(&position).to_string() };
        Ok(Next::End { cursor: Some(cursor), complete: Vec::new() })
    }

    fn as_of(&self, position: &Position) -> Timestamp {
        position.behind.unwrap_or(self.request.started)
    }

    /// The provider's clock (`Date`), where it is behind ours: what it changes now bears an earlier time.
    fn behind(&self, answer: &Answer) -> Option<Timestamp> {
        let date = DateTimeParser::new().parse_timestamp(answer.header("date")?).ok()?;
        // Each page is later than the one before, and the first one a little later than the read.
        (date < self.request.started).then_some(date)
    }
}

impl Read {
    fn add(&mut self, status: Status, record: Record) {
        match status {
            Status::Here => self.records.push(record),
            Status::Gone => self.removed.push(record.key()),
        }
    }
}

/// A list, or the members of a class, moved while it was read.
fn moved(kind: RecordKind, id: Option<String>, lost: bool) -> Unreadable {
    let reason = "the list changed while it was read, so that it may lack something".to_owned();
    Unreadable { kind, id, code: "oneroster.list_moved".to_owned(), reason, lost }
}

fn page(reader: &Reader<'_>, read: Read, next: Next) -> Result<Page, SourceError> {
    // A full read says what is there; what is marked as gone is simply not among it.
    let removed = if reader.request.scope == Scope::Full { Vec::new() } else { read.removed };
    Ok(Page { records: read.records, removed, unreadable: read.unreadable, next, memory: None })
}

fn next_page(position: &Position) -> Result<Next, SourceError> {
    paging::written(position).map(Next::Page)
}

fn no_changes() -> SourceError {
    SourceError::full_read_needed(
        "source.changes_unsupported",
        "the provider does not tell by dateLastModified what changed",
    )
}
