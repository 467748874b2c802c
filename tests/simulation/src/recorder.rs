//! What the hub says of itself while it works.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use roster::{Clock, RecordKey, RecordKind};
use sync::events::Observer;

use crate::clock::SimulatedClock;
use crate::trace::{Trace, note};

/// One change that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) at: Timestamp,
    pub(crate) tenant: String,
    pub(crate) lag: Duration,
}

/// Hears what happens. Clones share what they heard.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    trace: Trace,
    clock: SimulatedClock,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    approved: Arc<Mutex<BTreeSet<(String, RecordKey)>>>,
}

impl Recorder {
    pub(crate) fn new(trace: Trace, clock: SimulatedClock) -> Self {
        Self { trace, clock, arrivals: Arc::default(), approved: Arc::default() }
    }

    pub(crate) fn changed(&self, tenant: usize) {
        note!(self.trace, "something changes at tenant {tenant}");
    }

    /// An operator has approved removals.
    pub(crate) fn approved(&self, tenant: &str, records: &[RecordKey]) {
        let mut approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.extend(records.iter().map(|it| (tenant.to_owned(), *it)));
    }

    pub(crate) fn is_approved(&self, tenant: &str, record: RecordKey) -> bool {
        let approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.contains(&(tenant.to_owned(), record))
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Recorder {
    fn delivered(&self, tenant: &str, target: &str, lag: Duration) {
        note!(self.trace, "{tenant}: delivered to {target} after {lag:?}");
        let arrival = Arrival { at: self.clock.now(), tenant: tenant.to_owned(), lag };
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
    }

    fn died(&self, tenant: &str, target: &str, code: &str) {
        note!(self.trace, "{tenant}: dead letter at {target}: {code}");
    }

    fn held(&self, tenant: &str, source: &str, kind: RecordKind, count: usize) {
        note!(self.trace, "{tenant}: {source} holds {count} of {kind}");
    }
}
