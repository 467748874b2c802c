//! Licences: who may use a target's products.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Id;

/// A licence and those it is assigned to (Skolon `license`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// The source's identity.
    pub id: Id,
    /// The persons it is assigned to; empty: assigned to nobody yet.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<Id>,
    /// The product, in the supplier's own numbering.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The school that owns it.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id>,
    /// When it ceases; `None`: never.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// A trial licence stays in the platform and never reaches a target (R33).
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}
