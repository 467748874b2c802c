//! A drop place in memory, in which everything can be arranged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use roster::{Clock, ManualClock};

use crate::file_drop::place::{DropPlace, DropPlaces, DropReader, DroppedFile, PlaceError};
use outbound::FilePlace;

#[derive(Clone)]
struct Kept {
    bytes: Vec<u8>,
    modified: Timestamp,
    version: u64,
}

/// A name, and what is dropped there.
type Dropping = (String, Vec<u8>);

/// A shelf of files. Clones are the same shelf.
#[derive(Clone)]
pub(super) struct Shelf {
    pub(super) clock: ManualClock,
    files: Arc<Mutex<BTreeMap<String, Kept>>>,
    /// Names of files opened, in order.
    opened: Arc<Mutex<Vec<String>>>,
    /// Put on the shelf as soon as something is opened.
    later: Arc<Mutex<Option<Dropping>>>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    /// Noon, 22 November 2026, with files that have been there for an hour.
    pub(super) fn of(files: &[(&str, &[u8])]) -> Self {
        let clock = ManualClock::at("2026-11-22T11:00:00Z".parse().unwrap());
        let shelf = Self { clock, files: Arc::default(), opened: Arc::default(), later: Arc::default() };
        for (name, bytes) in files {
            shelf.put(name, bytes);
        }
        shelf.clock.advance_seconds(3_600);
        shelf
    }

    /// Drops a file now.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) {
        self.put_at(name, bytes, self.clock.now());
    }

    /// Drops a file with a time of its own.
    pub(super) fn put_ago(&self, name: &str, bytes: &[u8], seconds: i64) {
        self.put_at(name, bytes, self.clock.now().checked_sub(SignedDuration::from_secs(seconds)).unwrap());
    }

    fn put_at(&self, name: &str, bytes: &[u8], modified: Timestamp) {
        let mut files = self.files.lock().unwrap();
        let version = files.get(name).map_or(1, |it| it.version + 1);
        files.insert(name.to_owned(), Kept { bytes: bytes.to_vec(), modified, version });
    }

    pub(super) fn remove(&self, name: &str) {
        self.files.lock().unwrap().remove(name);
    }

    /// The next time a file is opened, this is dropped.
    pub(super) fn put_while_reading(&self, name: &str, bytes: &[u8]) {
        *self.later.lock().unwrap() = Some((name.to_owned(), bytes.to_vec()));
    }

    pub(super) fn opened(&self) -> usize {
        self.opened.lock().unwrap().len()
    }
}

impl DropPlaces for Shelf {
    fn place(&self, _: &FilePlace) -> Option<Arc<dyn DropPlace>> {
        Some(Arc::new(self.clone()))
    }
}

#[async_trait]
impl DropPlace for Shelf {
    async fn list(&self) -> Result<Vec<DroppedFile>, PlaceError> {
        let files = self.files.lock().unwrap();
        let listed = files.iter().map(|(name, it)| DroppedFile {
            name: name.clone(),
            size: it.bytes.len() as u64,
            modified: it.modified,
            version: it.version.to_string(),
        });
        Ok(listed.collect())
    }

    async fn open(&self, file: &DroppedFile) -> Result<Box<dyn DropReader>, PlaceError> {
        self.opened.lock().unwrap().push(file.name.clone());
        let bytes = self.files.lock().unwrap()[&file.name].bytes.clone();
        if let Some((name, bytes)) = self.later.lock().unwrap().take() {
            self.put(&name, &bytes);
        }
        let mut pieces: Vec<Vec<u8>> = bytes.chunks(1_000).map(<[u8]>::to_vec).collect();
        pieces.reverse();
        Ok(Box::new(Pieces(pieces)))
    }
}

struct Pieces(Vec<Vec<u8>>);

#[async_trait]
impl DropReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PlaceError> {
        Ok(self.0.pop())
    }
}
