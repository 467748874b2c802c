//! Reading what was dropped.
//!
//! Files are taken in as they arrive, whole, in one go, and told page by page from what was kept of them: records, not
//! bytes. The pages that follow are told from memory if the same process is asked; another process takes the files in
//! again, and goes on only if they are the same. A poll that finds the files it knows reads nothing; new files that
//! hold everything lead to a read of everything.

use std::sync::Arc;

use jiff::Timestamp;
use roster::validity::date_in_sweden;
use roster::{RecordKey, RecordKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::assembly::Assembly;
use super::choice::{NotNow, Wanted, choose, generation, usable};
use super::config::FileDropConfig;
use super::entry::{self, Reading, is_record};
use super::place::{DropPlace, DroppedFile, PlaceError, PlaceErrorKind};
use super::problem::{FileProblem, shown};
use super::records::Contents;
use super::separated::Separated;
use super::table::{Entity, TableConfig};
use crate::{Next, Page, ReadRequest, Scope, SourceError, SourceErrorKind};

/// Where reading goes on from.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    generation: String,
}

/// Where a read has come.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    page: usize,
    /// The fingerprint of the files.
    digest: String,
}

/// The files that are read now, with the number of the table of each.
struct Delivery {
    files: Vec<(usize, DroppedFile)>,
    generation: String,
}

/// What one read tells.
#[derive(Debug)]
struct Telling {
    scope: Scope,
    started: Timestamp,
    contents: Contents,
    digest: String,
    cursor: String,
}

/// Reads, and remembers for the next page what was taken in.
#[derive(Debug)]
pub(super) struct Reader {
    place: Arc<dyn DropPlace>,
    config: FileDropConfig,
    tables: Vec<TableConfig>,
    /// Changes when the settings do: the same files then say something else.
    understanding: String,
    kept: Mutex<Option<Arc<Telling>>>,
}

/// Takes in the pieces of a file.
type Sink<'s> = &'s mut (dyn FnMut(&[u8]) -> Result<(), FileProblem> + Send);

impl Reader {
    pub(super) fn new(place: Arc<dyn DropPlace>, config: FileDropConfig, tables: Vec<TableConfig>) -> Self {
        let understanding = roster::fingerprint(format!("{config:?} {tables:?}").as_bytes());
        Self { place, config, tables, understanding, kept: Mutex::const_new(None) }
    }

    pub(super) async fn page(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        let position = position(request)?;
        if position.is_none()
            && let Some(silence) = self.silence(request).await?
        {
            return Ok(silence);
        }
        let telling = self.telling(request, position.is_none()).await?;
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
        let size = self.config.page_size as usize;
        let records = &telling.contents.records;
        let from = number.saturating_mul(size).min(records.len());
        let until = from.saturating_add(size).min(records.len());
        let next = if until < records.len() {
            let position = Position { page: number.saturating_add(1), digest: telling.digest.clone() };
            Next::Page(written(&position)?)
        } else {
            *self.kept.lock().await = None;
            Next::End { cursor: Some(telling.cursor.clone()), complete: telling.contents.complete.clone() }
        };
        Ok(Page {
            records: records.get(from..until).unwrap_or_default().to_vec(),
            removed: Vec::new(),
            unreadable: if number == 0 { telling.contents.unreadable.clone() } else { Vec::new() },
            next,
            memory: None,
        })
    }

    /// Whether the source has a record now.
    pub(super) async fn has(&self, key: RecordKey, now: Timestamp) -> Result<bool, SourceError> {
        let delivery = self.delivery(now).await?;
        let (contents, _) = self.take_in(&delivery, now).await?;
        if contents.records.iter().any(|it| it.key() == key) {
            return Ok(true);
        }
        let lost = contents.unreadable.iter().any(|it| it.lost && it.kind == key.kind);
        if lost || !contents.complete.contains(&key.kind) {
            let detail = "some of what was dropped cannot be read, and it may be among that";
            return Err(SourceError::contract("file_drop.rows_unreadable", detail));
        }
        Ok(false)
    }

    /// What a poll says that finds nothing new. `None`: there is something to read.
    async fn silence(&self, request: &ReadRequest) -> Result<Option<Page>, SourceError> {
        let Scope::Changes { cursor } = &request.scope else { return Ok(None) };
        let known: Cursor = serde_json::from_str(cursor)
            .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor names no files"))?;
        let nothing_new = Page {
            records: Vec::new(),
            removed: Vec::new(),
            unreadable: Vec::new(),
            next: Next::End { cursor: Some(cursor.clone()), complete: Vec::new() },
            memory: None,
        };
        match self.chosen(request.started).await? {
            Err(not_now) if not_now.wait.is_some() => {
                tracing::debug!(code = not_now.code, "nothing is read now");
                Ok(Some(nothing_new))
            }
            Err(not_now) => Err(not_now.into()),
            Ok(delivery) if delivery.generation == known.generation => Ok(Some(nothing_new)),
            Ok(_) => Err(SourceError::full_read_needed("file_drop.new_files", "new files hold everything")),
        }
    }

    /// What the read tells; a first page takes everything in anew.
    async fn telling(&self, request: &ReadRequest, first: bool) -> Result<Arc<Telling>, SourceError> {
        let mut kept = self.kept.lock().await;
        let same = |it: &&Arc<Telling>| it.scope == request.scope && it.started == request.started;
        if let Some(telling) = kept.as_ref().filter(same).filter(|_| !first) {
            return Ok(Arc::clone(telling));
        }
        *kept = None;
        let (scope, started) = (request.scope.clone(), request.started);
        let delivery = self.delivery(started).await?;
        let (contents, digest) = self.take_in(&delivery, started).await?;
        let cursor = written(&Cursor { generation: delivery.generation })?;
        let telling = Arc::new(Telling { scope, started, contents, digest, cursor });
        *kept = Some(Arc::clone(&telling));
        Ok(telling)
    }

    async fn delivery(&self, now: Timestamp) -> Result<Delivery, SourceError> {
        let chosen = self.chosen(now).await?;
        chosen.map_err(|not_now| match not_now.code {
            "file_drop.nothing_there" => SourceError::new(SourceErrorKind::Passing, not_now.code, not_now.detail),
            _ => not_now.into(),
        })
    }

    async fn chosen(&self, now: Timestamp) -> Result<Result<Delivery, NotNow>, SourceError> {
        let files = usable(self.place.list().await?);
        let wanted: Vec<Wanted> = self.tables.iter().map(wanted).collect();
        let chosen = match choose(&files, &wanted, &self.config.rules(), now) {
            Ok(chosen) => chosen,
            Err(not_now) => return Ok(Err(not_now)),
        };
        let files: Vec<(usize, DroppedFile)> =
            chosen.into_iter().enumerate().filter_map(|(table, file)| Some((table, file?))).collect();
        let generation = generation(files.iter().map(|(_, file)| file), &self.understanding);
        Ok(Ok(Delivery { files, generation }))
    }

    /// Everything that the files say, and a fingerprint of them.
    async fn take_in(&self, delivery: &Delivery, now: Timestamp) -> Result<(Contents, String), SourceError> {
        let (today, dates) = (date_in_sweden(now), self.config.all_dates());
        let mut digest = Sha256::new();
        let mut assembly = Assembly::default();
        for (number, file) in &delivery.files {
            let Some(table) = self.tables.get(*number) else { continue };
            told(table, &mut assembly);
            let reading = Reading { today, dates: &dates };
            let mut rows = Separated::new(table, &file.name, self.config.text(), reading);
            self.stream(file, &mut |bytes| {
                digest.update(bytes);
                rows.feed(bytes, &mut assembly)
            })
            .await?;
            rows.finish(&mut assembly)?;
        }
        self.unchanged(delivery.files.iter().map(|(_, file)| file)).await?;
        digest.update(&delivery.generation);
        Ok((assembly.finish(today), roster::fingerprint(&digest.finalize())))
    }

    /// Hands on a file's bytes as they come.
    async fn stream(&self, file: &DroppedFile, sink: Sink<'_>) -> Result<(), SourceError> {
        if file.size > self.config.most_bytes() {
            let detail = format!("{} is larger than {} MB", shown(&file.name), self.config.max_file_mb);
            return Err(FileProblem::new("file_drop.file_too_large", detail).into());
        }
        let changed = || PlaceError::new(PlaceErrorKind::Changed, "a file changed while it was read");
        let mut reader = self.place.open(file).await?;
        let mut read: u64 = 0;
        while let Some(bytes) = reader.next().await? {
            read = read.saturating_add(bytes.len() as u64);
            if read > file.size {
                return Err(changed().into());
            }
            sink(&bytes)?;
        }
        if read == file.size { Ok(()) } else { Err(changed().into()) }
    }

    /// The files that were read are still those that were listed.
    async fn unchanged(&self, files: impl Iterator<Item = &DroppedFile>) -> Result<(), SourceError> {
        let now = self.place.list().await?;
        for file in files {
            if !now.contains(file) {
                let detail = "a file changed while it was read";
                return Err(PlaceError::new(PlaceErrorKind::Changed, detail).into());
            }
        }
        Ok(())
    }
}

fn wanted(table: &TableConfig) -> Wanted {
    Wanted {
        pattern: table.file.clone(),
        required: table.required,
        together: table.together.clone(),
        any_age: table.any_age,
    }
}

/// The kinds that a table speaks of are known from now on.
fn told(table: &TableConfig, assembly: &mut Assembly) {
    let records = table.maps().map(|(entity, _)| entity).filter(|entity| is_record(*entity));
    assembly.told.extend(records.map(entry::kind));
    assembly.terms_told |= table.tells(Entity::Term);
}

/// The kinds of record that files may tell of.
pub(super) const KINDS: [RecordKind; 4] =
    [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Duty];

fn position(request: &ReadRequest) -> Result<Option<Position>, SourceError> {
    let read = |text: &String| serde_json::from_str(text);
    request
        .position
        .as_ref()
        .map(read)
        .transpose()
        .map_err(|_| SourceError::full_read_needed("source.position_unknown", "the position cannot be read"))
}

fn written(place: &impl Serialize) -> Result<String, SourceError> {
    let unwritable =
        |error| SourceError::contract("source.position_unwritable", "the position cannot be written").because(error);
    serde_json::to_string(place).map_err(unwritable)
}
