//! A folder of this machine. Nothing below it is looked at, and nothing is followed out of it.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{DropPlace, DropReader, DroppedFile, MOST_FILES, PlaceError, PlaceErrorKind};

/// Bytes read at once.
const AT_ONCE: usize = 128 * 1024;

/// A folder of this machine.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at a path. Whether it is there is found out when it is listed.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }
}

#[async_trait]
impl DropPlace for Folder {
    async fn list(&self) -> Result<Vec<DroppedFile>, PlaceError> {
        let path = self.0.clone();
        aside(move || listed(&path)).await
    }

    async fn open(&self, file: &DroppedFile) -> Result<Box<dyn DropReader>, PlaceError> {
        let (path, file) = (self.0.clone(), file.clone());
        let file = aside(move || opened(&path, &file)).await?;
        Ok(Box::new(Opened(Some(file))))
    }
}

/// Away from the threads on which everything else waits: a disk may be a network's.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PlaceError> + Send + 'static,
) -> Result<T, PlaceError> {
    let gone = |_| PlaceError::new(PlaceErrorKind::Unreachable, "reading was cut short");
    tokio::task::spawn_blocking(work).await.map_err(gone)?
}

fn listed(folder: &Path) -> Result<Vec<DroppedFile>, PlaceError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| refusal(&error))? {
        let entry = entry.map_err(|error| refusal(&error))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Of a link, the link itself.
        let metadata = match entry.path().symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(refusal(&error)),
        };
        if !metadata.is_file() {
            continue;
        }
        if files.len() >= MOST_FILES {
            return Err(PlaceError::new(PlaceErrorKind::TooMany, "there are more files than any register drops"));
        }
        files.push(described(name, &metadata)?);
    }
    Ok(files)
}

fn described(name: String, metadata: &Metadata) -> Result<DroppedFile, PlaceError> {
    let unreadable = |_| PlaceError::new(PlaceErrorKind::Unreachable, "a file's times cannot be read");
    let (modified, version) = times(metadata).map_err(unreadable)?;
    Ok(DroppedFile { name, size: metadata.len(), modified, version })
}

/// A sender may set a file's time of modification to anything; when the file itself last changed is the system's own.
#[cfg(unix)]
fn times(metadata: &Metadata) -> io::Result<(Timestamp, String)> {
    use std::os::unix::fs::MetadataExt;
    let nanosecond = i32::try_from(metadata.ctime_nsec()).unwrap_or(0);
    let changed = Timestamp::new(metadata.ctime(), nanosecond).map_err(io::Error::other)?;
    let version = format!("{}-{}-{}-{}", metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec());
    Ok((changed, version))
}

#[cfg(not(unix))]
fn times(metadata: &Metadata) -> io::Result<(Timestamp, String)> {
    let modified = Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)?;
    Ok((modified, format!("{}", modified.as_nanosecond())))
}

/// Opens what was listed. What was put in its place since – a link, too – has another version.
fn opened(folder: &Path, listed: &DroppedFile) -> Result<File, PlaceError> {
    if !stays_inside(&listed.name) {
        return Err(PlaceError::new(PlaceErrorKind::Refused, "the name leads out of the folder"));
    }
    let path = folder.join(&listed.name);
    let changed = || PlaceError::new(PlaceErrorKind::Changed, "a file changed before it was read");
    let metadata = path.symlink_metadata().map_err(|error| refusal(&error))?;
    if !metadata.is_file() {
        return Err(changed());
    }
    let file = OpenOptions::new().read(true).open(&path).map_err(|error| refusal(&error))?;
    let opened = file.metadata().map_err(|error| refusal(&error))?;
    if described(listed.name.clone(), &opened)? == *listed { Ok(file) } else { Err(changed()) }
}

/// Whether a name is that of a file in the folder itself.
pub(crate) fn stays_inside(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0', ':'])
}

fn refusal(error: &io::Error) -> PlaceError {
    match error.kind() {
        io::ErrorKind::PermissionDenied => PlaceError::new(PlaceErrorKind::Refused, "it may not be read"),
        io::ErrorKind::NotFound => PlaceError::new(PlaceErrorKind::Unreachable, "it is not there"),
        _ => PlaceError::new(PlaceErrorKind::Unreachable, "it cannot be read"),
    }
}

struct Opened(Option<File>);

#[async_trait]
impl DropReader for Opened {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PlaceError> {
        let Some(mut file) = self.0.take() else { return Ok(None) };
        let (file, bytes) = aside(move || {
            let mut bytes = vec![0; AT_ONCE];
            let read = file.read(&mut bytes).map_err(|error| refusal(&error))?;
            bytes.truncate(read);
            Ok((file, bytes))
        })
        .await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.0 = Some(file);
        Ok(Some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let held = tempfile::tempdir().unwrap();
        let folder = Folder::new(held.path());
        (held, folder)
    }

    async fn names(folder: &Folder) -> Vec<String> {
        let mut names: Vec<String> = folder.list().await.unwrap().into_iter().map(|it| it.name).collect();
        names.sort();
        names
    }

    async fn content(folder: &Folder, file: &DroppedFile) -> Result<Vec<u8>, PlaceError> {
        let mut reader = folder.open(file).await?;
        let mut content = Vec::new();
        while let Some(bytes) = reader.next().await? {
            content.extend(bytes);
        }
        Ok(content)
    }

    #[tokio::test]
    async fn a_file_is_listed_and_read() {
        let (held, folder) = folder();
        fs::write(held.path().join("elever.csv"), vec![7; 300_000]).unwrap();

        let listed = folder.list().await.unwrap();

        assert_eq!((listed.len(), listed[0].name.as_str(), listed[0].size), (1, "elever.csv", 300_000));
        assert_eq!(content(&folder, &listed[0]).await.unwrap().len(), 300_000);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_and_folders_are_not_there() {
        let (held, folder) = folder();
        fs::write(held.path().join("real.csv"), "x").unwrap();
        fs::create_dir(held.path().join("below")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", held.path().join("link.csv")).unwrap();

        assert_eq!(names(&folder).await, ["real.csv"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_link_put_in_a_files_place_is_not_followed() {
        let (held, folder) = folder();
        fs::write(held.path().join("elever.csv"), "x").unwrap();
        let listed = folder.list().await.unwrap();
        fs::remove_file(held.path().join("elever.csv")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", held.path().join("elever.csv")).unwrap();

        let read = content(&folder, &listed[0]).await;

        assert_eq!(read.unwrap_err().kind, PlaceErrorKind::Changed);
    }

    #[tokio::test]
    async fn a_file_that_was_written_again_is_not_the_one_that_was_listed() {
        let (held, folder) = folder();
        fs::write(held.path().join("elever.csv"), "first").unwrap();
        let listed = folder.list().await.unwrap();
        fs::write(held.path().join("elever.csv"), "second").unwrap();

        let read = content(&folder, &listed[0]).await;

        assert_eq!(read.unwrap_err().kind, PlaceErrorKind::Changed);
    }

    #[tokio::test]
    async fn names_that_lead_out_of_the_folder_are_refused() {
        let (held, folder) = folder();
        fs::write(held.path().join("elever.csv"), "x").unwrap();
        let listed = folder.list().await.unwrap().remove(0);

        for name in ["../elever.csv", "/etc/hostname", "..", "below/elever.csv", "a\\b", "c:", ""] {
            let read = content(&folder, &DroppedFile { name: name.into(), ..listed.clone() }).await;

            assert_eq!(read.unwrap_err().kind, PlaceErrorKind::Refused, "{name}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_cannot_be_reached() {
        let (held, _) = folder();

        let listed = Folder::new(held.path().join("nothing")).list().await;

        assert_eq!(listed.unwrap_err().kind, PlaceErrorKind::Unreachable);
    }
}
