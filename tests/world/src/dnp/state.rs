//! What the service holds.

use super::jobs::Job;
use jiff::Timestamp;
use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

/// So many breaches are kept.
const MOST: usize = 1_000;

/// Objects by identity. Deliberately without `Debug`.
#[derive(Clone, Default, PartialEq)]
pub struct DnpState {
    /// Pupils and staff.
    pub persons: BTreeMap<String, Value>,
    /// Duties of staff.
    pub duties: BTreeMap<String, Value>,
    /// Classes and teaching groups.
    pub groups: BTreeMap<String, Value>,
    /// Who teaches which groups for which test.
    pub activities: BTreeMap<String, Value>,
}

impl DnpState {
    pub(super) fn list(&self, list: &str) -> &BTreeMap<String, Value> {
        match list {
            "persons" => &self.persons,
            "duties" => &self.duties,
            "groups" => &self.groups,
            _ => &self.activities,
        }
    }

    pub(super) fn list_mut(&mut self, list: &str) -> &mut BTreeMap<String, Value> {
        match list {
            "persons" => &mut self.persons,
            "duties" => &mut self.duties,
            "groups" => &mut self.groups,
            _ => &mut self.activities,
        }
    }
}

/// What has been asked of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnpCounters {
    /// Calls by method and what is called, such as `POST persons/bulk`, whatever came of them.
    pub calls: BTreeMap<String, u64>,
    /// Answers by status.
    pub answers: BTreeMap<u16, u64>,
    /// Tokens that were given.
    pub tokens: u64,
}

pub(super) struct Store {
    pub(super) state: DnpState,
    pub(super) counters: DnpCounters,
    pub(super) violations: Vec<String>,
    pub(super) jobs: Vec<Job>,
    /// Tokens by when they end.
    pub(super) tokens: BTreeMap<String, Timestamp>,
    /// When writes and questions about jobs came, within the last second.
    pub(super) recent: VecDeque<Timestamp>,
    pub(super) dice: StdRng,
    seed: u64,
    count: u64,
}

impl Store {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            state: DnpState::default(),
            counters: DnpCounters::default(),
            violations: Vec::new(),
            jobs: Vec::new(),
            tokens: BTreeMap::new(),
            recent: VecDeque::new(),
            dice: StdRng::seed_from_u64(seed),
            seed,
            count: 0,
        }
    }

    pub(super) fn note(&mut self, violation: impl Into<String>) {
        let violation = violation.into();
        if self.violations.len() < MOST && !self.violations.contains(&violation) {
            self.violations.push(violation);
        }
    }

    /// A name that nobody has had before.
    pub(super) fn new_id(&mut self) -> String {
        self.count += 1;
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("dnp {} {}", self.seed, self.count).as_bytes()).to_string()
    }
}
