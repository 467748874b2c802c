//! The wire that Swedish publishers share: the EGIL profile, which is SS 12000:2018 as SCIM; with a key, or through a
//! federation with certificates.
//!
//! The profile is known from the open receiver Windermere and the open client EgilSCIM. Gleerups' own contract is not
//! public: `kind = "gleerups"` is this wire too. Where receivers are known to differ there is a setting.

mod adapter;
mod client;
mod codes;
mod config;
mod door;
mod inventory;
mod kinds;
mod mapping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use config::{EgilConfig, FederationConfig, KEYS, MediaType, Protected};
pub use kinds::{
    ACTIVITIES, EMPLOYMENTS, LICENCE_ASSIGNMENTS, ORGANISATIONS, SCHOOL_UNIT_GROUPS, SCHOOL_UNITS, STUDENT_GROUPS,
    USERS,
};

pub(crate) use mapping::{Mapping, reference_of};

/// What [`crate::fuzzing`] reaches in here.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    pub(crate) use super::codes::CODES;
}

use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};
use adapter::Egil;

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: EgilConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let policy = config.policy()?;
    let environment = config.environment;
    let target = Egil::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
