//! Secrets: configuration names where a secret is kept, never the secret itself.

mod fixed;
mod reference;

use std::fmt;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

pub use fixed::FixedSecrets;
pub use reference::SecretRef;

/// A secret in memory. Has no `Display` and no serde; `Debug` shows a mask; comparing takes the same time wherever the
/// difference is.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// A secret that nobody has known before: 32 letters, digits, hyphens and underscores, 192 bits of chance. `None`: this
    /// machine has no chance to give.
    #[must_use]
    pub fn random() -> Option<Self> {
        let mut bytes = [0; 24];
        aws_lc_rs::rand::fill(&mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The secret itself. Whoever calls this puts it in a request, nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether somebody gave this secret. How long it takes tells its length at most.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(•••)")
    }
}

/// Where secrets are fetched from.
#[async_trait]
pub trait Secrets: Send + Sync + fmt::Debug {
    /// The secret that a reference names.
    ///
    /// # Errors
    /// [`SecretError`] when it cannot be had here, does not exist, or its keeper does not answer.
    async fn resolve(&self, reference: &SecretRef) -> Result<Secret, SecretError>;
}

/// A secret could not be had. Names the reference, which is no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// This process has no access to that kind of keeper.
    #[error("secret.not_available_here: {0} cannot be read by this process")]
    NotAvailableHere(SecretRef),
    /// The keeper has nothing under that name, or something empty.
    #[error("secret.missing: {0} does not exist or is empty")]
    Missing(SecretRef),
    /// The keeper does not answer at the moment.
    #[error("secret.unavailable: {reference} could not be read: {detail}")]
    Unavailable {
        /// What was asked for.
        reference: SecretRef,
        /// What was seen.
        detail: String,
    },
}

impl SecretError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAvailableHere(_) => "secret.not_available_here",
            Self::Missing(_) => "secret.missing",
            Self::Unavailable { .. } => "secret.unavailable",
        }
    }

    /// Whether the fault passes by itself.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Secrets from environment variables only.
#[derive(Debug, Clone, Copy, Default)]
pub struct EnvironmentSecrets;

#[async_trait]
impl Secrets for EnvironmentSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        let SecretRef::Env(name) = reference else {
            return Err(SecretError::NotAvailableHere(reference.clone()));
        };
        std::env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .map(Secret::new)
            .ok_or_else(|| SecretError::Missing(reference.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_mask() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(•••)");
    }

    #[test]
    fn no_two_random_secrets_are_the_same() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());

        assert_eq!((one.expose().len(), one == other), (32, false));
    }

    #[test]
    fn only_the_whole_secret_is_the_secret() {
        let given = ["hunter2", "hunter3", "hunter", "hunter22", "", "HUNTER2"];

        assert_eq!(given.map(|it| Secret::new("hunter2").is(it)), [true, false, false, false, false, false]);
    }

    #[tokio::test]
    async fn the_environment_has_no_parameter_store() {
        let reference = SecretRef::Ssm("/skolbro/demo".into());

        let error = EnvironmentSecrets.resolve(&reference).await.unwrap_err();

        assert_eq!(error.code(), "secret.not_available_here");
    }

    #[tokio::test]
    async fn an_unset_variable_is_missing_by_name() {
        let reference = SecretRef::Env("SKOLBRO_NO_SUCH_VARIABLE".into());

        let error = EnvironmentSecrets.resolve(&reference).await.unwrap_err();

        assert_eq!(error.to_string(), "secret.missing: env:SKOLBRO_NO_SUCH_VARIABLE does not exist or is empty");
    }

    #[tokio::test]
    async fn a_set_variable_is_the_secret() {
        let reference = SecretRef::Env("PATH".into());

        let secret = EnvironmentSecrets.resolve(&reference).await.unwrap();

        assert_eq!(secret.expose(), std::env::var("PATH").unwrap());
    }
}
