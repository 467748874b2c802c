//! The narrow door through which the fuzz targets reach what meets bytes from outside. Not part of the interface.

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

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
