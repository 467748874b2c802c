//! Settings of a source whose files are dropped.

use std::collections::BTreeMap;
use std::path::PathBuf;

use outbound::{FilePlace, SecretRef};
use serde::Deserialize;

use super::choice::Rules;
use super::formats;
use super::identity;
use super::pattern::Pattern;
use super::table::TableConfig;
use super::text::{FinalNewline, Separator, TextEncoding, TextForm};
use super::unikum::UnikumConfig;
use crate::ConfigProblem;

/// Settings of a source whose files are dropped, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDropConfig {
    /// What the files are.
    pub format: Format,
    /// The folder of this machine that they are dropped in, by its absolute path.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// The bucket of Amazon S3 that they are dropped in, in the hub's own region; instead of `folder`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The folders of the bucket that they lie in, with `/` behind each; left out: none.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Where the key is kept with which files may be sent to the hub; left out: nobody sends any.
    #[serde(default)]
    pub drop_key: Option<SecretRef>,
    /// Seconds for which a file must have been as it is before it is read, 1 to 3,600.
    #[serde(default = "usual_settle")]
    pub settle_seconds: u32,
    /// Minutes within which all files of a set are written, 1 to 1,440.
    #[serde(default = "usual_set")]
    pub set_minutes: u32,
    /// The file that says that the others are whole: one for all, or `{name}.done` for each.
    #[serde(default)]
    pub marker: Option<String>,
    /// How text is encoded.
    #[serde(default)]
    pub encoding: TextEncoding,
    /// What stands between cells; usually the format's.
    #[serde(default)]
    pub separator: Option<Separator>,
    /// Whether a file must end with the end of a line.
    #[serde(default)]
    pub final_newline: FinalNewline,
    /// How dates are written, beside `2026-11-22` and `20261122`, e.g. `%d.%m.%Y`.
    #[serde(default)]
    pub dates: Vec<String>,
    /// How large one file may be, in megabytes, 1 to 2,000.
    #[serde(default = "usual_file")]
    pub max_file_mb: u64,
    /// Records handed on at once, 1 to 5,000.
    #[serde(default = "usual_page")]
    pub page_size: u32,
    /// Codes of schools whose identifiers are none, by identifier, for `format = "sds-v1"` and `"sds-v2.1"`.
    #[serde(default)]
    pub school_unit_codes: BTreeMap<String, String>,
    /// The file's name, where the format has one file; `*` stands for any number of signs.
    #[serde(default)]
    pub file: Option<Pattern>,
    /// Names of those files that hold what changed, for `format = "ims-enterprise"` and `"oneroster"`.
    #[serde(default)]
    pub changes: Option<Pattern>,
    /// What people are called by, for `format = "ist-email"` and `"ad"`.
    #[serde(default)]
    pub key: Option<PersonKey>,
    /// The kind of source whose people these are, for `format = "ist-email"` and `"ad"`.
    #[serde(default)]
    pub register: Option<String>,
    /// How documents are understood, for `format = "ims-enterprise"`.
    #[serde(default)]
    pub ims_enterprise: crate::ims_enterprise::Rules,
    /// How files are understood, for `format = "oneroster"`.
    #[serde(default)]
    pub oneroster: crate::oneroster::Conventions,
    /// What is particular about an organiser's files, for `format = "unikum"`.
    #[serde(default)]
    pub unikum: UnikumConfig,
    /// The files and what their columns mean, for `format = "csv"`.
    #[serde(default)]
    pub table: Vec<TableConfig>,
}

/// What files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Files with separators, whose columns the settings explain.
    Csv,
    /// Microsoft School Data Sync V1: six files.
    #[serde(rename = "sds-v1")]
    SdsV1,
    /// Microsoft School Data Sync V2.1.
    #[serde(rename = "sds-v2.1")]
    SdsV2_1,
    /// Unikum's pairs of objects and relations.
    Unikum,
    /// XML, whose elements the settings explain.
    Xml,
    /// IMS Enterprise documents: one that holds everything, and those with what changed after it.
    ImsEnterprise,
    /// Zips of OneRoster's files: one that holds everything, and those with what changed after it.
    #[serde(rename = "oneroster")]
    OneRoster,
    /// A second source: e-mails, as IST's file has them.
    IstEmail,
    /// A second source: a directory's people.
    Ad,
}

/// What a second source calls people by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonKey {
    /// The register's own identifier.
    SourceId,
    /// The personal number.
    CivicNumber,
    /// The name to sign in with.
    Eppn,
    /// The e-mail address.
    Email,
    /// The employee's number.
    EmployeeNumber,
}

impl PersonKey {
    /// The field of a person that says the same. `None`: the identity itself.
    pub(super) const fn field(self) -> Option<&'static str> {
        match self {
            Self::SourceId => None,
            Self::CivicNumber => Some("civic_number"),
            Self::Eppn => Some("principal_name"),
            Self::Email => Some("email"),
            Self::EmployeeNumber => Some("employee_number"),
        }
    }
}

const fn usual_settle() -> u32 {
    60
}

const fn usual_set() -> u32 {
    30
}

const fn usual_file() -> u64 {
    512
}

const fn usual_page() -> u32 {
    1_000
}

impl FileDropConfig {
    /// Every key of the table.
    pub const KEYS: &[&str] = &[
        "format",
        "folder",
        "bucket",
        "prefix",
        "drop_key",
        "settle_seconds",
        "set_minutes",
        "marker",
        "encoding",
        "separator",
        "final_newline",
        "dates",
        "max_file_mb",
        "page_size",
        "school_unit_codes",
        "file",
        "changes",
        "key",
        "register",
        "ims_enterprise",
        "oneroster",
        "unikum",
        "table",
    ];

    /// What does not show in a single key.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn check(&self) -> Result<(), ConfigProblem> {
        self.address()?;
        let bounds = [
            ("settle_seconds", u64::from(self.settle_seconds), 1..=3_600),
            ("set_minutes", u64::from(self.set_minutes), 1..=1_440),
            ("max_file_mb", self.max_file_mb, 1..=2_000),
            ("page_size", u64::from(self.page_size), 1..=5_000),
        ];
        for (key, value, bounds) in bounds {
            if !bounds.contains(&value) {
                let message = format!("must be between {} and {}", bounds.start(), bounds.end());
                return Err(ConfigProblem::at(key, message));
            }
        }
        if self.marker.as_ref().is_some_and(|it| it.is_empty() || it == "{name}" || it.contains(['/', '\\', '\0'])) {
            return Err(ConfigProblem::at("marker", "must be a file's name, such as done.txt or {name}.done"));
        }
        let example = jiff::civil::date(2026, 11, 22);
        if self.dates.iter().any(|form| jiff::fmt::strtime::format(form, example).is_err()) {
            return Err(ConfigProblem::at("dates", "must be forms such as %d.%m.%Y"));
        }
        if self.changes.is_some() && !matches!(self.format, Format::ImsEnterprise | Format::OneRoster) {
            return Err(ConfigProblem::at("changes", "only with ims-enterprise and oneroster"));
        }
        self.unikum.check()?;
        self.oneroster.check()?;
        self.check_second()?;
        self.check_tables()
    }

    /// Whether what it tells are persons of another source.
    pub(super) const fn is_second(&self) -> bool {
        matches!(self.format, Format::IstEmail | Format::Ad)
    }

    fn check_second(&self) -> Result<(), ConfigProblem> {
        if !self.is_second() {
            return Ok(());
        }
        match self.key {
            None => Err(ConfigProblem::at("key", "missing; what the file calls people by, e.g. source-id")),
            Some(PersonKey::Email) if self.format == Format::IstEmail => {
                Err(ConfigProblem::at("key", "must be something else: e-mails are what this file tells"))
            }
            Some(_) => self.persons().map(drop),
        }
    }

    /// Within what persons' identifiers are unique.
    pub(super) fn persons(&self) -> Result<&'static str, ConfigProblem> {
        let unknown = || ConfigProblem::at("register", "must be the kind of the source whose people these are");
        match &self.register {
            None if self.is_second() && self.key == Some(PersonKey::SourceId) => Err(unknown()),
            None => Ok("file-drop/person"),
            Some(kind) => identity::persons_of(kind).ok_or_else(unknown),
        }
    }

    fn check_tables(&self) -> Result<(), ConfigProblem> {
        let mapped = matches!(self.format, Format::Csv | Format::Xml);
        if !mapped && !self.table.is_empty() {
            return Err(ConfigProblem::at("table", "only with csv and xml: this format's columns are known"));
        }
        if mapped && self.table.is_empty() {
            return Err(ConfigProblem::at("table", "missing; [[source.table]] says what a file's columns mean"));
        }
        for (place, table) in self.table.iter().enumerate() {
            table.check(&format!("table[{place}]"), self.format == Format::Xml)?;
        }
        Ok(())
    }

    /// Where the files are.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn address(&self) -> Result<FilePlace, ConfigProblem> {
        FilePlace::of(self.folder.as_ref(), self.bucket.as_deref(), self.prefix.as_deref())
            .map_err(|it| ConfigProblem::at(it.key, it.message))
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            settle: i64::from(self.settle_seconds),
            set_window: i64::from(self.set_minutes) * 60,
            marker: self.marker.clone(),
        }
    }

    pub(super) fn text(&self) -> TextForm {
        let separator = self.separator.unwrap_or_else(|| formats::separator(self.format));
        TextForm { encoding: self.encoding, separator, final_newline: self.final_newline }
    }

    /// How dates are written too, the settings' ways first.
    pub(super) fn all_dates(&self) -> Vec<String> {
        let own = formats::dates(self.format).iter().map(|form| (*form).to_owned());
        self.dates.iter().cloned().chain(own).collect()
    }

    pub(super) const fn most_bytes(&self) -> u64 {
        self.max_file_mb * 1_000_000
    }
}

#[cfg(test)]
mod tests;
