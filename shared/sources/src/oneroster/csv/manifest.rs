//! `manifest.csv`: which files there are, and whether they are all or only what changed.

use std::collections::BTreeMap;

use super::CsvProblem;
use super::table::Table;
use crate::oneroster::config::OneRosterVersion;

/// A file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// `academicSessions.csv`.
    Sessions,
    /// `orgs.csv`.
    Orgs,
    /// `users.csv`.
    Users,
    /// `roles.csv`, in 1.2 only.
    Roles,
    /// `classes.csv`.
    Classes,
    /// `enrollments.csv`.
    Enrollments,
}

/// What a file holds [OneRoster 1.1 CSV §2.2].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// There is no such file; nothing may be concluded from it.
    #[default]
    Absent,
    /// Everything.
    Bulk,
    /// What changed.
    Delta,
}

impl File {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Sessions, Self::Orgs, Self::Users, Self::Roles, Self::Classes, Self::Enrollments];

    /// The name, without `.csv`: also behind `file.` in the manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "academicSessions",
            Self::Orgs => "orgs",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Classes => "classes",
            Self::Enrollments => "enrollments",
        }
    }
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) version: OneRosterVersion,
    pub(super) modes: BTreeMap<File, Mode>,
}

impl Manifest {
    /// # Errors
    /// `oneroster.manifest_unreadable`, and whatever a table cannot be read for.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, CsvProblem> {
        let mut properties = BTreeMap::new();
        let mut broken = false;
        Table::read("manifest", bytes, &["propertyName", "value"])?.each(|row| {
            let text = |column| row.and_then(|row| row.text(column)).map(str::to_owned);
            match (text("propertyName"), text("value")) {
                (Some(name), value) => broken |= properties.insert(name, value.unwrap_or_default()).is_some(),
                _ => broken = true,
            }
        })?;
        let unreadable = |why: String| CsvProblem::new("oneroster.manifest_unreadable", why);
        if broken {
            return Err(unreadable("a property has no name, or the same as another".to_owned()));
        }
        let version = match properties.get(&["oneroster", "version"].join(".")).map(String::as_str) {
            Some("1.1") => OneRosterVersion::V1p1,
            Some("1.2") => OneRosterVersion::V1p2,
            _ => return Err(unreadable("oneroster.version is neither 1.1 nor 1.2".to_owned())),
        };
        let mut modes = BTreeMap::new();
        for file in File::ALL {
            let mode = match properties.get(&format!("file.{}", file.name())).map(String::as_str) {
                Some("bulk") => Mode::Bulk,
                Some("delta") => Mode::Delta,
                None | Some("absent" | "") => Mode::Absent,
                Some(_) => return Err(unreadable(format!("file.{} is neither bulk, delta nor absent", file.name()))),
            };
            modes.insert(file, mode);
        }
        Ok(Self { version, modes })
    }
}
