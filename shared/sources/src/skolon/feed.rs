//! Skolon's feeds, in the order of dependence.

use roster::RecordKind;
use serde::{Deserialize, Serialize};

/// One change feed of the partner API v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feed {
    /// `/v2/partner/organization`: principals.
    Organization,
    /// `/v2/partner/school`: school units.
    School,
    /// `/v2/partner/user`: pupils and staff.
    User,
    /// `/v2/partner/group`: classes and teaching groups.
    Group,
    /// `/v2/partner/license`: who may use what.
    License,
}

impl Feed {
    /// All of them, in reading order.
    pub const ALL: [Self; 5] = [Self::Organization, Self::School, Self::User, Self::Group, Self::License];

    /// The last part of the path, the name in the doorbell, and the name space of native identifiers.
    #[must_use]
    pub const fn entity(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::School => "school",
            Self::User => "user",
            Self::Group => "group",
            Self::License => "license",
        }
    }

    /// The envelope's key that holds the list.
    #[must_use]
    pub const fn list_key(self) -> &'static str {
        match self {
            Self::Organization => "organizations",
            Self::School => "schools",
            Self::User => "users",
            Self::Group => "groups",
            Self::License => "licenses",
        }
    }

    /// The kind of record it becomes.
    #[must_use]
    pub const fn kind(self) -> RecordKind {
        match self {
            Self::Organization | Self::School => RecordKind::Organisation,
            Self::User => RecordKind::Person,
            Self::Group => RecordKind::Group,
            Self::License => RecordKind::Licence,
        }
    }

    /// The feed whose native identifiers name records of a kind. Duties are a part of users here.
    #[must_use]
    pub const fn naming(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Organisation => Self::School,
            RecordKind::Person | RecordKind::Duty | RecordKind::Supplement => Self::User,
            RecordKind::Group | RecordKind::Activity => Self::Group,
            RecordKind::Licence => Self::License,
        }
    }
}
