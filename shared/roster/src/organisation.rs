//! Organisations: principals, schools and school units.

use serde::{Deserialize, Serialize};

use crate::{Id, Validity};

/// An organisation (SS 12000 `Organisation`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// The source's UUID, kept.
    pub id: Id,
    /// Display name.
    #[serde(rename = "n")]
    pub name: String,
    /// What it is.
    #[serde(rename = "k")]
    pub kind: OrganisationType,
    /// The organisation above it.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
    /// `schoolUnitCode`: eight digits as text, issued by Skolverket; preschools have none.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub school_unit_code: Option<String>,
    /// School type codes, e.g. `GR`; kept as they came.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub school_types: Vec<String>,
    /// Municipality code: four digits as text, e.g. `0180`.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub municipality_code: Option<String>,
    /// Organisation number, as it came.
    #[serde(rename = "on", default, skip_serializing_if = "Option::is_none")]
    pub organisation_number: Option<String>,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
}

/// SS 12000 `organisationType`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OrganisationType {
    /// `Huvudman`.
    #[serde(rename = "h")]
    Principal,
    /// `Skola`: a physical school, above one or more school units.
    #[serde(rename = "s")]
    School,
    /// `Skolenhet`: what has a school unit code, and what pupils are enrolled at.
    #[serde(rename = "u")]
    SchoolUnit,
    /// `Verksamhetsområde`, `Förvaltning`, `Rektorsområde` and all others; kept as they came.
    #[serde(rename = "o")]
    Other(String),
}

impl OrganisationType {
    /// Reads the standard's value; an unknown one is kept as it came.
    #[must_use]
    pub fn from_standard(value: &str) -> Self {
        match value.trim() {
            "Huvudman" => Self::Principal,
            "Skola" => Self::School,
            "Skolenhet" => Self::SchoolUnit,
            other => Self::Other(other.to_owned()),
        }
    }
}
