//! Any receiver that speaks SCIM 2.0: users, and groups with their members [RFC 7643, RFC 7644].
//!
//! What a receiver can is asked of it (`/ServiceProviderConfig`). What stands in an account beside what we write is
//! somebody else's and is kept: accounts are changed attribute by attribute, and lists of members one by one.

mod adapter;
mod capabilities;
mod change;
mod client;
mod codes;
mod config;
mod kinds;
mod mapping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::adapter::Scim;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

pub use self::config::{Basic, KEYS, RemovedUsers, ScimConfig};
pub use self::kinds::{GROUPS, USERS};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: ScimConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let policy = config.policy()?;
    let environment = config.environment;
    let target = Scim::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
