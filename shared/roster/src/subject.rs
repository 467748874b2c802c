//! Subjects: what a delivery is about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Id, RecordKey, RecordKind};

/// What a delivery is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SubjectKind {
    /// One organisation.
    #[serde(rename = "O")]
    Organisation,
    /// One person.
    #[serde(rename = "P")]
    Person,
    /// One group.
    #[serde(rename = "G")]
    Group,
    /// One activity.
    #[serde(rename = "A")]
    Activity,
}

/// One organisation, person, group or activity of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectKey {
    /// Which kind.
    pub kind: SubjectKind,
    /// Which one.
    pub id: Id,
}

impl SubjectKind {
    /// The kinds, each needing those before it at a target.
    pub const ALL: [Self; 4] = [Self::Organisation, Self::Person, Self::Group, Self::Activity];

    /// The kind as one letter, used in keys.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Organisation => 'O',
            Self::Person => 'P',
            Self::Group => 'G',
            Self::Activity => 'A',
        }
    }

    /// The kind of the record that such a subject is named after.
    #[must_use]
    pub const fn record_kind(self) -> RecordKind {
        match self {
            Self::Organisation => RecordKind::Organisation,
            Self::Person => RecordKind::Person,
            Self::Group => RecordKind::Group,
            Self::Activity => RecordKind::Activity,
        }
    }
}

impl SubjectKey {
    /// The record that the subject is named after.
    #[must_use]
    pub const fn record(self) -> RecordKey {
        RecordKey { kind: self.kind.record_kind(), id: self.id }
    }

    /// The key of an organisation.
    #[must_use]
    pub const fn organisation(id: Id) -> Self {
        Self { kind: SubjectKind::Organisation, id }
    }

    /// The key of a person.
    #[must_use]
    pub const fn person(id: Id) -> Self {
        Self { kind: SubjectKind::Person, id }
    }

    /// The key of a group.
    #[must_use]
    pub const fn group(id: Id) -> Self {
        Self { kind: SubjectKind::Group, id }
    }

    /// The key of an activity.
    #[must_use]
    pub const fn activity(id: Id) -> Self {
        Self { kind: SubjectKind::Activity, id }
    }
}

impl fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.kind.letter(), self.id)
    }
}

/// The text is no subject key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such subject key")]
pub struct InvalidSubjectKey;

impl FromStr for SubjectKey {
    type Err = InvalidSubjectKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (letter, id) = text.split_once('#').ok_or(InvalidSubjectKey)?;
        let kind = SubjectKind::ALL
            .into_iter()
            .find(|kind| letter.len() == 1 && letter.starts_with(kind.letter()))
            .ok_or(InvalidSubjectKey)?;
        Ok(Self { kind, id: id.parse().map_err(|_| InvalidSubjectKey)? })
    }
}

impl Serialize for SubjectKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SubjectKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
