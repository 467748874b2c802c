//! Metadata that are signed and not, and servers that are who the metadata say and not.

mod metadata;
mod server;
mod ways;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

const ENTITY: &str = "https://laromedel.example";

fn now() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

/// A federation that signs.
struct Federation(EcdsaKeyPair);

impl Federation {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn key(&self) -> FederationKey {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        FederationKey { kid: "2026".into(), x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) }
    }

    fn signed(&self, payload: &Value) -> Value {
        self.signed_as(&usual(), payload)
    }

    fn signed_as(&self, protected: &Value, payload: &Value) -> Value {
        let (protected, payload) = (encoded(protected), encoded(payload));
        let message = format!("{protected}.{payload}");
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(signature);
        json!({ "payload": payload, "signatures": [{ "protected": protected, "signature": signature }] })
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Issued a minute ago, valid for a day.
fn usual() -> Value {
    let issued = now().as_second() - 60;
    json!({ "alg": "ES256", "kid": "2026", "iat": issued, "exp": issued + 86_400, "iss": "https://fed.example" })
}

fn tags(tags: &[&str]) -> BTreeSet<String> {
    tags.iter().map(|it| (*it).to_owned()).collect()
}
