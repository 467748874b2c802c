//! Any receiver that takes events by Standard Webhooks 1.0.0: what came, changed and went, each signed, and each with an
//! identity that stays the same however often it is tried.
//!
//! What an event tells is an object of the national profile (EGIL), so that there is one form for both.

mod adapter;
mod codes;
mod config;
mod event;
mod sender;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::adapter::Webhook;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

pub use self::config::{KEYS, Payload, WebhookConfig};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: WebhookConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let policy = config.policy()?;
    let environment = config.environment;
    let target = Webhook::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
