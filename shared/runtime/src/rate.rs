//! How often somebody outside may come: each door of a tenant, and all doors of the tenant together.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rules::breaker::Bucket;
use rules::delivery::Lane;
use rules::policy;

/// Most buckets that are remembered, of doors and of tenants.
const MOST: usize = 10_000;

/// After this many seconds in which nobody came every bucket is full again, and need not be remembered.
const FULL_AFTER: i64 = 5;

/// How often may be come.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To one door.
    pub of_a_door: policy::Rate,
    /// To all doors of a tenant: one with many does not take what others need.
    pub of_a_tenant: policy::Rate,
}

/// The rates of this process.
#[derive(Debug)]
pub struct Rates {
    limits: Limits,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    doors: BTreeMap<(String, String), Bucket>,
    tenants: BTreeMap<String, Bucket>,
}

impl Rates {
    /// Nobody has come yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, buckets: Mutex::default() }
    }

    /// Whether somebody is admitted to a door once more.
    pub fn admits(&self, tenant: &str, door: &str, now: Timestamp) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.to_owned(), door.to_owned());
        let of_door = one_less(self.limits.of_a_door, buckets.doors.get(&key), now);
        let of_tenant = one_less(self.limits.of_a_tenant, buckets.tenants.get(tenant), now);
        // What the one refuses is not taken from the other.
        let (Some(of_door), Some(of_tenant)) = (of_door, of_tenant) else { return false };
        keep(&mut buckets.doors, key, of_door, now) && keep(&mut buckets.tenants, tenant.to_owned(), of_tenant, now)
    }
}

/// The bucket after one more; `None`: it is empty.
fn one_less(rate: policy::Rate, bucket: Option<&Bucket>, now: Timestamp) -> Option<Bucket> {
    let bucket = bucket.copied().unwrap_or_else(|| Bucket::full(&rate, now));
    let (left, taken) = bucket.take(&rate, now, 1, Lane::Fresh);
    (taken == 1).then_some(left)
}

/// Remembers a bucket, if there is room. Only doors that exist get here, but tenants come and go.
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

    fn rates() -> Rates {
        let rate = |per_second, burst| policy::Rate { per_second, burst };
        Rates::new(Limits { of_a_door: rate(20.0, 100), of_a_tenant: rate(50.0, 250) })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_hundred_at_once_and_no_more() {
        let (rate, now) = (rates(), Timestamp::UNIX_EPOCH);

        let admitted = (0..150).filter(|_| rate.admits("demo", "register", now)).count();

        assert_eq!(admitted, 100);
    }

    #[test]
    fn one_door_does_not_silence_another() {
        let (rate, now) = (rates(), Timestamp::UNIX_EPOCH);
        let _ = (0..150).filter(|_| rate.admits("demo", "register", now)).count();

        assert!(rate.admits("demo", "skolon", now));
    }

    #[test]
    fn a_tenant_with_many_doors_has_one_limit_for_all_and_silences_no_other_tenant() {
        let (rate, now) = (rates(), Timestamp::UNIX_EPOCH);
        let sources: Vec<String> = (0..10).map(|n| format!("source-{n}")).collect();

        let admitted = sources.iter().cycle().take(1_000).filter(|source| rate.admits("demo", source, now)).count();

        assert_eq!((admitted, rate.admits("other", "register", now)), (250, true));
    }

    #[test]
    fn a_flood_is_over_when_it_is_over() {
        let rate = rates();
        let _ = (0..1_000).filter(|_| rate.admits("demo", "register", at(0))).count();

        assert!(rate.admits("demo", "register", at(FULL_AFTER)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let rate = rates();

        let admitted = (0..MOST + 10).filter(|n| rate.admits(&format!("tenant-{n}"), "register", at(0))).count();
        let later = rate.admits("one-more", "register", at(FULL_AFTER));

        assert_eq!((admitted, later, rate.buckets.lock().unwrap().doors.len()), (MOST, true, 1));
    }
}
