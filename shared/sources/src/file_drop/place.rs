//! Where files are dropped: a folder, a bucket, or whatever keeps files by name.

mod elsewhere;
mod folder;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use outbound::FilePlace;

pub use self::elsewhere::Elsewhere;
pub use self::folder::Folder;
pub(crate) use self::folder::stays_inside;
use super::landing::{FolderLanding, Landing};

/// The most files that a place may hold.
pub const MOST_FILES: usize = 10_000;

/// A file in a drop place, as it was when the place was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedFile {
    /// Its name, without any folder.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// When anything about it last changed.
    pub modified: Timestamp,
    /// Differs whenever the content may differ: an etag, or what a file system has in its place.
    pub version: String,
}

/// Where files are dropped.
#[async_trait]
pub trait DropPlace: Send + Sync + std::fmt::Debug {
    /// The files that are there now: at most [`MOST_FILES`], no folders, links or devices.
    ///
    /// # Errors
    /// [`PlaceError`].
    async fn list(&self) -> Result<Vec<DroppedFile>, PlaceError>;

    /// Opens a file of the list for reading from its beginning.
    ///
    /// # Errors
    /// [`PlaceError`]; [`PlaceErrorKind::Changed`] when it is not the file that was listed.
    async fn open(&self, file: &DroppedFile) -> Result<Box<dyn DropReader>, PlaceError>;
}

/// A file being read.
#[async_trait]
pub trait DropReader: Send {
    /// The next bytes, in pieces of at most some hundred kilobytes; `None`: the end.
    ///
    /// # Errors
    /// [`PlaceError`].
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PlaceError>;
}

/// Makes drop places. A simulation has its own.
pub trait DropPlaces: Send + Sync + std::fmt::Debug {
    /// The place at an address. `None`: this hub cannot reach such places.
    fn place(&self, address: &FilePlace) -> Option<Arc<dyn DropPlace>>;

    /// Where files that are sent to the hub land at an address. `None`: they cannot be sent there.
    fn landing(&self, address: &FilePlace) -> Option<Arc<dyn Landing>> {
        let _ = address;
        None
    }
}

/// Folders of this machine. A bucket is said to be elsewhere when it is read, as a secret kept in AWS is: the settings
/// are those of a hub in AWS, and may be checked here.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalFolders;

impl DropPlaces for LocalFolders {
    fn place(&self, address: &FilePlace) -> Option<Arc<dyn DropPlace>> {
        Some(match address {
            FilePlace::Folder(path) => Arc::new(Folder::new(path)),
            FilePlace::Bucket { .. } => Arc::new(Elsewhere::BUCKET),
        })
    }

    fn landing(&self, address: &FilePlace) -> Option<Arc<dyn Landing>> {
        match address {
            FilePlace::Folder(path) => Some(Arc::new(FolderLanding::new(path))),
            FilePlace::Bucket { .. } => None,
        }
    }
}

/// What can be done about a place that does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceErrorKind {
    /// It cannot be reached, or is not there.
    Unreachable,
    /// It may not be read.
    Refused,
    /// A file is not what was listed.
    Changed,
    /// There are more files than [`MOST_FILES`].
    TooMany,
    /// This hub reaches no such places, wherever else they can be reached.
    NotAvailableHere,
}

/// A place, or a file in it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct PlaceError {
    /// What can be done about it.
    pub kind: PlaceErrorKind,
    /// What was seen, without the names of files.
    pub detail: &'static str,
}

impl PlaceError {
    /// A place, or a file in it, cannot be read.
    #[must_use]
    pub const fn new(kind: PlaceErrorKind, detail: &'static str) -> Self {
        Self { kind, detail }
    }
}
