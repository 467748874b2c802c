//! Reading what was dropped.
//!
//! Files are taken in as they arrive, whole, in one go, and told page by page from what was kept of them: records, not
//! bytes. The pages that follow are told from memory if the same process is asked; another process takes the files in
//! again, and goes on only if they are the same. A poll that finds the files it knows reads nothing; new files that
//! hold everything lead to a read of everything. Files that hold what changed are read after all before them, and what
//! is told is how that differs from what was known.

use std::sync::Arc;

use jiff::Timestamp;
use roster::validity::date_in_sweden;
use roster::{RecordKey, RecordKind};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::chain::Memory;
use super::choice::{NotNow, usable};
use super::config::FileDropConfig;
use super::intake::{Delivery, Form, Intake};
use super::place::DropPlace;
use super::said::Said;
use crate::paging;
use crate::{Next, Page, ReadRequest, Scope, SourceError};

/// Where reading goes on from.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    generation: String,
    /// How many deliveries of a chain have been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    links: Option<usize>,
}

/// Where a read has come.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    page: usize,
    /// The fingerprint of the files.
    digest: String,
}

/// What one read tells.
#[derive(Debug)]
struct Telling {
    scope: Scope,
    started: Timestamp,
    said: Said,
    removed: Vec<RecordKey>,
    digest: String,
    cursor: String,
    memory: Option<String>,
}

/// Reads, and remembers for the next page what was taken in.
#[derive(Debug)]
pub(super) struct Reader {
    place: Arc<dyn DropPlace>,
    pub(super) config: FileDropConfig,
    form: Form,
    /// Changes when the settings do: the same files then say something else.
    understanding: String,
    kept: Mutex<Option<Arc<Telling>>>,
}

impl Reader {
    pub(super) fn new(place: Arc<dyn DropPlace>, config: FileDropConfig, form: Form) -> Self {
        let understanding = roster::fingerprint(format!("{config:?} {form:?}").as_bytes());
        Self { place, config, form, understanding, kept: Mutex::const_new(None) }
    }

    pub(super) async fn page(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        let position: Option<Position> = paging::position(request)?;
        let known = match &request.scope {
            Scope::Full => None,
            Scope::Changes { cursor } => Some(read_cursor(cursor)?),
        };
        let telling = match self.kept(request).await.filter(|_| position.is_some()) {
            Some(telling) => telling,
            None => match self.taken(request, known.as_ref()).await? {
                Some(telling) => telling,
                None => return Ok(nothing_new(request)),
            },
        };
        let number = match position {
            Some(position) if position.digest != telling.digest => {
                *self.kept.lock().await = None;
                let detail = "other files were dropped while these were read page by page";
                return Err(SourceError::contract("file_drop.files_replaced", detail));
            }
            Some(position) => position.page,
            None => 0,
        };
        self.told(&telling, number).await
    }

    async fn told(&self, telling: &Telling, number: usize) -> Result<Page, SourceError> {
        let portion = telling.said.page(number, self.config.page_size as usize);
        let next = if portion.more {
            let position = Position { page: number.saturating_add(1), digest: telling.digest.clone() };
            Next::Page(paging::written(&position)?)
        } else {
            *self.kept.lock().await = None;
            // Nothing may be concluded from what is missing among changes.
            let complete = if telling.scope == Scope::Full { telling.said.complete() } else { Vec::new() };
            Next::End { cursor: Some(telling.cursor.clone()), complete }
        };
        Ok(Page {
            records: portion.records,
            removed: if number == 0 { telling.removed.clone() } else { Vec::new() },
            unreadable: portion.unreadable,
            memory: telling.memory.clone().filter(|_| !portion.more),
            next,
        })
    }

    /// Whether the source has a record now.
    pub(super) async fn has(&self, key: RecordKey, now: Timestamp) -> Result<bool, SourceError> {
        let delivery = self.chosen(now).await?.map_err(SourceError::from)?;
        let taken = self.intake(now).take(&delivery, None).await?;
        taken.said.has(key).ok_or_else(|| {
            let detail = "some of what was dropped cannot be read, and it may be among that";
            SourceError::contract("file_drop.rows_unreadable", detail)
        })
    }

    /// What was kept of the same read.
    async fn kept(&self, request: &ReadRequest) -> Option<Arc<Telling>> {
        let same = |it: &&Arc<Telling>| it.scope == request.scope && it.started == request.started;
        self.kept.lock().await.as_ref().filter(same).cloned()
    }

    /// What the read tells; `None`: nothing new.
    async fn taken(&self, request: &ReadRequest, known: Option<&Cursor>) -> Result<Option<Arc<Telling>>, SourceError> {
        let mut kept = self.kept.lock().await;
        *kept = None;
        let delivery = match (self.chosen(request.started).await?, known) {
            (Err(not_now), Some(_)) if not_now.wait.is_some() => {
                tracing::debug!(code = not_now.code, "nothing is read now");
                return Ok(None);
            }
            (chosen, _) => chosen.map_err(SourceError::from)?,
        };
        let generation = delivery.generation(&self.understanding);
        if known.is_some_and(|known| known.generation == generation) {
            return Ok(None);
        }
        let known = known.map(|known| self.links_known(known, &delivery)).transpose()?;
        let memory = remembered(&delivery, request)?;
        let taken = self.intake(request.started).take(&delivery, known).await?;
        let links = if let Delivery::Chain(chain) = &delivery { Some(chain.links.len()) } else { None };
        let telling = Arc::new(Telling {
            scope: request.scope.clone(),
            started: request.started,
            said: taken.said,
            removed: taken.removed,
            digest: taken.digest,
            cursor: paging::written(&Cursor { generation, links })?,
            memory,
        });
        *kept = Some(Arc::clone(&telling));
        Ok(Some(telling))
    }

    /// How many deliveries of a chain are known from an earlier read. Other files hold everything.
    fn links_known(&self, known: &Cursor, delivery: &Delivery) -> Result<usize, SourceError> {
        let links = match delivery {
            Delivery::Chain(chain) => known.links.filter(|links| {
                *links < chain.links.len() && chain.generation(*links, &self.understanding) == known.generation
            }),
            Delivery::Tables(_) => None,
        };
        links.ok_or_else(|| SourceError::full_read_needed("file_drop.new_files", "new files hold everything"))
    }

    fn intake(&self, now: Timestamp) -> Intake<'_> {
        Intake::new(&*self.place, &self.config, &self.form, date_in_sweden(now))
    }

    async fn chosen(&self, now: Timestamp) -> Result<Result<Delivery, NotNow>, SourceError> {
        let files = usable(self.place.list().await?);
        Ok(self.form.choose(&files, &self.config.rules(), now))
    }
}

/// A poll that finds what it knows.
fn nothing_new(request: &ReadRequest) -> Page {
    let cursor = if let Scope::Changes { cursor } = &request.scope { Some(cursor.clone()) } else { None };
    Page {
        records: Vec::new(),
        removed: Vec::new(),
        unreadable: Vec::new(),
        next: Next::End { cursor, complete: Vec::new() },
        memory: None,
    }
}

/// What is to be remembered after the read. A chain must go on from what was read of it, also when everything is read.
fn remembered(delivery: &Delivery, request: &ReadRequest) -> Result<Option<String>, SourceError> {
    let Delivery::Chain(chain) = delivery else { return Ok(None) };
    let earlier = request.memory.as_deref().and_then(|text| serde_json::from_str::<Memory>(text).ok());
    if let Some(earlier) = earlier {
        chain.follows(&earlier)?;
    }
    paging::written(&chain.memory()).map(Some)
}

/// The kinds of record that files may tell of.
pub(super) const KINDS: [RecordKind; 4] =
    [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Duty];

fn read_cursor(cursor: &str) -> Result<Cursor, SourceError> {
    serde_json::from_str(cursor)
        .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor names no files"))
}
