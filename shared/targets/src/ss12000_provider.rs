//! A receiver that reads SS 12000:2020 here: the hub as its provider.
//!
//! What it may see is published object by object; lists, single objects, what is gone and subscriptions are served from
//! that by the function `provider`. A receiver is a target of its own, with its own view.
//!
//! Wire facts: the OpenAPI documents of SS 12000:2020, version 2.1 (SIS) and Skolverket's subset of it. Where a source
//! does not say since when something holds, which the contract demands, it holds since 1900-01-01.

mod adapter;
mod config;
mod kinds;
mod mapping;
mod notice;
mod passport;
pub mod question;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::adapter::Reader;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

pub use self::config::{KEYS, Ss12000ProviderConfig};
pub use self::kinds::Resource;

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: Ss12000ProviderConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let (policy, environment) = (config.policy()?, config.environment);
    let target = Reader::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
