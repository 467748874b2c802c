//! How often may be rung: per source and per tenant. A register's bulk promotion rings per saved object; one ring tells
//! everything.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rules::breaker::Bucket;
use rules::delivery::Lane;
use rules::policy;

/// Per source: twenty rings a second, a hundred at once.
const OF_A_SOURCE: policy::Rate = policy::Rate { per_second: 20.0, burst: 100 };

/// Per tenant, all its sources together: a tenant with many does not take what others need.
const OF_A_TENANT: policy::Rate = policy::Rate { per_second: 50.0, burst: 250 };

/// Most buckets that are remembered, of sources and of tenants.
const MOST: usize = 10_000;

/// After this many seconds without a ring every bucket is full again, and need not be remembered.
const FULL_AFTER: i64 = 5;

/// The rates of this process.
#[derive(Debug, Default)]
pub(crate) struct Rate(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    sources: BTreeMap<(String, String), Bucket>,
    tenants: BTreeMap<String, Bucket>,
}

impl Rate {
    /// Whether one more ring of a source is admitted.
    pub(crate) fn admits(&self, tenant: &str, source: &str, now: Timestamp) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.to_owned(), source.to_owned());
        let of_source = one_less(OF_A_SOURCE, buckets.sources.get(&key), now);
        let of_tenant = one_less(OF_A_TENANT, buckets.tenants.get(tenant), now);
        // What the one refuses is not taken from the other.
        let (Some(of_source), Some(of_tenant)) = (of_source, of_tenant) else { return false };
        keep(&mut buckets.sources, key, of_source, now) && keep(&mut buckets.tenants, tenant.to_owned(), of_tenant, now)
    }
}

/// The bucket after one more ring; `None`: it is empty.
fn one_less(rate: policy::Rate, bucket: Option<&Bucket>, now: Timestamp) -> Option<Bucket> {
    let bucket = bucket.copied().unwrap_or_else(|| Bucket::full(&rate, now));
    let (left, taken) = bucket.take(&rate, now, 1, Lane::Fresh);
    (taken == 1).then_some(left)
}

/// Remembers a bucket, if there is room. Only sources that exist get here, but tenants come and go.
fn keep<K: Ord>(buckets: &mut BTreeMap<K, Bucket>, key: K, bucket: Bucket, now: Timestamp) -> bool {
    if buckets.len() >= MOST && !buckets.contains_key(&key) {
        buckets.retain(|_, bucket| now.duration_since(bucket.at).as_secs() < FULL_AFTER);
    }
    let room = buckets.len() < MOST || buckets.contains_key(&key);
    if room {
        buckets.insert(key, bucket);
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

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

    #[test]
    fn a_tenant_with_many_sources_has_one_limit_for_all_and_silences_no_other_tenant() {
        let (rate, now) = (Rate::default(), Timestamp::UNIX_EPOCH);
        let sources: Vec<String> = (0..10).map(|n| format!("source-{n}")).collect();

        let admitted = sources.iter().cycle().take(1_000).filter(|source| rate.admits("demo", source, now)).count();

        assert_eq!((admitted, rate.admits("other", "register", now)), (250, true));
    }

    #[test]
    fn a_flood_is_over_when_it_is_over() {
        let rate = Rate::default();
        let _ = (0..1_000).filter(|_| rate.admits("demo", "register", at(0))).count();

        assert!(rate.admits("demo", "register", at(FULL_AFTER)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let rate = Rate::default();

        let admitted = (0..MOST + 10).filter(|n| rate.admits(&format!("tenant-{n}"), "register", at(0))).count();
        let later = rate.admits("one-more", "register", at(FULL_AFTER));

        assert_eq!((admitted, later, rate.0.lock().unwrap().sources.len()), (MOST, true, 1));
    }
}
