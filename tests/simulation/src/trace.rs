//! What happened, line by line: its fingerprint tells whether two runs were the same, its text what one was like.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::SimulatedClock;

/// The trace of a run. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Trace(Arc<Mutex<Lines>>);

#[derive(Debug)]
struct Lines {
    clock: SimulatedClock,
    hasher: DefaultHasher,
    count: u64,
    line: String,
    kept: Option<Vec<String>>,
}

impl Trace {
    /// An empty trace; whether its lines are kept besides their fingerprint.
    #[must_use]
    pub(crate) fn new(clock: SimulatedClock, keep: bool) -> Self {
        let kept = keep.then(Vec::new);
        let lines = Lines { clock, hasher: DefaultHasher::new(), count: 0, line: String::new(), kept };
        Self(Arc::new(Mutex::new(lines)))
    }

    /// Adds a line.
    pub(crate) fn note(&self, what: std::fmt::Arguments<'_>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Lines { clock, hasher, count, line, kept } = &mut *lines;
        line.clear();
        let elapsed = clock.elapsed().as_millis();
        // Writing to a text cannot fail.
        let _ = write!(line, "{:>4}:{:02}.{:03} {what}", elapsed / 60_000, elapsed / 1_000 % 60, elapsed % 1_000);
        hasher.write(line.as_bytes());
        *count += 1;
        if let Some(kept) = kept {
            kept.push(line.clone());
        }
    }

    /// Tells this trace from others.
    #[must_use]
    pub(crate) fn fingerprint(&self) -> (u64, u64) {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (lines.count, lines.hasher.finish())
    }

    /// The lines, if they were kept.
    #[must_use]
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).kept.clone().unwrap_or_default()
    }
}

/// Adds a line to a trace.
macro_rules! note {
    ($trace:expr, $($what:tt)*) => { $trace.note(format_args!($($what)*)) };
}
pub(crate) use note;
