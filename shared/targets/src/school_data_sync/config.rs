//! The target's settings.

use std::path::PathBuf;
use std::time::Duration;

use outbound::FilePlace;
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::registry::{ConfigProblem, Environment};

/// The keys of [`SchoolDataSyncConfig`].
pub const KEYS: &[&str] =
    &["folder", "bucket", "prefix", "window_seconds", "group_kinds", "environment", "deliver_users", "user_name"];

/// Settings of School Data Sync as a target, as a tenant's configuration writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolDataSyncConfig {
    /// The folder of this machine that sets are put in, by its absolute path.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// The bucket of Amazon S3 that they are put in, in the hub's own region; instead of `folder`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The folders of the bucket that they are put in, with `/` behind each.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Seconds for which changes are gathered, 30 to 86,400. Microsoft looks twice a day.
    #[serde(default = "an_hour")]
    pub window_seconds: u32,
    /// The kinds of groups that are classes there.
    #[serde(default = "classes")]
    pub group_kinds: Vec<String>,
    /// Which of the organiser's environments it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names a user, by which accounts are matched; the first one present.
    #[serde(default = "eppn_then_email")]
    pub user_name: Vec<UserNameChoice>,
}

const fn an_hour() -> u32 {
    3_600
}

fn classes() -> Vec<String> {
    vec!["Klass".to_owned(), "Undervisning".to_owned()]
}

fn eppn_then_email() -> Vec<UserNameChoice> {
    TargetPolicy::default().user_name
}

impl SchoolDataSyncConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
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
            civic_numbers: false,
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
        let config: SchoolDataSyncConfig = toml::from_str(text).unwrap();
        config.policy().and_then(|_| config.place()).err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<SchoolDataSyncConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert_eq!(named, KEYS);
    }

    #[test]
    fn what_cannot_work_is_told_by_its_key() {
        let good = "folder = '/srv/sds'";
        assert_eq!(problem(good), None);
        assert_eq!(problem(""), Some("folder".into()));
        assert_eq!(problem(&format!("{good}\nwindow_seconds = 5")), Some("window_seconds".into()));
        assert_eq!(problem(&format!("{good}\nuser_name = []")), Some("user_name".into()));
    }
}
