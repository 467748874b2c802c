//! What the table charged: capacity units, from DynamoDB's own `ConsumedCapacity`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Capacity units consumed, in tenths (DynamoDB charges halves).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Consumed {
    /// Read units, tenths.
    pub read_tenths: u64,
    /// Write units, tenths, those of the indexes included.
    pub write_tenths: u64,
    /// Requests.
    pub requests: u64,
}

/// Adds up what a store's requests consumed. Clones share the sum.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Sums>);

#[derive(Debug, Default)]
struct Sums {
    read: AtomicU64,
    write: AtomicU64,
    requests: AtomicU64,
}

impl Meter {
    /// What has been consumed so far.
    #[must_use]
    pub fn total(&self) -> Consumed {
        Consumed {
            read_tenths: self.0.read.load(Ordering::Relaxed),
            write_tenths: self.0.write.load(Ordering::Relaxed),
            requests: self.0.requests.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn read(&self, consumed: Option<&ConsumedCapacity>) {
        self.add(&self.0.read, consumed);
    }

    pub(crate) fn write(&self, consumed: Option<&ConsumedCapacity>) {
        self.add(&self.0.write, consumed);
    }

    fn add(&self, sum: &AtomicU64, consumed: Option<&ConsumedCapacity>) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        let units = consumed.and_then(ConsumedCapacity::capacity_units).unwrap_or(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // tenths of a small positive number
        sum.fetch_add((units * 10.0).round().max(0.0) as u64, Ordering::Relaxed);
    }
}
