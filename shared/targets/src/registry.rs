//! The receiving systems by name: which there are, and how each is built from its settings.

use std::sync::Arc;

use outbound::{Secrets, Transport};
use roster::Clock;
use rules::policy::TargetPolicy;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::egil::EgilConfig;
use crate::files::SendPlaces;
use crate::{
    Target, dnp, egil, google, microsoft, oneroster_csv, school_data_sync, scim, ss12000_provider, unikum, webhook,
};

/// The kinds of receiving system that can be configured.
pub const KINDS: &[&str] = &[
    "dnp",
    "egil",
    "gleerups",
    "google",
    "microsoft",
    "oneroster-csv",
    "school-data-sync",
    "scim",
    "ss12000-provider",
    "unikum",
    "webhook",
];

/// What a target needs besides its settings.
#[derive(Debug, Clone)]
pub struct TargetContext {
    /// Where secrets are fetched from.
    pub secrets: Arc<dyn Secrets>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// `User-Agent` of every call.
    pub user_agent: String,
    /// What carries the calls instead of the internet: a simulation's own.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where files are put. `None`: in folders of this machine.
    pub places: Option<Arc<dyn SendPlaces>>,
    /// Whether calls that change something are withheld: each then ends in `TargetDown` with `outbound.dry_run`.
    pub dry_run: bool,
}

/// A target, ready to use.
#[derive(Debug, Clone)]
pub struct BuiltTarget {
    /// The receiving system.
    pub target: Arc<dyn Target>,
    /// What its settings say to the rules.
    pub policy: TargetPolicy,
    /// Which of the supplier's environments it is.
    pub environment: Environment,
}

/// Which of a supplier's environments a target is. Shown to operators; nothing is decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// For trying (R36).
    Test,
    /// For real.
    #[default]
    Production,
}

/// A target's settings are not right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
pub struct ConfigProblem {
    /// The key it is about, with dots; `None`: the settings as a whole.
    pub key: Option<String>,
    /// What is wrong, in a sentence that repeats no secret.
    pub message: String,
}

impl ConfigProblem {
    /// A problem with one key.
    #[must_use]
    pub fn with(key: &str, message: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), message: message.into() }
    }
}

/// Builds a target of a kind from its settings: the table without `name` and `kind`.
///
/// # Errors
/// [`ConfigProblem`]: the kind is unknown, a key is unknown or missing, a value is wrong.
pub fn build(kind: &str, settings: &toml::Table, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    match kind {
        "dnp" => dnp::build(read(settings)?, context),
        "egil" => egil::build(read(settings)?, context),
        "gleerups" => egil::build(EgilConfig::of_gleerups(read(settings)?), context),
        "google" => google::build(read(settings)?, context),
        "microsoft" => microsoft::build(read(settings)?, context),
        "oneroster-csv" => oneroster_csv::build(read(settings)?, context),
        "school-data-sync" => school_data_sync::build(read(settings)?, context),
        "scim" => scim::build(read(settings)?, context),
        "ss12000-provider" => ss12000_provider::build(read(settings)?, context),
        "unikum" => unikum::build(read(settings)?, context),
        "webhook" => webhook::build(read(settings)?, context),
        _ => Err(ConfigProblem::with("kind", format!("unknown kind; known are {}", KINDS.join(", ")))),
    }
}

/// The keys that a kind's settings may have, `name` and `kind` apart. `None`: the kind is unknown.
#[must_use]
pub fn known_keys(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "dnp" => Some(dnp::KEYS),
        "egil" | "gleerups" => Some(egil::KEYS),
        "google" => Some(google::KEYS),
        "microsoft" => Some(microsoft::KEYS),
        "oneroster-csv" => Some(oneroster_csv::KEYS),
        "school-data-sync" => Some(school_data_sync::KEYS),
        "scim" => Some(scim::KEYS),
        "ss12000-provider" => Some(ss12000_provider::KEYS),
        "unikum" => Some(unikum::KEYS),
        "webhook" => Some(webhook::KEYS),
        _ => None,
    }
}

fn read<T: DeserializeOwned>(settings: &toml::Table) -> Result<T, ConfigProblem> {
    serde_path_to_error::deserialize(toml::Value::Table(settings.clone())).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().message().to_owned();
        ConfigProblem { key: missing(&message).or_else(|| (path != ".").then_some(path)), message }
    })
}

/// The name in serde's "missing field `name`", whose path is that of the table around it.
fn missing(message: &str) -> Option<String> {
    let (name, _) = message.strip_prefix("missing field `")?.split_once('`')?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests;
