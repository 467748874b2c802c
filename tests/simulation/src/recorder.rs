//! What the hub says of itself while it works.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use roster::{RecordKey, RecordKind};
use sync::events::Observer;

use crate::trace::{Trace, note};

/// Hears what happens. Clones share what they heard.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    trace: Trace,
    approved: Arc<Mutex<BTreeSet<(String, RecordKey)>>>,
    lags: Arc<Mutex<Vec<(String, Duration)>>>,
    rejected: Arc<AtomicBool>,
}

impl Recorder {
    pub(crate) fn new(trace: Trace) -> Self {
        Self { trace, approved: Arc::default(), lags: Arc::default(), rejected: Arc::default() }
    }

    pub(crate) fn changed(&self, tenant: usize) {
        note!(self.trace, "something changes at tenant {tenant}");
    }

    /// An operator has approved removals.
    pub(crate) fn approved(&self, tenant: &str, records: &[RecordKey]) {
        let mut approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.extend(records.iter().map(|it| (tenant.to_owned(), *it)));
    }

    /// An operator has rejected removals.
    pub(crate) fn rejected(&self) {
        self.rejected.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_rejected(&self) -> bool {
        self.rejected.load(Ordering::Relaxed)
    }

    pub(crate) fn is_approved(&self, tenant: &str, record: RecordKey) -> bool {
        let approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.contains(&(tenant.to_owned(), record))
    }
}

impl Recorder {
    /// Only what is delivered from now on counts.
    pub(crate) fn forget_lags(&self) {
        self.lags.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How long a tenant's changes took to arrive.
    pub(crate) fn lags(&self, tenant: &str) -> Vec<Duration> {
        let lags = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
        lags.iter().filter(|(of, _)| of == tenant).map(|(_, lag)| *lag).collect()
    }
}

impl Observer for Recorder {
    fn delivered(&self, tenant: &str, target: &str, lag: Duration) {
        self.lags.lock().unwrap_or_else(PoisonError::into_inner).push((tenant.to_owned(), lag));
        note!(self.trace, "{tenant}: delivered to {target} after {lag:?}");
    }

    fn died(&self, tenant: &str, target: &str, code: &str) {
        note!(self.trace, "{tenant}: dead letter at {target}: {code}");
    }

    fn held(&self, tenant: &str, source: &str, kind: RecordKind, count: usize) {
        note!(self.trace, "{tenant}: {source} holds {count} of {kind}");
    }
}
