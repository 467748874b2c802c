//! Dry runs: calls that would change something are written down instead of made.

use std::sync::{Mutex, PoisonError};

use crate::request::Request;

/// As many as are kept; a dry run of more than this has shown its point.
const MOST: usize = 10_000;

/// A call that a dry run did not make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithheldCall {
    /// Its method.
    pub method: String,
    /// Its path, without query.
    pub path: String,
}

/// What was not called.
#[derive(Debug, Default)]
pub(crate) struct DryRun(Mutex<Vec<WithheldCall>>);

impl DryRun {
    pub(crate) fn withhold(&self, request: &Request) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() < MOST {
            calls.push(WithheldCall { method: request.method.to_string(), path: request.url.path().to_owned() });
        }
    }

    pub(crate) fn calls(&self) -> Vec<WithheldCall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
