//! Places that files are put in for whoever takes them.

use std::sync::Arc;

use async_trait::async_trait;
use outbound::FilePlace;

use super::folder::Folder;

/// Where files are put.
#[async_trait]
pub trait SendPlace: Send + Sync + std::fmt::Debug {
    /// Puts a file there, whole or not at all; one of that name is replaced.
    ///
    /// # Errors
    /// [`PlaceError`]. The file may be there all the same, whole.
    async fn put(&self, name: &str, content: &[u8]) -> Result<(), PlaceError>;
}

/// Makes such places. A simulation has its own.
pub trait SendPlaces: Send + Sync + std::fmt::Debug {
    /// The place at an address.
    fn send_place(&self, address: &FilePlace) -> Arc<dyn SendPlace>;
}

/// Folders of this machine. A bucket is said to be elsewhere when something is put there: the settings are those of a
/// hub in AWS, and may be checked here.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalFolders;

impl SendPlaces for LocalFolders {
    fn send_place(&self, address: &FilePlace) -> Arc<dyn SendPlace> {
        match address {
            FilePlace::Folder(path) => Arc::new(Folder::new(path)),
            FilePlace::Bucket { .. } => Arc::new(NotHere),
        }
    }
}

/// A place that another hub reaches.
#[derive(Debug, Clone, Copy)]
pub struct NotHere;

#[async_trait]
impl SendPlace for NotHere {
    async fn put(&self, _: &str, _: &[u8]) -> Result<(), PlaceError> {
        Err(PlaceError { kind: PlaceErrorKind::NotAvailableHere, detail: "this hub does not reach such places" })
    }
}

/// A file could not be put somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", .kind.code())]
pub struct PlaceError {
    /// What can be done about it.
    pub kind: PlaceErrorKind,
    /// What was seen.
    pub detail: &'static str,
}

/// What can be done about a place that takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceErrorKind {
    /// It cannot be reached, or is not there.
    Unreachable,
    /// It may not be written.
    Refused,
    /// This hub reaches no such places.
    NotAvailableHere,
}

impl PlaceErrorKind {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "files.place_unreachable",
            Self::Refused => "files.place_refused",
            Self::NotAvailableHere => "files.place_not_available_here",
        }
    }
}
