//! What a source posts when it rings. Anybody can ring: what is said is a hint, never content.

use roster::{Personal, RecordKind};

/// The largest body that is looked at, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The longest identifier that is believed to be one, in bytes.
pub(crate) const MAX_IDENTIFIER: usize = 256;

/// What the ringing says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doorbell {
    /// Something is new: read the changes.
    Changed {
        /// The kinds named, in reading order, without repetition. Empty: none that this version knows; anything may be new.
        kinds: Vec<RecordKind>,
        /// Whether something is said to be gone (`deletedEntities`).
        removed: bool,
    },
    /// Somebody asks for erasure. The source must be asked whether it is so before it is done.
    Erase {
        /// What is to be erased: a person or a group.
        kind: RecordKind,
        /// Its identity in the source's own words; see `Source::identity`.
        native: Personal<String>,
    },
}

/// The body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoorbellError {
    /// More than [`MAX_BODY`].
    #[error("doorbell.too_large: the body is too large")]
    TooLarge,
    /// Not JSON, or not an object as the source sends it.
    #[error("doorbell.unreadable: the body is not what the source sends")]
    Unreadable,
}

impl DoorbellError {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "doorbell.too_large",
            Self::Unreadable => "doorbell.unreadable",
        }
    }
}

/// Reads the body as an object, within bounds.
pub(crate) fn object<'b, T: serde::Deserialize<'b>>(body: &'b [u8]) -> Result<T, DoorbellError> {
    use crate::lenient::{Field, Object};
    if body.len() > MAX_BODY {
        return Err(DoorbellError::TooLarge);
    }
    match serde_json::from_slice(body) {
        Ok(Field::Read(Object(read))) => Ok(read),
        _ => Err(DoorbellError::Unreadable),
    }
}

/// In reading order, each once.
pub(crate) fn in_order(mut kinds: Vec<RecordKind>) -> Vec<RecordKind> {
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
