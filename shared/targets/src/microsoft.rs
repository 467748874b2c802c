//! Microsoft 365 through Microsoft Graph v1.0: accounts that are recognised or made, education classes with their
//! members, and class teams.
//!
//! A class is a Microsoft 365 group of the same identity, and its team has that identity too. Whom we did not put into a
//! class stays in it; accounts that we did not make are never changed.
//!
//! Wire facts: `contracts/targets.md` §1, and the pages of `learn.microsoft.com/graph/api` that are named where they are
//! relied on.

mod adapter;
mod bodies;
mod classes;
mod classify;
mod client;
mod config;
mod kinds;
mod link;
mod listing;
mod mapping;
mod members;
mod memory;
mod roll;
mod spelling;
mod teams;
#[cfg(test)]
mod tests;
mod users;

use std::sync::Arc;

use self::adapter::Microsoft;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

pub use self::config::{KEYS, MicrosoftConfig, RemovedClasses, RemovedUsers, Users};
pub use self::kinds::{CLASSES, TEAMS, USERS};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: MicrosoftConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let policy = config.policy()?;
    let environment = config.environment;
    let target = Microsoft::new(&config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
