//! How the command line reaches a hub that runs on this machine: over the loopback, with a token that is kept in the
//! hub's data folder, readable by its owner only.

mod client;
mod server;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use client::{Client, ControlError};
pub(crate) use server::router;

/// Where a running hub is reached, as noted in its data folder. `Debug` leaves the token out.
#[derive(Clone, Serialize, Deserialize)]
pub struct Address {
    /// Its address.
    pub url: String,
    /// The token.
    pub token: String,
}

/// What somebody who asks for a preview wants to know.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Another file for the tenant.
    pub file: Option<String>,
    /// Only this target.
    pub target: Option<String>,
    /// As of the beginning of this day.
    pub as_of: Option<jiff::civil::Date>,
}

fn file(data: &Path) -> PathBuf {
    data.join("control.json")
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Address {
    /// Notes where the hub of a data folder is reached.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn note(&self, data: &Path) -> io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let text = serde_json::to_vec(self).map_err(io::Error::other)?;
        let path = file(data);
        // Made anew, so that the mode holds from the first byte.
        let _ = std::fs::remove_file(&path);
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
        io::Write::write_all(&mut file, &text)
    }

    /// Where the hub of a data folder is reached.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn of(data: &Path) -> io::Result<Self> {
        serde_json::from_slice(&std::fs::read(file(data))?).map_err(io::Error::other)
    }
}

/// A token nobody guesses.
#[must_use]
pub fn new_token() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::machine::TemporaryFolder;

    fn noted() -> (TemporaryFolder, Address) {
        let folder = TemporaryFolder::new().unwrap();
        let address = Address { url: "http://127.0.0.1:8700".into(), token: new_token() };
        (folder, address)
    }

    #[test]
    fn only_the_owner_can_read_the_token_even_where_a_readable_file_lay_before() {
        let (folder, address) = noted();
        std::fs::write(file(folder.path()), "old").unwrap();

        address.note(folder.path()).unwrap();

        let mode = std::fs::metadata(file(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_link_laid_in_the_tokens_place_is_not_written_through() {
        let (folder, address) = noted();
        let elsewhere = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, file(folder.path())).unwrap();

        address.note(folder.path()).unwrap();

        assert!(!elsewhere.exists());
    }

    #[test]
    fn debug_shows_no_token() {
        let (_, address) = noted();

        assert!(!format!("{address:?}").contains(&address.token));
    }
}
