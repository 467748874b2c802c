//! A folder of this machine, or of one that is mounted here.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::place::{PlaceError, PlaceErrorKind, SendPlace};

/// What a file is called until it is whole: whoever takes files from the folder does not look at such names.
const UNFINISHED: &str = ".tmp";

/// A folder of this machine. Files in it may be read by its owner and group: whoever fetches them is somebody else.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

#[async_trait]
impl SendPlace for Folder {
    async fn put(&self, name: &str, content: &[u8]) -> Result<(), PlaceError> {
        let (folder, name, content) = (self.0.clone(), name.to_owned(), content.to_vec());
        let cut_short = |_| PlaceError { kind: PlaceErrorKind::Unreachable, detail: "writing was cut short" };
        // Away from the threads on which everything else waits: a disk may be a network's.
        tokio::task::spawn_blocking(move || put(&folder, &name, &content)).await.map_err(cut_short)?
    }
}

fn put(folder: &Path, name: &str, content: &[u8]) -> Result<(), PlaceError> {
    let unfinished = folder.join(format!(".{name}{UNFINISHED}"));
    let written = create(&unfinished).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    let named = written.and_then(|()| std::fs::rename(&unfinished, folder.join(name)));
    // A name that a crash takes back would be given again to other lines.
    named.and_then(|()| File::open(folder)?.sync_all()).map_err(|error| refusal(&error))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.write(true).create(true).truncate(true).open(path)
}

fn refusal(error: &io::Error) -> PlaceError {
    match error.kind() {
        io::ErrorKind::NotFound => PlaceError { kind: PlaceErrorKind::Unreachable, detail: "the folder is not there" },
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            PlaceError { kind: PlaceErrorKind::Refused, detail: "the hub may not write in the folder" }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            PlaceError { kind: PlaceErrorKind::Unreachable, detail: "the folder is full" }
        }
        _ => PlaceError { kind: PlaceErrorKind::Unreachable, detail: "the folder cannot be written" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("skolbro-targets-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    #[tokio::test]
    async fn a_file_is_there_under_its_name_and_nothing_else_is() {
        let path = folder("whole");

        Folder::new(&path).put("a.txt", b"whole").await.unwrap();

        let names: Vec<_> = std::fs::read_dir(&path).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!((names, std::fs::read(path.join("a.txt")).unwrap()), (vec!["a.txt".into()], b"whole".to_vec()));
        std::fs::remove_dir_all(&path).unwrap();
    }

    #[tokio::test]
    async fn what_was_broken_off_is_written_anew() {
        let path = folder("again");
        std::fs::write(path.join(".a.txt.tmp"), b"what a crash left, and longer than the new one").unwrap();

        Folder::new(&path).put("a.txt", b"whole").await.unwrap();

        assert_eq!(std::fs::read(path.join("a.txt")).unwrap(), b"whole");
        std::fs::remove_dir_all(&path).unwrap();
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_not_made() {
        let path = folder("gone").join("unmounted");

        let error = Folder::new(&path).put("a.txt", b"x").await.unwrap_err();

        assert_eq!(error.kind.code(), "files.place_unreachable");
        assert!(!path.exists(), "a mount that is away must not be written beside");
    }
}
