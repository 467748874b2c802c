//! The resources read, in the order they are read.

use roster::RecordKind;
use serde::{Deserialize, Serialize};

/// A list of SS 12000 that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// `/organisations`.
    Organisations,
    /// `/persons`.
    Persons,
    /// `/groups`.
    Groups,
    /// `/duties`.
    Duties,
    /// `/activities`.
    Activities,
}

impl Resource {
    /// All of them, in reading order: each refers to those before it (Skolverket's client reads in the same order).
    pub const ALL: [Self; 5] = [Self::Organisations, Self::Persons, Self::Groups, Self::Duties, Self::Activities];

    /// The path below the base address (SS 12000:2020 API 2.1.0), without a slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Organisations => "organisations",
            Self::Persons => "persons",
            Self::Groups => "groups",
            Self::Duties => "duties",
            Self::Activities => "activities",
        }
    }

    /// The name in subscriptions, callbacks and the `entities` filter (the standard's `EndPointsEnum`).
    #[must_use]
    pub const fn entity(self) -> &'static str {
        match self {
            Self::Organisations => "Organisation",
            Self::Persons => "Person",
            Self::Groups => "Group",
            Self::Duties => "Duty",
            Self::Activities => "Activity",
        }
    }

    /// The kind of record it becomes.
    #[must_use]
    pub const fn kind(self) -> RecordKind {
        match self {
            Self::Organisations => RecordKind::Organisation,
            Self::Persons => RecordKind::Person,
            Self::Groups => RecordKind::Group,
            Self::Duties => RecordKind::Duty,
            Self::Activities => RecordKind::Activity,
        }
    }

    /// The resource a kind of record is read from.
    #[must_use]
    pub fn of_kind(kind: RecordKind) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.kind() == kind)
    }

    /// The resource with this [`entity`](Self::entity) name, whatever its case.
    #[must_use]
    pub fn of_entity(entity: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.entity().eq_ignore_ascii_case(entity.trim()))
    }
}
