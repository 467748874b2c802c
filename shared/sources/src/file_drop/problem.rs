//! Why files are not read. Nothing is removed because of it.

use super::place::{PlaceError, PlaceErrorKind};
use crate::{SourceError, SourceErrorKind};

/// Files are not read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct FileProblem {
    /// A stable code, e.g. `file_drop.header_wrong`.
    pub code: &'static str,
    /// What was seen and where, without what stands there.
    pub detail: String,
}

impl FileProblem {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<FileProblem> for SourceError {
    fn from(problem: FileProblem) -> Self {
        Self::contract(problem.code, problem.detail)
    }
}

impl From<PlaceError> for SourceError {
    fn from(error: PlaceError) -> Self {
        let (kind, code) = match error.kind {
            PlaceErrorKind::Unreachable => (SourceErrorKind::Passing, "file_drop.place_unreachable"),
            PlaceErrorKind::Refused => (SourceErrorKind::Refused, "file_drop.place_refused"),
            PlaceErrorKind::Changed => (SourceErrorKind::Passing, "file_drop.file_changed"),
            PlaceErrorKind::NotAvailableHere => (SourceErrorKind::Configuration, "file_drop.place_not_available_here"),
            PlaceErrorKind::TooMany => (SourceErrorKind::Contract, "file_drop.too_many_files"),
        };
        Self::new(kind, code, error.detail)
    }
}

/// A file's name as it may be shown: what is no usual sign in names is not repeated.
pub(super) fn shown(name: &str) -> String {
    let usual = |sign: char| if sign.is_alphanumeric() || "._- ()".contains(sign) { sign } else { '?' };
    name.chars().take(80).map(usual).collect()
}
