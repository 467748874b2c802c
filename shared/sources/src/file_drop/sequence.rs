//! Which of files that follow each other are read, in which order: the newest one with everything, and what changed
//! after it.
//!
//! OneRoster's standard gives zips neither names nor numbers [OneRoster 1.1 CSV §2], and IMS Enterprise its documents
//! neither: which of them hold changes is told by their names, and their order is the one in which they were dropped.

use jiff::Timestamp;

use super::chain::{Chain, Link};
use super::choice::{NotNow, Rules, marked, settled};
use super::pattern::Pattern;
use super::place::DroppedFile;

/// What files are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// All of them.
    pub(super) all: Pattern,
    /// Those with what changed.
    pub(super) changes: Pattern,
}

/// The files that are read now. `usable` is in the order in which they were dropped.
pub(super) fn choose(usable: &[DroppedFile], names: &Names, rules: &Rules, now: Timestamp) -> Result<Chain, NotNow> {
    let files: Vec<&DroppedFile> = usable.iter().filter(|file| names.all.fits(&file.name)).collect();
    let Some(total) = files.iter().rposition(|file| !names.changes.fits(&file.name)) else {
        return Err(NotNow::wait("file_drop.nothing_there", "no file that holds everything is there", rules.settle));
    };
    Chain::of(files.into_iter().skip(total).map(|file| {
        settled(&[file], rules, now)?;
        marked(usable, &[file], rules)?;
        Ok(Link { name: file.name.clone(), files: vec![file.clone()] })
    }))
}
