//! Secrets known beforehand.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{Secret, SecretError, SecretRef, Secrets};

/// Secrets given in memory: for tests, simulations, and settings already resolved.
#[derive(Debug, Clone, Default)]
pub struct FixedSecrets(BTreeMap<SecretRef, Secret>);

impl FixedSecrets {
    /// No secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    #[must_use]
    pub fn with(mut self, reference: SecretRef, secret: impl Into<String>) -> Self {
        self.0.insert(reference, Secret::new(secret));
        self
    }
}

#[async_trait]
impl Secrets for FixedSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        self.0.get(reference).cloned().ok_or_else(|| SecretError::Missing(reference.clone()))
    }
}
