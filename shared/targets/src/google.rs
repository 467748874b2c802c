//! Google Workspace: accounts, courses in Classroom, and groups with addresses of their own.
//!
//! An account is most often somebody else's: it is found and waited for, and made only where the settings say so. Rolls
//! of courses and members of groups are changed one by one, so that whoever was put there by hand stays.

mod accounts;
mod adapter;
mod batch;
mod calls;
mod classify;
mod client;
mod config;
mod courses;
mod groups;
mod inventory;
mod kinds;
mod mapping;
mod reply;
mod roll;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::adapter::Google;
use crate::registry::{BuiltTarget, ConfigProblem, TargetContext};

pub use self::config::{Alias, GoogleConfig, GroupsConfig, KEYS, Member, RemovedCourses, RemovedUsers, Users};
pub use self::kinds::{COURSES, GROUPS, USERS};

/// Builds the target from its settings.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub fn build(config: GoogleConfig, context: &TargetContext) -> Result<BuiltTarget, ConfigProblem> {
    let policy = config.policy()?;
    let environment = config.environment;
    let target = Google::new(config, context)?;
    Ok(BuiltTarget { target: Arc::new(target), policy, environment })
}
