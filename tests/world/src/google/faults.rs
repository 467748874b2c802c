//! Faults of the service itself, in its own shapes; whoever meets them has changed nothing.

use super::GoogleServer;
use super::answer::Refusal;
use super::call::Api;
use super::service::Service;
use crate::lock;
use std::collections::{BTreeMap, VecDeque};

/// A fault that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoogleFault {
    /// 500: `backendError`, `INTERNAL`.
    Internal,
    /// 503: `backendError`, `UNAVAILABLE`.
    Unavailable,
    /// 409: `conflict`, `ABORTED`.
    Aborted,
    /// What is over a quota.
    OverQuota,
}

/// What befalls the next calls, by method and path.
pub(super) type Ahead = BTreeMap<String, VecDeque<GoogleFault>>;

impl GoogleServer {
    /// The next call of a method, such as `POST groups/{groupKey}/members`, meets a fault, alone or within a batch.
    pub fn fail_next(&self, what: &str, fault: GoogleFault) {
        lock(&self.store).ahead.entry(what.to_owned()).or_default().push_back(fault);
    }
}

impl Service<'_> {
    pub(super) fn check_faults(&mut self, api: Api) -> Result<(), Refusal> {
        let fault = self.store.ahead.get_mut(&self.what).and_then(VecDeque::pop_front);
        match (fault, api) {
            (None, _) => Ok(()),
            (Some(GoogleFault::OverQuota), api) => Err(self.over_quota(api)),
            (Some(fault), Api::Directory) => {
                let (status, reason, _) = told(fault);
                Err(Refusal::directory(status, reason, "Backend Error"))
            }
            (Some(fault), Api::Classroom) => {
                let (status, _, code) = told(fault);
                Err(Refusal::classroom(status, code, "The service is currently unavailable."))
            }
        }
    }
}

/// Status, reason of the Directory API and status of Classroom.
fn told(fault: GoogleFault) -> (u16, &'static str, &'static str) {
    match fault {
        GoogleFault::Internal => (500, "backendError", "INTERNAL"),
        GoogleFault::Unavailable => (503, "backendError", "UNAVAILABLE"),
        GoogleFault::Aborted => (409, "conflict", "ABORTED"),
        GoogleFault::OverQuota => (429, "rateLimitExceeded", "RESOURCE_EXHAUSTED"),
    }
}
