//! Which of OneRoster's zips are read, in which order: the newest one with everything, and what changed after it.
//!
//! The standard gives zips neither names nor numbers [OneRoster 1.1 CSV §2]: which of them hold changes is told by their
//! names, and their order is the one in which they were dropped.

use jiff::Timestamp;

use super::chain::{Chain, Link};
use super::choice::{NotNow, Rules, marked, settled};
use super::pattern::Pattern;
use super::place::DroppedFile;

/// What zips are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// All of them.
    pub(super) zips: Pattern,
    /// Those with what changed.
    pub(super) changes: Pattern,
}

/// The zips that are read now. `usable` is in the order in which they were dropped.
pub(super) fn choose(usable: &[DroppedFile], names: &Names, rules: &Rules, now: Timestamp) -> Result<Chain, NotNow> {
    let zips: Vec<&DroppedFile> = usable.iter().filter(|file| names.zips.fits(&file.name)).collect();
    let Some(total) = zips.iter().rposition(|file| !names.changes.fits(&file.name)) else {
        return Err(NotNow::wait("file_drop.nothing_there", "no zip that holds everything is there", rules.settle));
    };
    Chain::of(zips.into_iter().skip(total).map(|file| {
        settled(&[file], rules, now)?;
        marked(usable, &[file], rules)?;
        Ok(Link { name: file.name.clone(), files: vec![file.clone()] })
    }))
}
