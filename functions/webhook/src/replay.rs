//! Which signed rings have been accepted lately, so that one that was overheard and is sent again has no effect.
//!
//! Here is what this process remembers; across processes the queue of notices knows a ring by the same identity.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::signature::TOLERANCE;

/// A ring may be stamped five minutes ahead of us and is then good for ten: so long it is remembered.
const REMEMBERED_FOR: Duration = Duration::from_secs(2 * TOLERANCE.as_secs());

/// As many as one source's rate admits meanwhile (`rate.rs`), so that nobody can ring until an older one is forgotten.
const MOST: usize = 100 + 20 * REMEMBERED_FOR.as_secs() as usize;

/// A ring, by the source and its own identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RingId([u8; 32]);

impl RingId {
    /// Names of tenants and sources hold no line break.
    pub(crate) fn of(tenant: &str, source: &str, id: &str) -> Self {
        Self(Sha256::digest(format!("{tenant}\n{source}\n{id}")).into())
    }

    /// As text of 43 characters, which any queue takes.
    pub(crate) fn text(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// Rings accepted lately, by source. Only sources that exist get here, and only with a signature.
#[derive(Debug, Default)]
pub(crate) struct Accepted(Mutex<BTreeMap<(String, String), Recent>>);

#[derive(Debug, Default)]
struct Recent {
    known: HashSet<RingId>,
    order: VecDeque<(Timestamp, RingId)>,
}

impl Accepted {
    /// Whether a source's ring was accepted before.
    pub(crate) fn knows(&self, tenant: &str, source: &str, ring: RingId, now: Timestamp) -> bool {
        let mut accepted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = accepted.get_mut(&(tenant.to_owned(), source.to_owned()));
        recent.is_some_and(|recent| {
            recent.forget(now);
            recent.known.contains(&ring)
        })
    }

    /// Remembers a ring, once it has been passed on: one that was refused may be tried again.
    pub(crate) fn remember(&self, tenant: &str, source: &str, ring: RingId, now: Timestamp) {
        let mut accepted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = accepted.entry((tenant.to_owned(), source.to_owned())).or_default();
        recent.forget(now);
        if recent.known.insert(ring) {
            recent.order.push_back((now, ring));
        }
    }
}

impl Recent {
    fn forget(&mut self, now: Timestamp) {
        let old = |at: Timestamp| {
            now.duration_since(at) > jiff::SignedDuration::from_secs(REMEMBERED_FOR.as_secs().cast_signed())
        };
        while self.order.len() >= MOST || self.order.front().is_some_and(|(at, _)| old(*at)) {
            let Some((_, ring)) = self.order.pop_front() else { return };
            self.known.remove(&ring);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn ring(n: usize) -> RingId {
        RingId::of("demo", "register", &n.to_string())
    }

    #[test]
    fn a_ring_is_known_for_as_long_as_its_signature_is_good() {
        let accepted = Accepted::default();
        accepted.remember("demo", "register", ring(1), at(0));

        let known = [0, 299, 600, 601].map(|second| accepted.knows("demo", "register", ring(1), at(second)));

        assert_eq!(known, [true, true, true, false]);
    }

    #[test]
    fn the_same_identity_from_another_source_or_tenant_is_another_ring() {
        let one = RingId::of("demo", "register", "msg_1");

        let others = [RingId::of("demo", "skolon", "msg_1"), RingId::of("demo2", "register", "msg_1")];

        assert!(!others.contains(&one));
    }

    #[test]
    fn whoever_rings_without_end_fills_no_memory_and_silences_no_other_source() {
        let accepted = Accepted::default();
        accepted.remember("demo", "skolon", ring(0), at(0));

        (0..3 * MOST).for_each(|n| accepted.remember("demo", "register", ring(n), at(1)));

        let sizes: Vec<usize> = accepted.0.lock().unwrap().values().map(|it| it.known.len()).collect();
        assert_eq!(sizes, [MOST, 1]);
    }

    #[test]
    fn an_identity_is_text_that_a_queue_takes() {
        assert_eq!(ring(1).text().len(), 43);
    }
}
