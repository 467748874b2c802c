//! What comes out of the queues.

use std::fmt::Debug;

use serde::Serialize;
use sync::SyncError;
use sync::messages::{Errand, Notice};

use crate::canary::is_silent;

/// A notice.
pub fn notice(data: &[u8]) {
    message(data, Notice::parse);
}

/// A job, or files that are due.
pub fn job(data: &[u8]) {
    message(data, Errand::parse);
}

fn message<T: Serialize + PartialEq + Debug>(data: &[u8], parse: impl Fn(&str) -> Result<T, SyncError>) {
    match parse(&String::from_utf8_lossy(data)) {
        Ok(message) => {
            let written = serde_json::to_string(&message).unwrap_or_default();
            assert_eq!(parse(&written).ok(), Some(message), "a message changes on its way");
        }
        Err(error) => is_silent("an error", &error),
    }
}
