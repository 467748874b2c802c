//! The secrets of whoever comes to a source's door: the token in its doorbell's address, the keys its rings are signed
//! with, and the key of whoever sends it files. And the tokens of those who come and read at a target.

use outbound::{Secret, SecretError, SecretRef};
use rules::config::{SettingsProblem, SourceConfig};
use serde::Deserialize;
use sources::file_drop::landing::Intake;
use targets::feed::Feed;
use toml::Value;

use crate::hub::Hub;

/// The fewest characters of a token in an address. Two dozen of base64 hold 144 bits, of hexadecimal digits 96: neither
/// is guessed over a network. What is shorter was thought up by somebody.
pub const SHORTEST_TOKEN: usize = 24;

/// A doorbell's token, or the key of whoever sends files, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoorbellSecretError {
    /// It could not be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It has fewer than [`SHORTEST_TOKEN`] characters, so that it might be guessed.
    #[error("doorbell.token_too_short: {0} has fewer than {SHORTEST_TOKEN} characters")]
    TooShort(SecretRef),
}

impl DoorbellSecretError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Secret(error) => error.code(),
            Self::TooShort(_) => "doorbell.token_too_short",
        }
    }
}

/// What can be told of a doorbell's settings without fetching a secret.
///
/// # Errors
/// [`SettingsProblem`]; a secret written out is refused and not repeated.
pub(crate) fn check(config: &SourceConfig) -> Result<(), SettingsProblem> {
    if let Some(value) = &config.route_token {
        reference("route_token", value)?;
    }
    for value in &config.signing_secrets {
        reference("signing_secrets", value)?;
    }
    if config.route_token.is_none() && !config.signing_secrets.is_empty() {
        let message = "means nothing without route_token: there is no doorbell".to_owned();
        return Err(SettingsProblem { key: Some("signing_secrets".to_owned()), message });
    }
    Ok(())
}

fn reference(key: &str, value: &Value) -> Result<SecretRef, SettingsProblem> {
    SecretRef::deserialize(value.clone())
        .map_err(|error| SettingsProblem { key: Some(key.to_owned()), message: error.message().to_owned() })
}

/// The token in the address of a source's doorbell; `None`: it has no doorbell.
///
/// # Errors
/// [`DoorbellSecretError`].
pub async fn route_token(hub: &Hub, config: &SourceConfig) -> Result<Option<Secret>, DoorbellSecretError> {
    let Some(reference) = config.route_token.as_ref().and_then(|it| reference("route_token", it).ok()) else {
        return Ok(None);
    };
    long_enough(hub, &reference).await.map(Some)
}

/// The key that whoever sends files must have.
///
/// # Errors
/// [`DoorbellSecretError`].
pub async fn drop_key(hub: &Hub, intake: &Intake) -> Result<Secret, DoorbellSecretError> {
    long_enough(hub, &intake.key).await
}

/// The tokens of those who read at a target, each as far as it can be had now.
pub async fn reader_tokens(hub: &Hub, feed: &dyn Feed) -> Vec<Result<Secret, DoorbellSecretError>> {
    let mut tokens = Vec::new();
    for reference in feed.keys() {
        tokens.push(long_enough(hub, reference).await);
    }
    tokens
}

async fn long_enough(hub: &Hub, reference: &SecretRef) -> Result<Secret, DoorbellSecretError> {
    let secret = hub.directory.factory().secrets().resolve(reference).await?;
    if secret.expose().chars().count() < SHORTEST_TOKEN {
        return Err(DoorbellSecretError::TooShort(reference.clone()));
    }
    Ok(secret)
}

/// The keys that a source's doorbell may be signed with, each as far as it can be had now.
pub async fn signing_keys(hub: &Hub, config: &SourceConfig) -> Vec<Result<Secret, SecretError>> {
    let mut keys = Vec::new();
    for value in &config.signing_secrets {
        let Ok(reference) = reference("signing_secrets", value) else { continue };
        keys.push(hub.directory.factory().secrets().resolve(&reference).await);
    }
    keys
}
