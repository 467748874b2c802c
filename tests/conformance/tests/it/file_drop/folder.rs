//! The folder that a register writes to, as a drop place, with trouble where the kit wants it.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use outbound::FilePlace;
use sources::file_drop::place::{DropPlace, DropPlaces, DropReader, DroppedFile, PlaceError, PlaceErrorKind};
use world::Exporter;

use crate::kit::Trouble;

/// A register's folder. Clones are the same one.
#[derive(Clone)]
pub(super) struct Folder {
    pub(super) exporter: Exporter,
    trouble: Arc<Mutex<Option<Ahead>>>,
}

struct Ahead {
    trouble: Trouble,
    files: usize,
    times: usize,
    struck: bool,
}

impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Folder")
    }
}

impl Folder {
    pub(super) fn of(exporter: Exporter) -> Self {
        Self { exporter, trouble: Arc::default() }
    }

    /// Every file that is opened after so many suffers this.
    pub(super) fn suffers(&self, trouble: Trouble, files: usize, times: usize) -> bool {
        let possible = matches!(trouble, Trouble::Reset | Trouble::Truncated | Trouble::SignInPage);
        let ahead = Ahead { trouble, files, times, struck: false };
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = possible.then_some(ahead);
        possible
    }

    pub(super) fn recovers(&self) -> bool {
        let ahead = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        ahead.is_some_and(|it| it.struck)
    }

    fn fate(&self) -> Option<Trouble> {
        let mut ahead = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = ahead.as_mut()?;
        if ahead.files > 0 {
            ahead.files -= 1;
            return None;
        }
        ahead.times = ahead.times.checked_sub(1)?;
        ahead.struck = true;
        Some(ahead.trouble)
    }
}

impl DropPlaces for Folder {
    fn place(&self, _: &FilePlace) -> Option<Arc<dyn DropPlace>> {
        Some(Arc::new(self.clone()))
    }
}

#[async_trait]
impl DropPlace for Folder {
    async fn list(&self) -> Result<Vec<DroppedFile>, PlaceError> {
        let files = self.exporter.files().into_iter().map(|(name, it)| DroppedFile {
            name,
            size: it.bytes.len() as u64,
            modified: it.modified,
            version: it.version.to_string(),
        });
        Ok(files.collect())
    }

    async fn open(&self, file: &DroppedFile) -> Result<Box<dyn DropReader>, PlaceError> {
        let fate = self.fate();
        let mut bytes = self.exporter.files().remove(&file.name).map(|it| it.bytes).unwrap_or_default();
        match fate {
            Some(Trouble::Truncated) => bytes.truncate(bytes.len() / 2),
            Some(Trouble::SignInPage) => bytes = b"<!doctype html><title>Logga in</title>".to_vec(),
            _ => {}
        }
        let mut pieces: Vec<Vec<u8>> = bytes.chunks(4_096).map(<[u8]>::to_vec).collect();
        pieces.reverse();
        Ok(Box::new(Pieces { pieces, breaks: fate == Some(Trouble::Reset) }))
    }
}

struct Pieces {
    pieces: Vec<Vec<u8>>,
    breaks: bool,
}

#[async_trait]
impl DropReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PlaceError> {
        if self.breaks && self.pieces.len() <= 1 {
            return Err(PlaceError::new(PlaceErrorKind::Unreachable, "the disk is gone"));
        }
        Ok(self.pieces.pop())
    }
}
