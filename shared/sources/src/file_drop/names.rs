//! The names of files that a source reads, for whoever puts files there.

use super::config::FileDropConfig;
use super::formats;
use super::intake::Form;
use super::pattern::{Pattern, is_temporary};
use super::unikum::is_of_a_pair;
use crate::{ConfigProblem, configuration};

/// The names of files that a source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Empty: those of Unikum's pairs.
    files: Vec<Pattern>,
    /// The name of the file that says that the others are whole; `{name}` stands for theirs.
    marker: Option<String>,
}

impl FileDropConfig {
    /// The settings in a source's table, checked.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn of(table: &toml::Table) -> Result<Self, ConfigProblem> {
        let config: Self = configuration::read(table)?;
        config.check()?;
        Ok(config)
    }

    /// The names of the files that are read.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn names(&self) -> Result<Names, ConfigProblem> {
        let files = match formats::form(self)? {
            Form::Tables(tables) | Form::Elements(tables) => tables.into_iter().map(|table| table.file).collect(),
            Form::Unikum(_) => Vec::new(),
            Form::ImsEnterprise(names, _) | Form::OneRoster(names, _) => vec![names.all],
        };
        Ok(Names { files, marker: self.marker.clone() })
    }
}

impl Names {
    /// Whether a file of this name is read, or is the marker of one that is.
    #[must_use]
    pub fn fit(&self, name: &str) -> bool {
        !is_temporary(name) && (self.is_read(name) || self.marks(name))
    }

    fn is_read(&self, name: &str) -> bool {
        if self.files.is_empty() { is_of_a_pair(name) } else { self.files.iter().any(|file| file.fits(name)) }
    }

    /// Whether a file of this name says that others are whole.
    #[must_use]
    pub fn marks(&self, name: &str) -> bool {
        let (Some(marker), name) = (self.marker.as_ref().map(|it| it.to_lowercase()), name.to_lowercase()) else {
            return false;
        };
        let Some((before, after)) = marker.split_once("{name}") else { return name == marker };
        let marked = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        marked.is_some_and(|it| !is_temporary(it) && self.is_read(it))
    }

    /// The names, as the settings have them.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let pairs = ["*_YYYYMMDD_HHMM.principals", "*_YYYYMMDD_HHMM.relations"].map(str::to_owned);
        let mut told: Vec<String> = self.files.iter().map(|file| file.as_str().to_owned()).collect();
        if told.is_empty() {
            told.extend(pairs);
        }
        told.extend(self.marker.clone());
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(table: &str) -> Names {
        FileDropConfig::of(&format!("folder = '/srv/drop'\n{table}").parse().unwrap()).unwrap().names().unwrap()
    }

    #[test]
    fn what_a_map_names_is_read_and_nothing_unfinished() {
        let names = names(
            "format = 'csv'\n[[table]]\nfile = 'elever_*.csv'\n\
             person = { id = 'Id', given_name = 'First', family_name = 'Last' }",
        );

        assert!(names.fit("Elever_20261122.csv"));
        assert!(!["personal.csv", ".elever_1.csv", "elever_1.csv.tmp"].iter().any(|it| names.fit(it)));
        assert_eq!(names.told(), ["elever_*.csv"]);
    }

    #[test]
    fn files_of_a_format_have_its_names() {
        assert!(names("format = 'sds-v2.1'").fit("Users.csv"));
        assert!(names("format = 'oneroster'").fit("export.zip"));
        assert!(!names("format = 'oneroster'\nfile = 'full_*.zip'").fit("export.zip"));
    }

    #[test]
    fn files_of_a_pair_have_a_time_in_their_names() {
        let names = names("format = 'unikum'");

        assert!(names.fit("provby_20261122_0230_total.principals") && names.fit("provby_20261122_0230.relations"));
        assert!(!names.fit("provby.principals"));
    }

    #[test]
    fn a_marker_is_one_for_all_or_one_of_each() {
        let one = names("format = 'oneroster'\nmarker = 'Done.txt'");
        let each = names("format = 'oneroster'\nmarker = '{name}.done'");

        assert!(one.fit("done.TXT") && one.marks("done.txt") && !one.marks("export.zip"));
        assert!(each.fit("export.zip.done") && !each.fit("export.csv.done") && !each.fit(".done"));
    }
}
