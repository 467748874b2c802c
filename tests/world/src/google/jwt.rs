//! Assertions: JWTs that a service account has signed (RFC 7515, RFC 7523).

use super::ServiceAccount;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A JWT in its parts; whether it is signed by whom it names is yet to be seen.
pub(super) struct Assertion<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Value,
    pub(super) claims: Value,
}

impl<'a> Assertion<'a> {
    /// Takes a JWT apart; `None`: it is none.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let bytes = |it: &str| URL_SAFE_NO_PAD.decode(it).ok();
        let json = |it: &str| serde_json::from_slice::<Value>(&bytes(it)?).ok().filter(Value::is_object);
        Some(Self { signed, signature: bytes(signature)?, header: json(header)?, claims: json(claims)? })
    }

    /// A claim that is text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A claim that is a time, in seconds.
    pub(super) fn seconds(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim)?.as_i64()
    }

    /// Whether this account has signed it, with RS256 and the key that it names, if it names one.
    pub(super) fn is_signed_by(&self, account: &ServiceAccount) -> bool {
        let names_rs256 = self.header.get("alg").is_some_and(|it| it == "RS256");
        let names_key = self.header.get("kid").is_none_or(|it| *it == account.key_id);
        names_rs256 && names_key && account.has_signed(self.signed.as_bytes(), &self.signature)
    }
}
