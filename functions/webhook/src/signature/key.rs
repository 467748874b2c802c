//! Keys that senders sign with.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use outbound::Secret;
use sha2::Sha256;

/// The fewest bytes of a key (Standard Webhooks: 24 to 64).
const SHORTEST: usize = 24;

/// How the specification marks a key in base64.
const PREFIX: &str = "whsec_";

/// A key, ready to sign. `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// A key as it is kept: `whsec_{base64}`, or plain text, which is taken byte for byte. `None`: it is no base64, or so
    /// short that it might be guessed.
    pub(crate) fn of(secret: &Secret) -> Option<Self> {
        let bytes = match secret.expose().strip_prefix(PREFIX) {
            Some(text) => BASE64_STANDARD.decode(text).ok()?,
            None => secret.expose().as_bytes().to_vec(),
        };
        if bytes.len() < SHORTEST {
            return None;
        }
        Hmac::new_from_slice(&bytes).ok().map(Self)
    }

    /// Whether one of the signatures is this key's. Compared in a time that does not depend on where they differ.
    pub(super) fn signed(&self, content: &[&[u8]], signatures: &[Vec<u8>]) -> bool {
        let mut mac = self.0.clone();
        content.iter().for_each(|part| mac.update(part));
        signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(•••)")
    }
}
