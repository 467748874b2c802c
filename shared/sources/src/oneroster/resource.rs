//! The lists that are read, in the order they are read.

use roster::RecordKind;
use serde::{Deserialize, Serialize};

/// A list of OneRoster that is read. Each refers to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// `/academicSessions`.
    Sessions,
    /// `/orgs`.
    Orgs,
    /// `/users`.
    Users,
    /// `/classes`, each with its members.
    Classes,
    /// `/enrollments`: only for what changed.
    Enrollments,
}

impl Resource {
    /// All of them, in reading order.
    pub const ALL: [Self; 5] = [Self::Sessions, Self::Orgs, Self::Users, Self::Classes, Self::Enrollments];

    /// The path below the service's address, and the key of the list in an answer [OneRoster 1.1 §3.1, 1.2 §3.2].
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Sessions => "academicSessions",
            Self::Orgs => "orgs",
            Self::Users => "users",
            Self::Classes => "classes",
            Self::Enrollments => "enrollments",
        }
    }

    /// The key of a single object in an answer.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Sessions => "academicSession",
            Self::Orgs => "org",
            Self::Users => "user",
            Self::Classes => "class",
            Self::Enrollments => "enrollment",
        }
    }

    /// The kind of record that its objects become, or are a part of.
    #[must_use]
    pub const fn kind(self) -> RecordKind {
        match self {
            Self::Orgs => RecordKind::Organisation,
            Self::Users => RecordKind::Person,
            Self::Sessions | Self::Classes | Self::Enrollments => RecordKind::Group,
        }
    }

    /// The one whose objects are the records of a kind.
    pub(super) const fn of_kind(kind: RecordKind) -> Option<Self> {
        match kind {
            RecordKind::Organisation => Some(Self::Orgs),
            RecordKind::Person => Some(Self::Users),
            RecordKind::Group => Some(Self::Classes),
            RecordKind::Duty | RecordKind::Activity | RecordKind::Licence | RecordKind::Supplement => None,
        }
    }
}
