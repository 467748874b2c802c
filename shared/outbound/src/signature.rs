//! Signatures by the Standard Webhooks specification (1.0): an HMAC-SHA256 of `{id}.{timestamp}.{body}` over the bytes as
//! they are sent. The same for rings that come and for events that go.

use std::fmt;

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use subtle::ConstantTimeEq;

use crate::Secret;

/// The fewest bytes of a key (Standard Webhooks: 24 to 64).
const SHORTEST: usize = 24;

/// How the specification marks a key in base64.
const PREFIX: &str = "whsec_";

/// A key, ready to sign. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SigningKey(Key);

impl SigningKey {
    /// A key as it is kept: `whsec_{base64}`, or plain text, which is taken byte for byte. `None`: it is no base64, or so
    /// short that it might be guessed.
    #[must_use]
    pub fn of(secret: &Secret) -> Option<Self> {
        let bytes = match secret.expose().strip_prefix(PREFIX) {
            Some(text) => BASE64_STANDARD.decode(text).ok()?,
            None => secret.expose().as_bytes().to_vec(),
        };
        (bytes.len() >= SHORTEST).then(|| Self(Key::new(HMAC_SHA256, &bytes)))
    }

    /// The signature of a content, which may be in pieces, as it is written: `v1,{base64}`.
    #[must_use]
    pub fn sign(&self, content: &[&[u8]]) -> String {
        format!("v1,{}", BASE64_STANDARD.encode(self.digest(content)))
    }

    fn digest(&self, content: &[&[u8]]) -> Vec<u8> {
        let mut context = Context::with_key(&self.0);
        content.iter().for_each(|piece| context.update(piece));
        context.sign().as_ref().to_vec()
    }

    /// Whether one of the signatures is this key's. Compared in a time that does not depend on where they differ.
    #[must_use]
    pub fn signed(&self, content: &[&[u8]], signatures: &[Vec<u8>]) -> bool {
        let own = self.digest(content);
        signatures.iter().any(|signature| own.ct_eq(signature).into())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(•••)")
    }
}
