//! Without the feature there never is a contract.

use super::{Answered, Asked, Deviation};
use std::sync::Arc;

/// A contract; none can be made without the feature `contract`.
#[derive(Debug)]
pub enum Contract {}

impl Contract {
    /// The official one: never there.
    ///
    /// # Errors
    /// Never.
    pub fn official() -> Result<Option<Arc<Self>>, String> {
        Ok(None)
    }

    /// How a request deviates.
    pub fn of_request(&self, _: &Asked<'_>) -> Vec<Deviation> {
        match *self {}
    }

    /// How an answer deviates.
    pub fn of_answer(&self, _: &Answered<'_>) -> Vec<Deviation> {
        match *self {}
    }
}
