//! Activities: who teaches which groups.

use serde::{Deserialize, Serialize};

use crate::{Id, Validity};

/// An activity (SS 12000 `Activity`): groups taught by teachers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The source's UUID, kept.
    pub id: Id,
    /// Display name, often the subject and the group.
    #[serde(rename = "n")]
    pub name: String,
    /// The organisation it belongs to.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Id>,
    /// The groups taught.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Id>,
    /// Who teaches.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub teachers: Vec<Teacher>,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
}

/// A teacher of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teacher {
    /// Who, by duty as the standard has it or by person as some providers do.
    #[serde(rename = "i")]
    pub instructor: Instructor,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
}

/// How a source names a teacher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Instructor {
    /// `teachers[].duty`, the standard's way.
    #[serde(rename = "d")]
    Duty(Id),
    /// `teachers[].person`, seen from real providers.
    #[serde(rename = "p")]
    Person(Id),
}
