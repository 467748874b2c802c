//! Groups and their members.

use serde::{Deserialize, Serialize};

use crate::{Id, Validity};

/// A group (SS 12000 `Group`) with its memberships, which are part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The source's UUID, kept.
    pub id: Id,
    /// Display name. Never identity: several groups may have the same name.
    #[serde(rename = "n")]
    pub name: String,
    /// `groupType`: Undervisning, Klass, Mentor, Provgrupp, Schema, Avdelning, Personalgrupp, Övrigt; kept as it came.
    #[serde(rename = "k")]
    pub kind: String,
    /// The organisation it belongs to: a school unit, or a school above its units.
    #[serde(rename = "o")]
    pub organisation: Id,
    /// School type code, e.g. `GR`; kept as it came.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub school_type: Option<String>,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
    /// Who is in it, in order of person, so that a source's reordering is no change.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Membership>,
}

/// A person in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// The person.
    #[serde(rename = "p")]
    pub person: Id,
    /// As what.
    #[serde(rename = "r", default, skip_serializing_if = "MembershipRole::is_pupil")]
    pub role: MembershipRole,
    /// When.
    #[serde(rename = "v", default, skip_serializing_if = "is_always")]
    pub validity: Validity,
}

/// As what a person is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum MembershipRole {
    /// A pupil or child: the only kind of `groupMemberships` in SS 12000.
    #[default]
    #[serde(rename = "p")]
    Pupil,
    /// A teacher listed among the members (Skolon's groups).
    #[serde(rename = "t")]
    Teacher,
    /// The source lists the person without a role; the person's own role decides.
    #[serde(rename = "u")]
    Unspecified,
}

impl MembershipRole {
    /// Exactly a pupil: what need not be stored.
    #[must_use]
    pub const fn is_pupil(&self) -> bool {
        matches!(self, Self::Pupil)
    }
}

fn is_always(validity: &Validity) -> bool {
    *validity == Validity::ALWAYS
}
