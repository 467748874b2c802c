//! Deliveries that follow each other: one with everything, and what changed after it, in order.

use serde::{Deserialize, Serialize};

use super::choice::{NotNow, generation};
use super::place::DroppedFile;
use super::problem::FileProblem;

/// The most deliveries of changes after one with everything.
const LONGEST: usize = 1_000;

/// One delivery: the files of it, in the order in which they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) files: Vec<DroppedFile>,
}

/// A delivery with everything, and those with what changed after it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) links: Vec<Link>,
}

/// The deliveries that have been read. Kept by the hub: one that was taken away since would be skipped unnoticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    total: String,
    changes: Vec<String>,
}

impl Chain {
    /// The deliveries in their order, as far as they may be read: what comes after one that is still written must not be
    /// read before it.
    pub(super) fn of(links: impl Iterator<Item = Result<Link, NotNow>>) -> Result<Self, NotNow> {
        let mut chain = Self { links: Vec::new() };
        for link in links {
            match link {
                Ok(_) if chain.links.len() > LONGEST => {
                    let detail = format!("more than {LONGEST} deliveries of changes; deliver everything anew");
                    return Err(NotNow::wrong("file_drop.sequence_broken", detail));
                }
                Ok(link) => chain.links.push(link),
                Err(not_now) if not_now.wait.is_some() && !chain.links.is_empty() => break,
                Err(not_now) => return Err(not_now),
            }
        }
        Ok(chain)
    }

    /// The files in the order in which they are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &DroppedFile> {
        self.links.iter().flat_map(|link| &link.files)
    }

    /// What is the same as long as the first so many deliveries are.
    pub(super) fn generation(&self, links: usize, understanding: &str) -> String {
        generation(self.links.iter().take(links).flat_map(|link| &link.files), understanding)
    }

    /// What is to be remembered once the chain has been read.
    pub(super) fn memory(&self) -> Memory {
        let changes = self.links.iter().skip(1).map(|link| link.name.clone()).collect();
        Memory { total: self.generation(1, ""), changes }
    }

    /// Every delivery that was read since the same one with everything is still there.
    pub(super) fn follows(&self, memory: &Memory) -> Result<(), FileProblem> {
        let now = self.memory();
        if now.total != memory.total || now.changes.starts_with(&memory.changes) {
            return Ok(());
        }
        let detail =
            "a delivery of changes that was read is not there any more, or one came late; deliver everything anew";
        Err(FileProblem::new("file_drop.sequence_broken", detail))
    }
}
