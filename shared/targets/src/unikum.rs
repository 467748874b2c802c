//! Unikum, by its import files: pairs of `.principals` (what there is) and `.relations` (what belongs together).
//!
//! The first pairs hold everything that is delivered, since everything is new then; all later ones hold what changed.
//!
//! Wire facts: Unikum's help pages on objects, relations and automatic imports (unikum.freshdesk.com 80000377939,
//! 80000377940, 80000377954, 80000377963). Files are UTF-8 with tabs; a person is called by the personal number; objects
//! come before relations; there is no way to take an object away. What a row of a relation looks like is not public: its
//! columns are settings. How a pair is packed and sent from the place where it is put – in an encrypted and signed archive,
//! once a night – is the organiser's own job. That minutes in names are UTC is our choice: in autumn an hour of Swedish
//! time comes twice.

mod adapter;
mod config;
mod kinds;
mod mapping;
mod rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::adapter::Unikum;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

pub use self::config::{KEYS, RelationColumn, UnikumConfig};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: UnikumConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let (policy, environment) = (config.policy()?, config.environment);
    let target = Unikum::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
