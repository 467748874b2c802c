//! A file on its way into a folder, under a name that no source reads until all of it is there.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The name that a file has in its folder; `None`: none that can be written.
pub(super) fn name_of(file: &Path) -> Option<String> {
    file.file_name()?.to_str().map(str::to_owned)
}

/// A file that has been brought, and does not have its name yet. Dropped before that, it is taken away.
#[derive(Debug)]
pub(super) struct Placing {
    unfinished: PathBuf,
    finished: PathBuf,
}

impl Placing {
    /// Copies a file into a folder, until it is on the disk.
    pub(super) fn bring(file: &Path, folder: &Path, name: &str) -> io::Result<Self> {
        let mut from = File::open(file)?;
        let metadata = from.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        // Hidden, and with an ending of unfinished files: no source reads either.
        let unfinished = folder.join(format!(".{}.tmp", uuid::Uuid::new_v4().simple()));
        let mut to = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        let placing = Self { unfinished, finished: folder.join(name) };
        io::copy(&mut from, &mut to)?;
        // Whoever may read the original may read the copy: the hub may be another user.
        to.set_permissions(metadata.permissions())?;
        to.sync_all()?;
        Ok(placing)
    }

    /// Gives it its name. What had that name is replaced.
    pub(super) fn finish(self) -> io::Result<()> {
        std::fs::rename(&self.unfinished, &self.finished)
    }
}

impl Drop for Placing {
    fn drop(&mut self) {
        // After finishing there is none.
        let _ = std::fs::remove_file(&self.unfinished);
    }
}

/// Waits until the names in a folder are on the disk.
pub(super) fn make_last(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::machine::TemporaryFolder;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn original(text: &str) -> (TemporaryFolder, PathBuf) {
        let folder = TemporaryFolder::new().unwrap();
        let file = folder.path().join("elever.csv");
        std::fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[test]
    fn until_it_is_finished_a_file_has_a_name_that_is_not_read() {
        let ((_held, file), folder) = (original("Id\np1\n"), TemporaryFolder::new().unwrap());

        let placing = Placing::bring(&file, folder.path(), "elever.csv").unwrap();

        let name = names(folder.path()).remove(0);
        assert!(name.starts_with('.') && name.ends_with(".tmp"), "{name}");
        placing.finish().unwrap();
        assert_eq!(names(folder.path()), ["elever.csv"]);
    }

    #[test]
    fn a_file_that_does_not_get_its_name_leaves_nothing_behind() {
        let ((_held, file), folder) = (original("Id\np1\n"), TemporaryFolder::new().unwrap());

        drop(Placing::bring(&file, folder.path(), "elever.csv").unwrap());

        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn what_had_the_name_is_replaced_and_whoever_could_read_the_original_reads_the_copy() {
        let ((_held, file), folder) = (original("new"), TemporaryFolder::new().unwrap());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let placed = folder.path().join("elever.csv");
        std::fs::write(&placed, "older and longer").unwrap();

        Placing::bring(&file, folder.path(), "elever.csv").unwrap().finish().unwrap();

        assert_eq!(std::fs::read_to_string(&placed).unwrap(), "new");
        assert_eq!(placed.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = TemporaryFolder::new().unwrap();

        assert!(Placing::bring(folder.path(), folder.path(), "elever.csv").is_err());
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
