//! Settings of a function, from its environment.

use std::collections::BTreeMap;

/// Settings of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ENDPOINT_URL`: where AWS is emulated.
    pub endpoint: Option<String>,
    /// `SKOLBRO_TABLE`: the table's name.
    pub table: String,
    /// `SKOLBRO_NOTICES_URL`: the queue of notices.
    pub notices_url: String,
    /// `SKOLBRO_JOBS`: the kinds of target deployed, with `SKOLBRO_JOBS_{KIND}_URL` and `…_BULK_URL` for each.
    pub jobs: BTreeMap<String, LaneUrls>,
}

/// The two queues of a kind of target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneUrls {
    /// Single changes.
    pub fresh: String,
    /// Bulk.
    pub bulk: String,
}

/// A variable is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("settings.missing: the environment variable {0} is not set")]
pub struct MissingSetting(pub String);

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`MissingSetting`].
    pub fn from_env() -> Result<Self, MissingSetting> {
        Self::from(|name| std::env::var(name).ok())
    }

    /// Reads an environment.
    ///
    /// # Errors
    /// [`MissingSetting`].
    pub fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Self, MissingSetting> {
        let required = |name: String| {
            let value = variable(&name).filter(|value| !value.trim().is_empty());
            value.ok_or(MissingSetting(name))
        };
        let kinds = variable("SKOLBRO_JOBS").unwrap_or_default();
        let mut jobs = BTreeMap::new();
        for kind in kinds.split(',').map(str::trim).filter(|kind| !kind.is_empty()) {
            let name = kind.to_uppercase().replace('-', "_");
            let fresh = required(format!("SKOLBRO_JOBS_{name}_URL"))?;
            let bulk = required(format!("SKOLBRO_JOBS_{name}_BULK_URL"))?;
            jobs.insert(kind.to_owned(), LaneUrls { fresh, bulk });
        }
        Ok(Self {
            region: required("AWS_REGION".to_owned())?,
            endpoint: variable("AWS_ENDPOINT_URL").filter(|it| !it.is_empty()),
            table: required("SKOLBRO_TABLE".to_owned())?,
            notices_url: required("SKOLBRO_NOTICES_URL".to_owned())?,
            jobs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_two_queues() {
        let environment = BTreeMap::from([
            ("AWS_REGION", "eu-north-1"),
            ("SKOLBRO_TABLE", "skolbro"),
            ("SKOLBRO_NOTICES_URL", "https://sqs/notices.fifo"),
            ("SKOLBRO_JOBS", "gleerups"),
            ("SKOLBRO_JOBS_GLEERUPS_URL", "https://sqs/gleerups"),
            ("SKOLBRO_JOBS_GLEERUPS_BULK_URL", "https://sqs/gleerups-bulk"),
        ]);

        let settings = Settings::from(|name| environment.get(name).map(|it| (*it).to_owned())).unwrap();

        assert_eq!(settings.jobs["gleerups"].bulk, "https://sqs/gleerups-bulk");
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = Settings::from(|_| None).unwrap_err();

        assert_eq!(missing, MissingSetting("AWS_REGION".into()));
    }
}
