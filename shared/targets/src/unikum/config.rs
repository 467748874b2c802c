//! The target's settings.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use outbound::FilePlace;
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use super::kinds::SCHOOL_TYPES;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`UnikumConfig`].
pub const KEYS: &[&str] = &[
    "municipality",
    "folder",
    "bucket",
    "prefix",
    "window_seconds",
    "relation_columns",
    "class_kinds",
    "school_types",
    "organisation",
    "environment",
    "deliver_users",
];

/// Settings of Unikum as a target, as a tenant's configuration writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnikumConfig {
    /// What the files' names begin with.
    pub municipality: String,
    /// The folder of this machine that files are put in, by its absolute path.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// The bucket of Amazon S3 that they are put in, in the hub's own region; instead of `folder`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The folders of the bucket that they are put in, with `/` behind each.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Seconds for which changes are gathered, 30 to 3,600.
    #[serde(default = "two_minutes")]
    pub window_seconds: u32,
    /// What the columns of a relation are.
    #[serde(default = "usual_columns")]
    pub relation_columns: Vec<RelationColumn>,
    /// The kinds of groups that are classes there.
    #[serde(default = "classes")]
    pub class_kinds: Vec<String>,
    /// What Unikum calls school types beside those it has a word for, by their codes in SS 12000, e.g. `GYS`.
    #[serde(default)]
    pub school_types: BTreeMap<String, String>,
    /// What Unikum calls the organisation that the schools belong to; left out: nothing is said of it.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Which of the supplier's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
}

/// A column of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelationColumn {
    /// `add` or `remove`.
    Operation,
    /// `student_in_class` and so on.
    Type,
    /// Who or what.
    From,
    /// In what.
    To,
    /// Left empty.
    Unused,
}

const fn two_minutes() -> u32 {
    120
}

fn usual_columns() -> Vec<RelationColumn> {
    use RelationColumn::{From, Operation, To, Type};
    vec![Operation, Type, From, To]
}

fn classes() -> Vec<String> {
    vec!["Klass".to_owned()]
}

impl UnikumConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        let is_sign = |sign: char| sign.is_alphanumeric() || sign == '-';
        if self.municipality.is_empty() || self.municipality.len() > 60 || !self.municipality.chars().all(is_sign) {
            return Err(ConfigProblem::with("municipality", "letters, digits and hyphens, at most 60 bytes"));
        }
        if !(30..=3_600).contains(&self.window_seconds) {
            return Err(ConfigProblem::with("window_seconds", "30 to 3600"));
        }
        if self.class_kinds.is_empty() {
            return Err(ConfigProblem::with("class_kinds", "at least one kind is needed, such as Klass"));
        }
        if self.organisation.as_deref().is_some_and(|it| it.trim().is_empty() || it.contains(char::is_control)) {
            return Err(ConfigProblem::with("organisation", "a name in one line"));
        }
        if self.school_types.values().any(|it| !SCHOOL_TYPES.contains(&it.as_str())) {
            return Err(ConfigProblem::with("school_types", format!("each is one of {}", SCHOOL_TYPES.join(", "))));
        }
        self.check_columns()?;
        Ok(TargetPolicy {
            carries: Carries { organisations: true, employments: false, activities: false },
            deliver_users: self.deliver_users,
            user_name: vec![UserNameChoice::CivicNumber],
            civic_numbers: false,
            temporary_numbers: false,
            sso_idp: None,
            rate: None,
        })
    }

    fn check_columns(&self) -> Result<(), ConfigProblem> {
        use RelationColumn::{From, Operation, To, Type};
        let times = |column| self.relation_columns.iter().filter(|it| **it == column).count();
        if [Operation, Type, From, To].into_iter().any(|column| times(column) != 1) || self.relation_columns.len() > 20
        {
            let message = "must hold operation, type, from and to, each once; unused for others";
            return Err(ConfigProblem::with("relation_columns", message));
        }
        Ok(())
    }

    pub(super) fn place(&self) -> Result<FilePlace, ConfigProblem> {
        FilePlace::of(self.folder.as_ref(), self.bucket.as_deref(), self.prefix.as_deref())
            .map_err(|it| ConfigProblem::with(it.key, it.message))
    }

    pub(super) fn window(&self) -> Duration {
        Duration::from_secs(self.window_seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(more: &str) -> Option<String> {
        let config: UnikumConfig = toml::from_str(&format!("municipality = 'Norrbyholm'\n{more}")).unwrap();
        config.policy().and_then(|_| config.place()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<UnikumConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn what_cannot_work_is_told_by_its_key() {
        let good = "folder = '/srv/unikum'";

        assert_eq!(problem(good), None);
        assert_eq!(problem(""), Some("folder".into()));
        assert_eq!(problem(&format!("{good}\nbucket = 'out'")), Some("bucket".into()));
        assert_eq!(problem(&format!("{good}\nwindow_seconds = 5")), Some("window_seconds".into()));
        assert_eq!(problem(&format!("{good}\nclass_kinds = []")), Some("class_kinds".into()));
        assert_eq!(problem(&format!("{good}\nschool_types = {{ GYS = 'gymnasium' }}")), Some("school_types".into()));
        assert_eq!(problem(&format!("{good}\norganisation = \"a\\tb\"")), Some("organisation".into()));
        assert_eq!(
            problem(&format!("{good}\nrelation_columns = ['type', 'from', 'to']")),
            Some("relation_columns".into())
        );
    }

    #[test]
    fn a_files_name_cannot_lead_elsewhere() {
        let config: UnikumConfig = toml::from_str("municipality = '../Norrbyholm'\nfolder = '/srv/unikum'").unwrap();

        assert_eq!(config.policy().unwrap_err().key.as_deref(), Some("municipality"));
    }
}
