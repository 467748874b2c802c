//! Microsoft School Data Sync, by its CSV files of version 2.1: the slow lane to Microsoft 365, which Microsoft reads twice a
//! day, for whoever cannot or may not let the hub call Graph.
//!
//! A set holds everything there is: a record that is not in it becomes inactive.
//!
//! Wire facts: Microsoft Learn, "SDS V2.1 CSV file format" and "Default list of values". Names of files and columns are
//! case-sensitive; no value may hold a line break.

mod config;
mod mapping;
mod sets;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::mapping::Mapping;
use self::sets::Sets;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};
use crate::tables::Packaged;

pub use self::config::{KEYS, SchoolDataSyncConfig};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: SchoolDataSyncConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let (policy, environment) = (config.policy()?, config.environment);
    let (window, place) = (config.window(), config.place()?);
    let target = Packaged::new(Sets(Mapping::from(&config)), window, &place, context);
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
