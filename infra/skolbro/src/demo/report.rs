//! What came of a demonstration.

use serde::Serialize;

/// What came of a demonstration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Persons read from all sources.
    pub persons: u64,
    /// Groups read from all sources.
    pub groups: u64,
    /// Changes made by the outside on its school day.
    pub changes: usize,
    /// Deliveries.
    pub delivered: u64,
    /// Subjects with a change that did not arrive.
    pub undelivered: u64,
    /// Holds that wait for a person.
    pub held: u64,
    /// Subjects refused for good.
    pub dead_lettered: u64,
    /// Breaches of a receiver's contract, as the receiver counted them; of the register's too, where it was compared.
    pub contract_violations: usize,
    /// How long single changes took, from known to delivered.
    pub lag_ms: Lag,
    /// Requests at the receivers.
    pub target_requests: u64,
    /// How long the first load took, in milliseconds.
    pub load_ms: u64,
    /// How the receivers differ from what they should hold, by the outside's own truth.
    pub differences: Vec<String>,
}

/// A lag, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Lag {
    /// Half of the changes.
    pub p50: u64,
    /// Ninety-nine of a hundred.
    pub p99: u64,
    /// All.
    pub max: u64,
}

impl Report {
    /// Whether everything arrived, nothing else did, and no contract was broken.
    #[must_use]
    pub fn is_as_it_should_be(&self) -> bool {
        self.undelivered == 0 && self.contract_violations == 0 && self.differences.is_empty()
    }
}
