//! The target's settings.

use std::path::PathBuf;
use std::time::Duration;

use outbound::FilePlace;
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::registry::{ConfigProblem, Environment};

/// The keys of [`OneRosterCsvConfig`].
pub const KEYS: &[&str] = &[
    "version",
    "mode",
    "file_name",
    "folder",
    "bucket",
    "prefix",
    "window_seconds",
    "homeroom_kinds",
    "civic_numbers",
    "environment",
    "deliver_users",
    "user_name",
];

/// An edition of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Edition {
    /// A user has one role, at some organisations.
    #[default]
    #[serde(rename = "1.1")]
    V1p1,
    /// Roles are a list of their own.
    #[serde(rename = "1.2")]
    V1p2,
}

/// What a package holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everything there is: what is not in it is gone.
    #[default]
    Bulk,
    /// What has changed; the first ones everything, as changes.
    Delta,
}

/// Settings of one receiver of packages, as a tenant's configuration writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneRosterCsvConfig {
    /// Which edition of the standard.
    #[serde(default)]
    pub version: Edition,
    /// What a package holds.
    #[serde(default)]
    pub mode: Mode,
    /// What the packages' names begin with.
    #[serde(default = "usual_name")]
    pub file_name: String,
    /// The folder of this machine that packages are put in, by its absolute path.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// The bucket of Amazon S3 that they are put in, in the hub's own region; instead of `folder`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The folders of the bucket that they are put in, with `/` behind each.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Seconds for which changes are gathered, 30 to 86,400.
    #[serde(default = "two_minutes")]
    pub window_seconds: u32,
    /// The kinds of groups that are `homeroom`; all others are `scheduled`.
    #[serde(default = "homerooms")]
    pub homeroom_kinds: Vec<String>,
    /// Whether personal and coordination numbers are told, as `identifier`.
    #[serde(default)]
    pub civic_numbers: bool,
    /// Which of the supplier's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names a user; the first one present.
    #[serde(default = "eppn_then_email")]
    pub user_name: Vec<UserNameChoice>,
}

fn usual_name() -> String {
    "oneroster".to_owned()
}

const fn two_minutes() -> u32 {
    120
}

fn homerooms() -> Vec<String> {
    vec!["Klass".to_owned(), "Mentor".to_owned()]
}

fn eppn_then_email() -> Vec<UserNameChoice> {
    TargetPolicy::default().user_name
}

impl OneRosterCsvConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        let is_sign = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '_');
        if self.file_name.is_empty() || self.file_name.len() > 60 || !self.file_name.chars().all(is_sign) {
            return Err(ConfigProblem::with("file_name", "letters, digits, - and _, at most 60 bytes"));
        }
        if !(30..=86_400).contains(&self.window_seconds) {
            return Err(ConfigProblem::with("window_seconds", "30 to 86400"));
        }
        if self.user_name.is_empty() {
            return Err(ConfigProblem::with("user_name", "at least one choice is needed"));
        }
        Ok(TargetPolicy {
            carries: Carries { organisations: true, employments: false, activities: false },
            deliver_users: self.deliver_users,
            user_name: self.user_name.clone(),
            civic_numbers: self.civic_numbers,
            temporary_numbers: false,
            sso_idp: None,
            rate: None,
        })
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

    fn problem(text: &str) -> Option<String> {
        let config: OneRosterCsvConfig = toml::from_str(text).unwrap();
        config.policy().and_then(|_| config.place()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<OneRosterCsvConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert_eq!(named, KEYS);
    }

    #[test]
    fn what_cannot_work_is_told_by_its_key() {
        let good = "folder = '/srv/lms'";
        assert_eq!(problem(good), None);
        assert_eq!(problem(""), Some("folder".into()));
        assert_eq!(problem(&format!("{good}\nfile_name = '../a'")), Some("file_name".into()));
        assert_eq!(problem(&format!("{good}\nwindow_seconds = 5")), Some("window_seconds".into()));
        assert_eq!(problem(&format!("{good}\nuser_name = []")), Some("user_name".into()));
    }
}
