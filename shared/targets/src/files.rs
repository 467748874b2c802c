//! Targets that get files instead of calls: what they say, and where the files go.
//!
//! Such a target is not called for each change. What a change means is lines, which are gathered for a window and then
//! written in one go; who gathers them, and when, is not known here. Some want what has changed, and others everything each
//! time. Some take the lines of a window by calls ([`Bulk`]), and answer for each of them.

mod bulk;
mod folder;
mod place;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rules::plan::Operation;
use rules::window::Line;

pub use self::bulk::{Bulk, Handed, HandingTrouble, LineAnswer, SharedLimit, TurnedDown, Turnstile};
pub use self::place::{LocalFolders, NotHere, PlaceError, PlaceErrorKind, SendPlace, SendPlaces};

/// What a target says in files.
#[async_trait]
pub trait Files: Send + Sync + std::fmt::Debug {
    /// For how long lines are gathered.
    fn window(&self) -> Duration;

    /// Whether each window's files say everything, so that what is not in them is gone. Its lines are then kept for as long
    /// as they hold, and nothing is written before all is there.
    fn says_everything(&self) -> bool {
        false
    }

    /// Whether a line of a target that is told everything need not be kept: it says that something is gone.
    fn is_over(&self, line: &Line) -> bool {
        let _ = line;
        true
    }

    /// The lines by which a target learns of an operation. Pure.
    fn lines(&self, operation: &Operation) -> Vec<Line>;

    /// Who takes lines by calls that are answered for each line, instead of files: nothing is [written](Self::written) then.
    fn bulk(&self) -> Option<&dyn Bulk> {
        None
    }

    /// The files of a window that is named by `minute`, in the order in which they are to appear. Pure. `lines` are
    /// in the order in which they go out.
    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        let _ = (minute, lines);
        Vec::new()
    }

    /// Puts a file where the target takes it from: whole, or not at all.
    ///
    /// # Errors
    /// [`PlaceError`].
    async fn send(&self, file: &WrittenFile) -> Result<(), PlaceError> {
        let _ = file;
        Err(PlaceError { kind: PlaceErrorKind::NotAvailableHere, detail: "the target takes no files" })
    }
}

/// A file for a target. Holds personal data: its content is not printable.
#[derive(Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name, without any folder.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for WrittenFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WrittenFile({}, {} bytes)", self.name, self.content.len())
    }
}
