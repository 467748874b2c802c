//! From a table of the configuration to typed settings, with words for whoever wrote it.

use outbound::Url;
use serde::de::DeserializeOwned;

/// The configuration cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
pub struct ConfigProblem {
    /// The key at fault, dotted when it is inside another, e.g. `fields.user.uuid`; `None`: no single one.
    pub key: Option<String>,
    /// What is wrong and what would be right. Never repeats a secret.
    pub message: String,
}

impl ConfigProblem {
    pub(crate) fn at(key: &str, message: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), message: message.into() }
    }

    pub(crate) fn of_the_whole(message: impl Into<String>) -> Self {
        Self { key: None, message: message.into() }
    }
}

/// Reads a table into typed settings.
pub(crate) fn read<T: DeserializeOwned>(table: &toml::Table) -> Result<T, ConfigProblem> {
    serde_path_to_error::deserialize(toml::Value::Table(table.clone())).map_err(|error| {
        let path = error.path().to_string();
        let key = (path != ".").then_some(path);
        ConfigProblem { key, message: words(error.inner()) }
    })
}

/// The error's words without the line and the path that it repeats.
fn words(error: &toml::de::Error) -> String {
    error.message().to_owned()
}

/// An address that paths can be added to.
pub(crate) fn address(key: &str, text: &str) -> Result<Url, ConfigProblem> {
    let url: Url =
        text.parse().map_err(|_| ConfigProblem::at(key, "not an address such as https://school.example/v2.0"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ConfigProblem::at(key, "must begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConfigProblem::at(key, "must hold no user name or password"));
    }
    Ok(url)
}
