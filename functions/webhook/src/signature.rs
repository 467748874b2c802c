//! What rings say by the Standard Webhooks specification (1.0): `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`, the last over the bytes as they came. Pure.

#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use outbound::SigningKey;

/// How far the sender's clock and ours may be apart, and how long a ring may be on its way.
pub(crate) const TOLERANCE: Duration = Duration::from_secs(300);

/// The longest identity that is believed to be one, in bytes.
const LONGEST_ID: usize = 256;

/// While keys are rotated there are two or three; each that is looked at costs a comparison.
const MOST_SIGNATURES: usize = 16;

/// Why a ring is not taken to be the sender's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unproven {
    /// A header is missing, there twice, or not of its form.
    Missing,
    /// The time is too far from ours.
    Stale,
    /// No signature is one by a key of ours.
    Wrong,
}

/// What a sender signs with, and what it says of the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed<'r> {
    /// Names the ring; the same however often it is tried.
    pub(crate) id: &'r str,
    timestamp: &'r str,
    signatures: Vec<Vec<u8>>,
}

impl<'r> Signed<'r> {
    /// What the headers say.
    pub(crate) fn of(headers: &'r HeaderMap) -> Result<Self, Unproven> {
        let id = only(headers, "webhook-id")?;
        // A full stop in the identity would let a ring be cut in other places than where the sender did.
        let plain = id.len() <= LONGEST_ID && id.bytes().all(|it| it.is_ascii_graphic() && it != b'.');
        let timestamp = only(headers, "webhook-timestamp")?;
        let signatures = only(headers, "webhook-signature")?.split(' ').take(MOST_SIGNATURES).filter_map(first_version);
        let signed = Self { id, timestamp, signatures: signatures.collect() };
        if plain && !signed.signatures.is_empty() { Ok(signed) } else { Err(Unproven::Missing) }
    }

    /// Whether the ring is of now, and signed with one of the keys.
    pub(crate) fn verify(&self, keys: &[SigningKey], body: &[u8], now: Timestamp) -> Result<(), Unproven> {
        if now.duration_since(self.sent_at()?).unsigned_abs() > TOLERANCE {
            return Err(Unproven::Stale);
        }
        let content = [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", body];
        let signed = keys.iter().any(|key| key.signed(&content, &self.signatures));
        if signed { Ok(()) } else { Err(Unproven::Wrong) }
    }

    /// Digits only: other spellings of the same second would be other signed texts.
    fn sent_at(&self) -> Result<Timestamp, Unproven> {
        let digits = Some(self.timestamp).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
        let second = digits.and_then(|it| it.parse().ok()).ok_or(Unproven::Missing)?;
        Timestamp::from_second(second).map_err(|_| Unproven::Stale)
    }
}

/// A header that is there once: of two it could not be said which one was signed.
fn only<'r>(headers: &'r HeaderMap, name: &str) -> Result<&'r str, Unproven> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().and_then(|it| it.to_str().ok()).filter(|it| !it.is_empty());
    if values.next().is_some() { Err(Unproven::Missing) } else { value.ok_or(Unproven::Missing) }
}

/// `v1,{base64}`; other versions are somebody else's.
fn first_version(signature: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(signature.strip_prefix("v1,")?).ok()
}
