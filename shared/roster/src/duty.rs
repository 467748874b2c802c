//! Duties: what staff are employed to do, and where.

use serde::{Deserialize, Serialize};

use crate::{Id, Validity};

/// A person's employment at an organisation (SS 12000 `Duty`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// The source's UUID, or derived from person and organisation where the source has no duties of its own.
    pub id: Id,
    /// The person. SS 12000 does not require it.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Id>,
    /// The organisation (`dutyAt`): a school unit, or a school above its units.
    #[serde(rename = "o")]
    pub organisation: Id,
    /// `dutyRole`, e.g. `Lärare`, `Rektor`; kept as it came.
    #[serde(rename = "r")]
    pub role: String,
    /// Teacher's signature, e.g. `anbe`.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none", with = "crate::personal::at_rest::option")]
    pub signature: Option<crate::Personal<String>>,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
    /// Assignments to groups (`assignmentRole`): mentors and the like. Teaching is told by activities.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
}

/// A duty's role in a group (SS 12000 `assignmentRole`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The group.
    #[serde(rename = "g")]
    pub group: Id,
    /// `assignmentRoleType`, e.g. `Mentor`; kept as it came (some providers write `Lärare`).
    #[serde(rename = "r")]
    pub role: String,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
}
