//! Where files are put for systems: a folder, or a shelf in memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use outbound::FilePlace;
use targets::files::{NotHere, PlaceError, SendPlace, SendPlaces};

use crate::machine::TemporaryFolder;

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

/// Folders that are there in memory only, with their files. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Shelves(Arc<Mutex<BTreeMap<PathBuf, Files>>>);

impl Shelves {
    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<PathBuf, Files>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn files(&self, folder: &Path) -> Files {
        self.with(|all| all.get(folder).cloned().unwrap_or_default())
    }

    fn take_away(&self, folder: &Path, name: &str) {
        self.with(|all| all.get_mut(folder).map(|it| it.remove(name)));
    }
}

impl SendPlaces for Shelves {
    fn send_place(&self, address: &FilePlace) -> Arc<dyn SendPlace> {
        match address {
            FilePlace::Folder(path) => Arc::new(Shelf { all: self.clone(), folder: path.clone() }),
            FilePlace::Bucket { .. } => Arc::new(NotHere),
        }
    }
}

#[derive(Debug)]
struct Shelf {
    all: Shelves,
    folder: PathBuf,
}

#[async_trait]
impl SendPlace for Shelf {
    async fn put(&self, name: &str, content: &[u8]) -> Result<(), PlaceError> {
        self.all.with(|all| all.entry(self.folder.clone()).or_default().insert(name.to_owned(), content.to_vec()));
        Ok(())
    }
}

/// Where one system takes its files from.
pub(super) enum Place {
    Folder(TemporaryFolder),
    Shelf(Shelves, PathBuf),
}

impl Place {
    pub(super) fn folder() -> io::Result<Self> {
        TemporaryFolder::new().map(Self::Folder).map_err(io::Error::other)
    }

    pub(super) fn shelf(shelves: &Shelves, name: &str) -> Self {
        Self::Shelf(shelves.clone(), Path::new("/shelves").join(name))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Folder(folder) => folder.path(),
            Self::Shelf(_, path) => path,
        }
    }

    /// The files by name. Those that are still being written are not shown.
    pub(super) fn files(&self) -> io::Result<Files> {
        match self {
            Self::Shelf(shelves, path) => Ok(shelves.files(path)),
            Self::Folder(folder) => {
                let mut files = BTreeMap::new();
                for entry in std::fs::read_dir(folder.path())? {
                    let entry = entry?;
                    let name = entry.file_name().to_string_lossy().into_owned();
                    if !name.starts_with('.') {
                        files.insert(name, std::fs::read(entry.path())?);
                    }
                }
                Ok(files)
            }
        }
    }

    pub(super) fn take_away(&self, name: &str) {
        match self {
            Self::Shelf(shelves, path) => shelves.take_away(path, name),
            Self::Folder(folder) => drop(std::fs::remove_file(folder.path().join(name))),
        }
    }
}
