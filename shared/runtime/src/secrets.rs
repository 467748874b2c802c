//! Secrets by reference: environment, Parameter Store, Secrets Manager. Kept in memory for five minutes, so that a
//! rotated secret is taken up without a deploy.

mod keeper;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_config::SdkConfig;
use outbound::{EnvironmentSecrets, Secret, SecretError, SecretRef, Secrets};
use serde_json::json;
use tokio::sync::Mutex;

use keeper::{Keeper, Refusal};

const KEPT_FOR: Duration = Duration::from_secs(300);

/// Secrets from AWS, and from the environment.
#[derive(Debug)]
pub struct AwsSecrets {
    config: SdkConfig,
    kept: Mutex<HashMap<SecretRef, (Secret, Instant)>>,
}

impl AwsSecrets {
    /// Secrets fetched with the function's own role.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self { config, kept: Mutex::default() }
    }

    async fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        let (keeper, question, answered_in) = match reference {
            SecretRef::Env(_) => return EnvironmentSecrets.resolve(reference).await,
            SecretRef::Ssm(name) => {
                (Keeper::PARAMETER_STORE, json!({ "Name": name, "WithDecryption": true }), "/Parameter/Value")
            }
            SecretRef::SecretsManager(id) => (Keeper::SECRETS_MANAGER, json!({ "SecretId": id }), "/SecretString"),
        };
        let missing = || SecretError::Missing(reference.clone());
        let answer = keeper.ask(&self.config, &question).await.map_err(|refusal| match refusal {
            Refusal::NotFound => missing(),
            Refusal::Passing(detail) | Refusal::Other(detail) => {
                SecretError::Unavailable { reference: reference.clone(), detail }
            }
        })?;
        let value = answer.pointer(answered_in).and_then(|it| it.as_str()).filter(|it| !it.is_empty());
        value.map(Secret::new).ok_or_else(missing)
    }
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
