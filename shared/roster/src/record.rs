//! Records: what a source reads.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Activity, Duty, Group, Id, Licence, Organisation, Person, Supplement};

/// One object as a source has it, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// An organisation.
    Organisation(Organisation),
    /// A person.
    Person(Person),
    /// A group with its memberships.
    Group(Group),
    /// A duty with its assignments.
    Duty(Duty),
    /// An activity with its groups and teachers.
    Activity(Activity),
    /// A licence with its holders.
    Licence(Licence),
    /// What a second source says about a person.
    Supplement(Supplement),
}

/// The kinds of record, in the order they are read and applied (Skolverket's client uses the same).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordKind {
    /// Organisations.
    Organisation,
    /// Persons.
    Person,
    /// Groups.
    Group,
    /// Duties.
    Duty,
    /// Activities.
    Activity,
    /// Licences.
    Licence,
    /// What second sources say about persons.
    Supplement,
}

/// A record's identity within one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// Its kind.
    pub kind: RecordKind,
    /// Its identity.
    pub id: Id,
}

impl RecordKind {
    /// All kinds, in reading order.
    pub const ALL: [Self; 7] =
        [Self::Organisation, Self::Person, Self::Group, Self::Duty, Self::Activity, Self::Licence, Self::Supplement];

    /// The kind as a stable lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Person => "person",
            Self::Group => "group",
            Self::Duty => "duty",
            Self::Activity => "activity",
            Self::Licence => "licence",
            Self::Supplement => "supplement",
        }
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of record")]
pub struct UnknownRecordKind;

impl FromStr for RecordKind {
    type Err = UnknownRecordKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownRecordKind)
    }
}

impl Record {
    /// The record's identity within its source.
    #[must_use]
    pub const fn key(&self) -> RecordKey {
        let (kind, id) = match self {
            Self::Organisation(it) => (RecordKind::Organisation, it.id),
            Self::Person(it) => (RecordKind::Person, it.id),
            Self::Group(it) => (RecordKind::Group, it.id),
            Self::Duty(it) => (RecordKind::Duty, it.id),
            Self::Activity(it) => (RecordKind::Activity, it.id),
            Self::Licence(it) => (RecordKind::Licence, it.id),
            Self::Supplement(it) => (RecordKind::Supplement, it.id),
        };
        RecordKey { kind, id }
    }
}

/// A short fingerprint of bytes: 128 bits of SHA-256, as hexadecimal text. Tells "changed" from "the same".
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let digest = Sha256::digest(bytes);
    digest.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
