//! The narrow door through which the fuzz targets reach what meets bytes from outside. Not part of the interface.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use crate::federation::{FederationError, FederationKey, Metadata};
use crate::{Answer, Secret, TokenError};

/// An answer that nobody gave. A `Retry-After` that is no header value is left out.
#[must_use]
pub fn answer(status: u16, retry_after: Option<&[u8]>, body: &[u8]) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(value) = retry_after.and_then(|bytes| HeaderValue::from_bytes(bytes).ok()) {
        headers.insert(RETRY_AFTER, value);
    }
    Answer::new(status, headers, body.to_vec())
}

/// What a token endpoint's answer gives: the token, and until when it is used.
///
/// # Errors
/// [`TokenError`].
pub fn token(answer: &Answer, now: Timestamp) -> Result<(Secret, Option<Timestamp>), TokenError> {
    crate::token::read(answer, now).map(|token| (token.secret, token.fresh_until))
}

/// Why a federation's metadata are not believed that it did not sign; `None`: they are.
#[must_use]
pub fn unsigned_metadata(bytes: &[u8], now: Timestamp) -> Option<FederationError> {
    // The point of RFC 7515's example A.3.
    let key = FederationKey {
        kid: "2026".to_owned(),
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".to_owned(),
        y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".to_owned(),
    };
    Metadata::verified(bytes, &[key], now).err()
}

/// Of the server that signed metadata name: how many issuers and keys it may have.
///
/// # Errors
/// [`FederationError`].
pub fn federation_server(payload: &[u8]) -> Result<(usize, usize), FederationError> {
    let metadata = Metadata::read(payload, Timestamp::MAX)?;
    let server = metadata.server("https://laromedel.example", &BTreeSet::from(["egilv1".to_owned()]))?;
    Ok((server.pinned.issuers.len(), server.pinned.keys.len()))
}
