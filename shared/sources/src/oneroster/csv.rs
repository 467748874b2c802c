//! OneRoster's CSV files, 1.1 and 1.2: a zip with `manifest.csv`, as bulk or delta. Pure; for whoever takes in files.
//!
//! A delta cannot be mapped alone: a group carries its members, and a delta names only the enrollments that changed. So
//! files are read into a [`Bundle`]; later deltas are [applied](Bundle::apply) to the bulk before them, and the whole
//! gives the [records](Bundle::records). Whoever takes in files keeps the last bulk and what came after it.
//!
//! | What is wrong | What becomes of it |
//! |---|---|
//! | no zip, cut off, encrypted, over the [`Bounds`] | nothing is read |
//! | no manifest, a file it names is missing, a required column is missing, not UTF-8 | nothing is read |
//! | a file is `absent` | nothing is known of it: its kind is neither read nor complete |
//! | a row of another length, without identity, or with a line break in a cell | left out; its kind is not complete |
//! | a cell that cannot be read, a reference to nothing, an end that is no date | as over REST: left out, with a warning |
//!
//! `courses`, `demographics`, `userProfiles` and the files of gradebook and resources are not read.

mod archive;
mod bundle;
mod manifest;
mod notes;
mod records;
mod rows;
mod table;
#[cfg(test)]
mod tests;

pub use self::archive::Bounds;
pub use self::bundle::Bundle;
pub use self::manifest::{File, Mode};
pub use self::records::Contents;

/// A file that is not read at all. Nothing is removed because of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct CsvProblem {
    /// A stable code, e.g. `oneroster.file_missing`.
    pub code: &'static str,
    /// What was seen, without personal data.
    pub detail: String,
}

impl CsvProblem {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
