//! How often one source may ring. A register's bulk promotion rings per saved object; one ring tells everything.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rules::breaker::Bucket;
use rules::delivery::Lane;
use rules::policy;

/// Per source: twenty rings a second, a hundred at once.
const ALLOWED: policy::Rate = policy::Rate { per_second: 20.0, burst: 100 };

#[derive(Debug, Default)]
pub(crate) struct Rate(Mutex<BTreeMap<(String, String), Bucket>>);

impl Rate {
    /// Whether one more ring of a source is admitted. Only sources that exist get here, so the map is bounded.
    pub(crate) fn admits(&self, tenant: &str, source: &str, now: Timestamp) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket::full(&ALLOWED, now);
        let bucket = buckets.entry((tenant.to_owned(), source.to_owned())).or_insert(full);
        let (left, taken) = bucket.take(&ALLOWED, now, 1, Lane::Fresh);
        *bucket = left;
        taken == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_rings_at_once_and_no_more() {
        let (rate, now) = (Rate::default(), Timestamp::UNIX_EPOCH);

        let admitted = (0..150).filter(|_| rate.admits("demo", "register", now)).count();

        assert_eq!(admitted, 100);
    }

    #[test]
    fn one_source_does_not_silence_another() {
        let (rate, now) = (Rate::default(), Timestamp::UNIX_EPOCH);
        let _ = (0..150).filter(|_| rate.admits("demo", "register", now)).count();

        assert!(rate.admits("demo", "skolon", now));
    }
}
