//! Reading a register: everything, or what changed.
//!
//! A register's documents cannot be read page by page: a person's places stand behind all persons. They are taken in
//! whole, in one go, and told page by page from what was kept of them. The pages that follow are told from memory if
//! the same process is asked; another process takes the documents in again, and goes on only if they are the same to
//! the last byte (but for their `properties`). A register that changed meanwhile is read anew.
//!
//! Changes only tell *who* has been touched. Their lists are seldom whole – a class with one new pupil – and the hub
//! keeps whole ones, so each who was touched is told from the documents with everything. If nothing was touched, those
//! are not asked for.

use std::sync::Arc;

use jiff::Timestamp;
use roster::validity::date_in_sweden;
use roster::{RecordKey, RecordKind};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::classify::Asked;
use super::client::{Client, Question};
use super::config::ImsEnterpriseConfig;
use super::intake::Intake;
use super::snapshot::Snapshot;
use super::touched::Touched;
use super::window::Window;
use super::xml::Reading;
use crate::paging;
use crate::{Next, Page, ReadRequest, Scope, SourceError};

/// Where reading changes goes on from.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    until: Timestamp,
    /// The school types that have been read so far. Others have to be read whole first.
    of: String,
}

/// Where a read has come.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    page: usize,
    /// The fingerprint of the documents.
    digest: String,
}

/// What one read tells.
#[derive(Debug)]
struct Telling {
    scope: Scope,
    started: Timestamp,
    snapshot: Snapshot,
    removed: Vec<RecordKey>,
    cursor: Option<String>,
}

/// Reads, and remembers for the next page what was taken in.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) client: Client,
    pub(super) config: ImsEnterpriseConfig,
    kept: Mutex<Option<Arc<Telling>>>,
}

impl Reader {
    pub(super) const fn new(client: Client, config: ImsEnterpriseConfig) -> Self {
        Self { client, config, kept: Mutex::const_new(None) }
    }

    pub(super) async fn page(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        let position: Option<Position> = paging::position(request)?;
        let telling = self.telling(request, position.is_none()).await?;
        let digest = telling.snapshot.digest();
        let number = match position {
            Some(position) if position.digest != digest => {
                self.forget().await;
                let detail = "the documents changed while they were read page by page";
                return Err(SourceError::contract("ims_enterprise.document_changed", detail));
            }
            Some(position) => position.page,
            None => 0,
        };
        let portion = telling.snapshot.page(number, self.config.page_size as usize);
        let next = if portion.more {
            Next::Page(paging::written(&Position { page: number.saturating_add(1), digest })?)
        } else {
            self.forget().await;
            // Nothing may be concluded from what is missing among changes.
            let complete = if request.scope == Scope::Full { telling.snapshot.complete() } else { Vec::new() };
            Next::End { cursor: telling.cursor.clone(), complete }
        };
        let removed = if number == 0 { telling.removed.clone() } else { Vec::new() };
        Ok(Page { records: portion.records, removed, unreadable: portion.unreadable, next, memory: None })
    }

    /// Whether the register has a record now.
    pub(super) async fn has(&self, key: RecordKey, now: Timestamp) -> Result<bool, SourceError> {
        Ok(self.everything(now).await?.has(key))
    }

    async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    /// What the read tells; a first page takes everything in anew.
    async fn telling(&self, request: &ReadRequest, first: bool) -> Result<Arc<Telling>, SourceError> {
        let mut kept = self.kept.lock().await;
        let same = |it: &&Arc<Telling>| it.scope == request.scope && it.started == request.started;
        if let Some(telling) = kept.as_ref().filter(same).filter(|_| !first) {
            return Ok(Arc::clone(telling));
        }
        *kept = None;
        let telling = Arc::new(self.take_in(request).await?);
        *kept = Some(Arc::clone(&telling));
        Ok(telling)
    }

    async fn take_in(&self, request: &ReadRequest) -> Result<Telling, SourceError> {
        let (scope, started) = (request.scope.clone(), request.started);
        let Some(window) = self.window(request)? else {
            let snapshot = self.everything(started).await?;
            return Ok(Telling { scope, started, snapshot, removed: Vec::new(), cursor: self.cursor(started)? });
        };
        let cursor = self.cursor(window.end)?;
        let touched = self.touched(&window).await?;
        if touched.unreadable {
            let detail = "something has been changed that cannot be identified";
            return Err(SourceError::full_read_needed("ims_enterprise.change_unreadable", detail));
        }
        let mut snapshot = if touched.is_nothing() {
            Intake::new(self.config.rules(), date_in_sweden(started)).finish()
        } else {
            self.everything(started).await?
        };
        let removed = snapshot.narrow(&touched);
        Ok(Telling { scope, started, snapshot, removed, cursor })
    }

    /// The window to ask for; `None`: everything is read.
    fn window(&self, request: &ReadRequest) -> Result<Option<Window>, SourceError> {
        let Scope::Changes { cursor } = &request.scope else { return Ok(None) };
        let cursor: Cursor = serde_json::from_str(cursor)
            .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor holds no time"))?;
        if cursor.of != self.school_types() {
            let detail = "other school types are read than before";
            return Err(SourceError::full_read_needed("source.cursor_unknown", detail));
        }
        let window = Window::after(cursor.until, request.started).ok_or_else(|| {
            let detail = "changes have not been read for almost a day";
            SourceError::full_read_needed("ims_enterprise.window_too_long", detail)
        })?;
        Ok(Some(window))
    }

    fn cursor(&self, until: Timestamp) -> Result<Option<String>, SourceError> {
        if !self.config.changes || self.config.in_order().iter().all(|it| it.delta_service().is_none()) {
            return Ok(None);
        }
        paging::written(&Cursor { until, of: self.school_types() }).map(Some)
    }

    fn school_types(&self) -> String {
        self.config.in_order().iter().map(|it| it.code()).collect::<Vec<_>>().join(" ")
    }

    async fn touched(&self, window: &Window) -> Result<Touched, SourceError> {
        let mut touched = Touched::default();
        let [start, end] = window.written(self.config.times);
        for school_type in self.config.in_order() {
            let Some(service) = school_type.delta_service() else { continue };
            let mut query = vec![("StartDate", start.as_str()), ("EndDate", end.as_str())];
            query.extend(self.filters());
            let question = Question { service: &service, school_type: Some(school_type), query, asked: Asked::Changes };
            let mut document = Reading::new(self.config.most_bytes(), touched);
            self.client.document(&question, &mut |bytes| document.feed(bytes)).await?;
            touched = document.finish()?.0;
        }
        Ok(touched)
    }

    /// Takes in every document, as of today.
    async fn everything(&self, now: Timestamp) -> Result<Snapshot, SourceError> {
        let mut intake = Intake::new(self.config.rules(), date_in_sweden(now));
        if self.config.municipal_organisation {
            let service = "GetMunicipalOrganization";
            let question = Question { service, school_type: None, query: Vec::new(), asked: Asked::Everything };
            intake = self.document(&question, intake).await?;
        }
        for school_type in self.config.in_order() {
            let (service, query) = (school_type.service(), self.filters().collect());
            let question =
                Question { service: &service, school_type: Some(school_type), query, asked: Asked::Everything };
            intake = self.document(&question, intake).await?;
        }
        Ok(intake.finish())
    }

    async fn document(&self, question: &Question<'_>, intake: Intake) -> Result<Intake, SourceError> {
        let school_type = question.school_type.map(|it| it.code());
        let mut document = intake.open(self.config.most_bytes(), school_type);
        self.client.document(question, &mut |bytes| document.feed(bytes)).await?;
        Ok(document.close()?)
    }

    fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let municipality = self.config.municipality_code.as_deref().map(|it| ("MunicipalityCode", it));
        municipality.into_iter().chain(self.config.governed_by.map(|it| ("GovernedBy", it.as_str())))
    }
}

/// Kinds of record that the source tells of.
pub(super) const KINDS: [RecordKind; 3] = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group];
