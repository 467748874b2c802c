//! Identity of everything in the roster.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name space of the identifiers that the hub derives itself.
const DERIVED: Uuid = Uuid::from_u128(0x9c1f_3a50_7d0e_4b5b_9a54_51b0_c3a1_2e77);

/// The identity of a person, group, organisation, duty, activity or licence.
///
/// SS 12000 says that an object has the same UUID in every participating system, so the source's UUID is kept
/// as it is. Native identifiers that are not UUIDs become name-based ones ([`Id::derived`]), stable across runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(Uuid);

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct InvalidId;

impl Id {
    /// An identity that the source gave as a UUID.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// A name-based (version 5) identity for something the source names in its own way, or does not name at all.
    /// The same parts give the same identity, always; the parts are kept apart, so `["a", "bc"]` is not `["ab", "c"]`.
    #[must_use]
    pub fn derived(parts: &[&str]) -> Self {
        let mut name = Vec::new();
        for part in parts {
            name.extend_from_slice(&(part.len() as u64).to_be_bytes());
            name.extend_from_slice(part.as_bytes());
        }
        Self(Uuid::new_v5(&DERIVED, &name))
    }

    /// The source's own text as an identity: a UUID as it is, anything else derived within `namespace`
    /// (tenant, source and kind, say), since native numbers are only unique where they come from.
    #[must_use]
    pub fn from_source(namespace: &str, native: &str) -> Self {
        native.parse().unwrap_or_else(|_| Self::derived(&[namespace, native]))
    }

    /// The identity as a UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for Id {
    /// Lower-case and hyphenated, as the EGIL profile requires of `externalId`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for Id {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text.trim()).map(Self).map_err(|_| InvalidId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_reads_and_is_written_in_lower_case() {
        let id: Id = "6B0E1D1C-0C43-4B0A-9C39-0F3C5F6D2A11".parse().unwrap();

        assert_eq!(id.to_string(), "6b0e1d1c-0c43-4b0a-9c39-0f3c5f6d2a11");
    }

    #[test]
    fn derived_identities_keep_their_parts_apart() {
        assert_ne!(Id::derived(&["a", "bc"]), Id::derived(&["ab", "c"]));
    }

    #[test]
    fn a_native_number_is_the_same_person_on_every_run() {
        let native = || Id::from_source("demo/skolon/user", "4711");

        assert_eq!(native(), native());
    }
}
