//! Settings of a source whose files are dropped.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::choice::Rules;
use super::formats;
use super::place::DropAddress;
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
        self.unikum.check()?;
        self.check_tables()
    }

    fn check_tables(&self) -> Result<(), ConfigProblem> {
        if self.format != Format::Csv && !self.table.is_empty() {
            return Err(ConfigProblem::at("table", "only with format = \"csv\": this format's columns are known"));
        }
        if self.format == Format::Csv && self.table.is_empty() {
            return Err(ConfigProblem::at("table", "missing; [[source.table]] says what a file's columns mean"));
        }
        for (place, table) in self.table.iter().enumerate() {
            table.check(&format!("table[{place}]"))?;
        }
        Ok(())
    }

    /// Where the files are.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn address(&self) -> Result<DropAddress, ConfigProblem> {
        let folder = self.folder.as_ref().ok_or_else(|| ConfigProblem::at("folder", "missing"))?;
        let leads_up = folder.components().any(|it| it == std::path::Component::ParentDir);
        if !folder.is_absolute() || leads_up {
            return Err(ConfigProblem::at("folder", "must be an absolute path without .."));
        }
        Ok(DropAddress::Folder(folder.clone()))
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
