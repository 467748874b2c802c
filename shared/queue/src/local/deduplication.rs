//! What a FIFO queue remembers of the last minutes.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::moment::Moment;

/// Half a SHA-256: enough to tell messages apart, half the memory.
type Key = [u8; 16];

/// The keys sent within the window, counted from the first sending: neither a repeat nor a deletion of the
/// message changes when a key is forgotten.
#[derive(Debug)]
pub(super) struct Deduplication {
    window: Duration,
    capacity: usize,
    known: HashSet<Key>,
    ends: VecDeque<(Moment, Key)>,
}

impl Deduplication {
    pub(super) fn new(window: Duration, capacity: usize) -> Self {
        Self { window, capacity, known: HashSet::new(), ends: VecDeque::new() }
    }

    /// Whether a message is the first with its id (or else body) within the window; remembers it if so.
    pub(super) fn admits(&mut self, id: Option<&str>, body: &str, now: Moment) -> bool {
        self.forget(now);
        let key = key(id, body);
        let first = self.known.insert(key);
        if first {
            self.ends.push_back((now.after(self.window), key));
        }
        first
    }

    fn forget(&mut self, now: Moment) {
        while let Some((end, key)) = self.ends.front() {
            if *end > now && self.ends.len() <= self.capacity {
                break;
            }
            self.known.remove(key);
            self.ends.pop_front();
        }
    }
}

/// An id given that equals the digest of a body means the same as that body, as on SQS.
fn key(id: Option<&str>, body: &str) -> Key {
    let digest = match id {
        Some(id) => Sha256::digest(id),
        None => Sha256::digest(crate::digest::digest(body)),
    };
    let mut key = Key::default();
    key.copy_from_slice(&digest[..16]);
    key
}
