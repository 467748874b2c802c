//! How a request travels: over the internet, or – in a simulation – to routers in process.

use std::fmt::Debug;

use async_trait::async_trait;
use reqwest::header::HeaderMap;

use crate::error::CallErrorKind;

/// Carries a request to its host, and the answer back. Address policy, dry run and limits apply all the same.
#[async_trait]
pub trait Transport: Send + Sync + Debug {
    /// Carries one request, complete with credentials.
    ///
    /// # Errors
    /// What the caller is to believe went wrong; whether the request arrived is told by the kind, as on the internet.
    async fn carry(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind>;
}

/// An answer as it arrived.
#[derive(Debug)]
pub struct Carried {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}
