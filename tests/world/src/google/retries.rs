//! Errors that do not pass, and who asks again all the same.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// Within this time nothing can have been done about an error.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);

/// A request, as far as it is told from others.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Print {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) body: Vec<u8>,
}

/// What each account and user was last refused for good; forgotten with its next call.
#[derive(Default)]
pub(super) struct Refused(HashMap<String, (Print, Timestamp)>);

impl Refused {
    /// Whether somebody asks at once for what was just refused for good. A read is never meant.
    pub(super) fn is_repeated(&mut self, who: &str, print: &Print, now: Timestamp) -> bool {
        let last = self.0.remove(who);
        last.is_some_and(|(before, at)| before == *print && now.duration_since(at) < AT_ONCE)
    }

    pub(super) fn remember(&mut self, who: String, print: Print, now: Timestamp) {
        self.0.insert(who, (print, now));
    }
}
