//! How the command line reaches a hub that runs on this machine: over the loopback, with a token that is kept in the
//! hub's data folder, readable by its owner only.

mod client;
mod server;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use client::{Client, ControlError};
pub(crate) use server::router;

/// Where a running hub is reached, as noted in its data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
    /// Its address.
    pub url: String,
    /// The token.
    pub token: String,
}

fn file(data: &Path) -> PathBuf {
    data.join("control.json")
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
