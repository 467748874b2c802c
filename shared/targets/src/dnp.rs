//! Skolverket's digital national tests (DNP), by the Provisioning API v1: persons, duties, groups and activities that are
//! pushed in bulk jobs.
//!
//! Calls are too few for one per object: five a second for everybody behind one address, jobs' states included. Changes are
//! gathered for a window, and handed over in jobs of up to 200 KB: persons, duties, groups, activities, each kind after the
//! one before has been answered for; what goes, in the reverse order, at last.
//!
//! Wire facts: skolverket/dnp-usermanagement at a06cf58 – `provisioning-api/` (the OpenAPI document 1.3.2, and the order),
//! `CHANGELOG.md` (limits), `authentication-api/` (tokens), `environments.md` (addresses). Objects are those of SS 12000:2020
//! with demands of their own. What is our choice is marked so where it is made.

mod adapter;
mod bodies;
mod classify;
mod client;
mod config;
mod items;
mod mapping;
mod sitting;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::adapter::Dnp;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

#[cfg(feature = "fuzzing")]
pub(crate) use self::classify::results as fuzzed_results;
pub use self::config::{DnpConfig, KEYS, SchoolUnitIds, TwoRoles};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: DnpConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let (policy, environment) = (config.policy()?, config.environment);
    let target = Dnp::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
