//! Any receiver that takes OneRoster 1.1 or 1.2 as CSV packages: zip archives with a manifest and a file for each list.
//!
//! A package holds everything there is (`bulk`), or what has changed since the one before (`delta`).
//!
//! Wire facts: 1EdTech, OneRoster 1.1 CSV tables and OneRoster 1.2 CSV binding. What the standard demands and no register
//! says – a course for each class, a session for each period – is made up, the same each time.

mod config;
mod mapping;
mod package;
mod rows;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::package::Packages;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};
use crate::tables::Packaged;

pub use self::config::{Edition, KEYS, Mode, OneRosterCsvConfig};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: OneRosterCsvConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let (policy, environment) = (config.policy()?, config.environment);
    let (window, place) = (config.window(), config.place()?);
    let target = Packaged::new(Packages::of(config), window, &place, context);
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
