//! A folder of this machine. Parts lie below it, where no source looks, until all files are whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Consignment, Landing, LandingError, MOST_ANNOUNCED, Missing, PART, Part, SentFile};

/// Below the folder, what is on its way.
const ON_ITS_WAY: &str = ".on-its-way";

/// How long what was broken off is kept.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);

/// Bytes read at once.
const AT_ONCE: usize = 128 * 1024;

/// A folder of this machine.
#[derive(Debug, Clone)]
pub struct FolderLanding(PathBuf);

impl FolderLanding {
    /// The folder at a path.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }
}

#[async_trait]
impl Landing for FolderLanding {
    async fn missing(&self, sent: &Consignment, now: Timestamp) -> Result<Vec<Missing>, LandingError> {
        let (place, sent) = (Place::of(&self.0, sent.id()), sent.clone());
        aside(move || {
            place.tidy(now);
            place.missing(&sent)
        })
        .await
    }

    async fn keep(&self, consignment: &str, part: Part, bytes: Vec<u8>) -> Result<(), LandingError> {
        let is_identity = consignment.len() == 32 && consignment.bytes().all(|it| it.is_ascii_hexdigit());
        if !is_identity {
            return Err(LandingError::NotAnnounced);
        }
        let fits = part.file < MOST_ANNOUNCED && part.offset.is_multiple_of(PART) && part.length <= PART;
        if !fits || u64::try_from(bytes.len()).ok() != Some(part.length) {
            return Err(LandingError::NoSuchPart);
        }
        let place = Place::of(&self.0, consignment);
        aside(move || place.keep(part, &bytes)).await
    }

    async fn finish(&self, sent: &Consignment) -> Result<usize, LandingError> {
        let (place, sent) = (Place::of(&self.0, sent.id()), sent.clone());
        aside(move || place.finish(&sent)).await
    }
}

/// Away from the threads on which everything else waits.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LandingError> + Send + 'static,
) -> Result<T, LandingError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| LandingError::Unreachable)?
}

fn unreachable(error: &io::Error) -> LandingError {
    tracing::warn!(code = LandingError::Unreachable.code(), kind = %error.kind(), "What was sent cannot be kept.");
    LandingError::Unreachable
}

/// Where one consignment is, on its way and in the end.
struct Place {
    folder: PathBuf,
    parts: PathBuf,
}

impl Place {
    fn of(folder: &Path, consignment: &str) -> Self {
        Self { folder: folder.to_owned(), parts: folder.join(ON_ITS_WAY).join(consignment.to_ascii_lowercase()) }
    }

    fn part(&self, file: usize, offset: u64) -> PathBuf {
        self.parts.join(format!("{file}.{offset}"))
    }

    fn whole(&self, file: usize) -> PathBuf {
        self.parts.join(format!("{file}.whole"))
    }

    fn missing(&self, sent: &Consignment) -> Result<Vec<Missing>, LandingError> {
        if !self.folder.is_dir() {
            return Err(LandingError::Unreachable);
        }
        made(&self.parts).map_err(|error| unreachable(&error))?;
        let mut missing = Vec::new();
        for (place, file) in sent.files().iter().enumerate() {
            if is_there(&self.folder.join(&file.name), file) {
                continue;
            }
            let not_here = |part: &Part| size(&self.part(place, part.offset)) != Some(part.length);
            missing.extend(file.parts(place).filter(not_here).map(|part| Missing { part, to: None }));
        }
        Ok(missing)
    }

    fn keep(&self, part: Part, bytes: &[u8]) -> Result<(), LandingError> {
        if !self.parts.is_dir() {
            return Err(LandingError::NotAnnounced);
        }
        let (unfinished, finished) =
            (self.parts.join(format!("{}.{}.unfinished", part.file, part.offset)), self.part(part.file, part.offset));
        let kept = written(&unfinished).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &finished)
        });
        kept.map_err(|error| unreachable(&error))
    }

    fn finish(&self, sent: &Consignment) -> Result<usize, LandingError> {
        if !self.parts.is_dir() {
            return if self.all_there(sent) { Ok(0) } else { Err(LandingError::NotAnnounced) };
        }
        let lock = written(&self.parts.join("lock")).map_err(|error| unreachable(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            // Asked for twice: whoever was first does it.
            Err(TryLockError::WouldBlock) => return Err(LandingError::Incomplete),
            Err(TryLockError::Error(error)) => return Err(unreachable(&error)),
        }
        let mut brought = Vec::new();
        for place in sent.in_order() {
            let Some(file) = sent.files().get(place) else { continue };
            let at = self.folder.join(&file.name);
            let all_parts = file.parts(place).all(|part| size(&self.part(place, part.offset)) == Some(part.length));
            if all_parts {
                self.assemble(place, file)?;
                brought.push((self.whole(place), at));
            } else if !is_there(&at, file) {
                return Err(LandingError::Incomplete);
            } else if file.marks && !brought.is_empty() {
                // It says that the others are whole, and must be as new as they are.
                fs::copy(&at, self.whole(place)).map_err(|error| unreachable(&error))?;
                brought.push((self.whole(place), at));
            }
        }
        let named = brought.iter().try_for_each(|(whole, at)| fs::rename(whole, at));
        named.and_then(|()| File::open(&self.folder)?.sync_all()).map_err(|error| unreachable(&error))?;
        // What is left behind is tidied away later.
        let _ = fs::remove_dir_all(&self.parts);
        Ok(brought.len())
    }

    fn all_there(&self, sent: &Consignment) -> bool {
        sent.files().iter().all(|file| is_there(&self.folder.join(&file.name), file))
    }

    /// Puts the parts of a file together. What is not what was announced is thrown away: it has to be sent again.
    fn assemble(&self, place: usize, file: &SentFile) -> Result<(), LandingError> {
        let mut hash = Sha256::new();
        let put_together = written(&self.whole(place)).and_then(|mut whole| {
            for part in file.parts(place) {
                each_piece(&self.part(place, part.offset), |bytes| {
                    hash.update(bytes);
                    whole.write_all(bytes)
                })?;
            }
            whole.sync_all()
        });
        put_together.map_err(|error| unreachable(&error))?;
        if hash.finalize().as_slice() == file.sha256 {
            return Ok(());
        }
        for part in file.parts(place) {
            let _ = fs::remove_file(self.part(place, part.offset));
        }
        Err(LandingError::Altered)
    }

    /// Takes away what was broken off long ago.
    fn tidy(&self, now: Timestamp) {
        let Some(entries) = self.parts.parent().and_then(|it| fs::read_dir(it).ok()) else { return };
        let before = SystemTime::from(now).checked_sub(KEPT_FOR);
        for entry in entries.flatten() {
            let touched = entry.metadata().and_then(|it| it.modified()).ok();
            if entry.path() != self.parts && touched.zip(before).is_some_and(|(touched, before)| touched < before) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// A folder for its owner only, and what it lies in.
fn made(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// A file to be written anew, by its owner only.
fn written(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(true).open(path)
}

fn size(path: &Path) -> Option<u64> {
    path.symlink_metadata().ok().filter(fs::Metadata::is_file).map(|it| it.len())
}

/// Whether a file is there already, byte for byte.
fn is_there(path: &Path, file: &SentFile) -> bool {
    if size(path) != Some(file.size) {
        return false;
    }
    let mut hash = Sha256::new();
    let read = each_piece(path, |bytes| {
        hash.update(bytes);
        Ok(())
    });
    read.is_ok() && hash.finalize().as_slice() == file.sha256
}

fn each_piece(path: &Path, mut with: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let (mut file, mut bytes) = (File::open(path)?, vec![0; AT_ONCE]);
    loop {
        let read = file.read(&mut bytes)?;
        match bytes.get(..read) {
            Some(piece) if !piece.is_empty() => with(piece)?,
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
