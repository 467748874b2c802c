//! Protected identity (skyddade personuppgifter).

use serde::{Deserialize, Serialize};

/// The population register's marking of a person (SS 12000 `securityMarking`).
///
/// A type of its own, with no default: a source that says nothing is not a source that says "none".
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SecurityMarking {
    /// `Ingen`: no marking.
    #[serde(rename = "n")]
    None,
    /// `Sekretessmarkering`: a warning flag, the address remains registered.
    #[serde(rename = "s")]
    Confidential,
    /// `Skyddad folkbokföring`: the old address is removed from the register.
    #[serde(rename = "f")]
    ProtectedRegistration,
    /// A marking this version does not know. Treated as protected: the safe reading of an unknown warning.
    #[serde(rename = "o")]
    Other(String),
}

impl SecurityMarking {
    /// Reads the standard's value, whatever its case; an unknown one is kept as it came.
    #[must_use]
    pub fn from_standard(value: &str) -> Self {
        match value.trim().to_lowercase().as_str() {
            "ingen" => Self::None,
            "sekretessmarkering" => Self::Confidential,
            "skyddad folkbokföring" => Self::ProtectedRegistration,
            _ => Self::Other(value.trim().to_owned()),
        }
    }

    /// Whether the person's data must be withheld from targets that have no agreement to receive it.
    #[must_use]
    pub const fn is_protected(&self) -> bool {
        !matches!(self, Self::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_three_values_are_told_apart() {
        let read = ["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"].map(SecurityMarking::from_standard);

        assert_eq!(
            read,
            [SecurityMarking::None, SecurityMarking::Confidential, SecurityMarking::ProtectedRegistration]
        );
    }

    #[test]
    fn an_unknown_marking_protects() {
        assert!(SecurityMarking::from_standard("Fingerade personuppgifter").is_protected());
    }
}
