//! The signature of metadata: a JWS in general JSON serialization (RFC 7515 §7.2.1), ES256 only.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::error::FederationError;

/// How far ahead the publisher's clock may be.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// One of a federation's public keys: of its JWK (RFC 7517) the identifier and the point on P-256.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationKey {
    /// `kid`.
    pub kid: String,
    /// `x`, base64url.
    pub x: String,
    /// `y`, base64url.
    pub y: String,
}

#[derive(Deserialize)]
struct Jws {
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    protected: String,
    signature: String,
}

/// All of these are demanded by the draft.
#[derive(Deserialize)]
struct Protected {
    alg: String,
    kid: String,
    iat: i64,
    exp: i64,
    #[serde(rename = "iss")]
    _issuer: String,
    /// What a reader must understand (RFC 7515 §4.1.11): nothing of that kind is understood.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// What was signed, and until when it is valid.
pub(super) struct Signed {
    pub(super) payload: Vec<u8>,
    pub(super) expires: Timestamp,
}

impl FederationKey {
    /// Whether the key can verify anything.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.point().is_some()
    }

    /// The point, uncompressed (SEC 1 §2.3.3).
    fn point(&self) -> Option<[u8; 65]> {
        let (x, y) = (URL_SAFE_NO_PAD.decode(&self.x).ok()?, URL_SAFE_NO_PAD.decode(&self.y).ok()?);
        [&[4][..], &x, &y].concat().try_into().ok().filter(|_| x.len() == 32)
    }

    fn has_signed(&self, signature: &Signature, payload: &str) -> bool {
        self.verifies(format!("{}.{payload}", signature.protected).as_bytes(), &signature.signature)
    }

    /// Whether the key has signed a message; `signature`: base64url.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let (Some(point), Ok(bytes)) = (self.point(), URL_SAFE_NO_PAD.decode(signature)) else { return false };
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &bytes).is_ok()
    }
}

/// Verifies a JWS with any of the keys.
pub(super) fn verified(bytes: &[u8], keys: &[FederationKey], now: Timestamp) -> Result<Signed, FederationError> {
    let jws: Jws = serde_json::from_slice(bytes).map_err(|_| FederationError::Unreadable("no JWS in JSON"))?;
    let protected = jws.signatures.iter().find_map(|signature| {
        let protected: Protected = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&signature.protected).ok()?).ok()?;
        let usual = protected.alg == "ES256" && protected.crit.is_none();
        let mut keys = keys.iter().filter(|key| usual && key.kid == protected.kid);
        keys.any(|key| key.has_signed(signature, &jws.payload)).then_some(protected)
    });
    let protected = protected.ok_or(FederationError::NotSigned)?;
    let (Ok(issued), Ok(expires)) = (Timestamp::from_second(protected.iat), Timestamp::from_second(protected.exp))
    else {
        return Err(FederationError::Unreadable("a time that does not exist"));
    };
    if expires <= now || issued > super::after(now, SKEW) {
        return Err(FederationError::Expired);
    }
    let payload = URL_SAFE_NO_PAD.decode(&jws.payload).map_err(|_| FederationError::Unreadable("no base64url"))?;
    Ok(Signed { payload, expires })
}
