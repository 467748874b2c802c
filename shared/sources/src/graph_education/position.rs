//! Where a read is, and where the next one goes on from.

use roster::{Id, RecordKind};
use serde::{Deserialize, Serialize};

use crate::paging::{self, Paging};
use crate::{Next, SourceError};

/// Where changes are told: links below the base address, each with a token of its own in it. Valid for seven days
/// [delta query overview, "Token duration"]. The cursor of the source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Links {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schools: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) users: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) classes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<String>,
    /// The school whose classes were read again last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reread: Option<Id>,
}

/// What is being read, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Who and what is where, compared with the last time (changes only).
    Listing,
    /// The delta of schools.
    Schools,
    /// The delta of users.
    Users,
    /// The delta of classes.
    Classes,
    /// The delta of the directory's groups (changes only).
    Groups,
    /// The classes of some schools, again (changes only).
    Rereading,
}

impl Step {
    /// The delta function.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Schools => "education/schools/delta",
            Self::Users => "education/users/delta",
            Self::Classes => "education/classes/delta",
            Self::Listing | Self::Groups | Self::Rereading => "groups/delta",
        }
    }

    /// What is read becomes this kind of record.
    pub(super) const fn kind(self) -> RecordKind {
        match self {
            Self::Listing | Self::Schools => RecordKind::Organisation,
            Self::Users => RecordKind::Person,
            Self::Classes | Self::Groups | Self::Rereading => RecordKind::Group,
        }
    }

    /// Where its link is kept.
    pub(super) const fn link(self, links: &mut Links) -> &mut Option<String> {
        match self {
            Self::Schools => &mut links.schools,
            Self::Users => &mut links.users,
            Self::Classes => &mut links.classes,
            Self::Listing | Self::Groups | Self::Rereading => &mut links.groups,
        }
    }
}

/// Where a read has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) step: Step,
    #[serde(flatten)]
    pub(super) paging: Paging,
    /// Those of the steps done are where the next read goes on from; the others are where this one begins.
    pub(super) links: Links,
    /// Kinds read to the end, nothing without an identity among them.
    #[serde(default)]
    pub(super) complete: Vec<RecordKind>,
    /// Whether something of the present step was lost whose identity nobody knows.
    #[serde(default)]
    pub(super) blurred: bool,
    /// How many schools' classes have been read again.
    #[serde(default)]
    pub(super) schools_reread: u32,
}

impl Position {
    pub(super) fn at(step: Step, links: Links) -> Self {
        let paging = Paging::default();
        Self { step, paging, links, complete: Vec::new(), blurred: false, schools_reread: 0 }
    }

    /// The position as the next page's.
    ///
    /// # Errors
    /// `source.position_unwritable`.
    pub(super) fn next(&self) -> Result<Next, SourceError> {
        paging::written(self).map(Next::Page)
    }
}
