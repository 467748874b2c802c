//! Secrets by reference: environment, Parameter Store, Secrets Manager. Kept in memory for five minutes, so that a
//! rotated secret is taken up without a deploy.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use outbound::{EnvironmentSecrets, Secret, SecretError, SecretRef, Secrets};
use tokio::sync::{Mutex, OnceCell};

const KEPT_FOR: Duration = Duration::from_secs(300);

/// Secrets from AWS, and from the environment.
#[derive(Debug)]
pub struct AwsSecrets {
    config: SdkConfig,
    ssm: OnceCell<aws_sdk_ssm::Client>,
    manager: OnceCell<aws_sdk_secretsmanager::Client>,
    kept: Mutex<HashMap<SecretRef, (Secret, Instant)>>,
}

impl AwsSecrets {
    /// Secrets fetched with the function's own role. Clients are made when first needed.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self { config, ssm: OnceCell::new(), manager: OnceCell::new(), kept: Mutex::default() }
    }

    async fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Env(_) => EnvironmentSecrets.resolve(reference).await,
            SecretRef::Ssm(name) => self.parameter(reference, name).await,
            SecretRef::SecretsManager(id) => self.managed(reference, id).await,
        }
    }

    async fn parameter(&self, reference: &SecretRef, name: &str) -> Result<Secret, SecretError> {
        let client = self.ssm.get_or_init(|| async { aws_sdk_ssm::Client::new(&self.config) }).await;
        let answer = client.get_parameter().name(name).with_decryption(true).send().await;
        let answer = answer.map_err(|error| unavailable(reference, &error))?;
        let value = answer.parameter().and_then(|it| it.value());
        value.map(Secret::new).ok_or_else(|| SecretError::Missing(reference.clone()))
    }

    async fn managed(&self, reference: &SecretRef, id: &str) -> Result<Secret, SecretError> {
        let client = self.manager.get_or_init(|| async { aws_sdk_secretsmanager::Client::new(&self.config) }).await;
        let answer = client.get_secret_value().secret_id(id).send().await;
        let answer = answer.map_err(|error| unavailable(reference, &error))?;
        answer.secret_string().map(Secret::new).ok_or_else(|| SecretError::Missing(reference.clone()))
    }
}

/// Only the keeper's own code is told: its message may quote what was asked for.
fn unavailable<E: ProvideErrorMetadata, R>(reference: &SecretRef, error: &SdkError<E, R>) -> SecretError {
    let detail = error.code().unwrap_or("no answer").to_owned();
    SecretError::Unavailable { reference: reference.clone(), detail }
}

#[async_trait]
impl Secrets for AwsSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        let mut kept = self.kept.lock().await;
        if let Some((secret, at)) = kept.get(reference)
            && at.elapsed() < KEPT_FOR
        {
            return Ok(secret.clone());
        }
        let secret = self.fetch(reference).await?;
        kept.insert(reference.clone(), (secret.clone(), Instant::now()));
        Ok(secret)
    }
}
