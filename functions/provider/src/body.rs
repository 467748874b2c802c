//! What is posted, within bounds of size and time.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The largest body: a lookup of a thousand identities is forty kilobytes.
const MOST: usize = 256 * 1024;

/// How long it may take to come. Behind API Gateway it is there already; on one machine a sender could trickle.
const WITHIN: Duration = Duration::from_secs(10);

/// The body as JSON.
pub(crate) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let bytes = match tokio::time::timeout(WITHIN, to_bytes(body, MOST)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return Err(Problem::Body("The body is too large: 256 KiB.")),
        Err(_) => return Err(Problem::Body("The body did not come within ten seconds.")),
    };
    // The parser's own message may quote the content.
    serde_json::from_slice(&bytes).map_err(|_| Problem::Body("The body is not the JSON that belongs here."))
}
