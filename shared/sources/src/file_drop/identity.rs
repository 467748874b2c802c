//! From what files call somebody or something to identity.

use roster::{Id, RecordKind};

/// What an identifier names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Organisation,
    Person,
    Group,
}

impl Named {
    /// A UUID as it is, anything else derived.
    pub(super) fn identity(self, native: &str) -> Id {
        let kind = match self {
            Self::Organisation => RecordKind::Organisation,
            Self::Person => RecordKind::Person,
            Self::Group => RecordKind::Group,
        };
        of_record(kind, native)
    }
}

/// As [`crate::Source::identity`].
pub(super) fn of_record(kind: RecordKind, native: &str) -> Id {
    Id::from_source(&format!("file-drop/{kind}"), native.trim())
}
