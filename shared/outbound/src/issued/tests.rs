use std::sync::Mutex as Lock;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use roster::ManualClock;
use serde_json::json;

use super::*;
use crate::error::CallErrorKind;
use crate::transport::{Carried, Transport};

fn now() -> Timestamp {
    "2026-12-01T09:00:00Z".parse().unwrap()
}

struct Server {
    key: EcdsaKeyPair,
    kid: String,
}

impl Server {
    fn new(kid: &str) -> Self {
        Self { key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(), kid: kid.into() }
    }

    fn jwk(&self) -> Value {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid, "x": x, "y": y})
    }

    fn token_as(&self, header: &Value, claims: &Value) -> String {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn token(&self, claims: &Value) -> String {
        self.token_as(&json!({"alg": "ES256", "kid": self.kid, "typ": "JWT"}), claims)
    }
}

fn usual() -> Value {
    json!({"iss": "https://auth.example", "aud": "nutid", "exp": now().as_second() + 600, "nbf": now().as_second()})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = usual();
    claims[name] = value;
    claims
}

/// What publishes keys, and how often it was asked.
#[derive(Debug, Default)]
struct Publisher {
    keys: Lock<Option<Value>>,
    asked: Lock<usize>,
}

#[async_trait]
impl Transport for Publisher {
    async fn carry(&self, _: reqwest::Request) -> Result<Carried, CallErrorKind> {
        *self.asked.lock().unwrap() += 1;
        let keys = self.keys.lock().unwrap().clone();
        let status = if keys.is_some() { 200 } else { 503 };
        let body = keys.map(|keys| json!({ "keys": keys }).to_string().into_bytes()).unwrap_or_default();
        Ok(Carried { status, headers: Default::default(), body })
    }
}

struct Stage {
    issuer: Issuer,
    publisher: Arc<Publisher>,
    clock: ManualClock,
}

impl Stage {
    fn publishing(keys: Value) -> Self {
        let (publisher, clock) = (Arc::new(Publisher::default()), ManualClock::at(now()));
        *publisher.keys.lock().unwrap() = Some(keys);
        let transport: Arc<dyn Transport> = publisher.clone();
        let settings = OutboundSettings { transport: Some(transport), ..OutboundSettings::new("test") };
        let issuer = IssuerSettings {
            jwks_url: "https://auth.example/jwks.json".parse().unwrap(),
            issuer: "https://auth.example".into(),
            audience: "nutid".into(),
        };
        let issuer = Issuer::new(issuer, &settings, Arc::new(clock.clone())).unwrap();
        Self { issuer, publisher, clock }
    }

    async fn why(&self, token: &str) -> Option<String> {
        self.issuer.claims(token).await.err().map(|error| error.to_string())
    }

    fn asked(&self) -> usize {
        *self.publisher.asked.lock().unwrap()
    }
}

#[tokio::test]
async fn a_token_of_the_server_says_what_it_says() {
    let server = Server::new("a");
    let stage = Stage::publishing(json!([server.jwk()]));

    let claims = stage.issuer.claims(&server.token(&with("organization_id", json!("SE2021004185")))).await.unwrap();

    assert_eq!(claims["organization_id"], "SE2021004185");
}

#[tokio::test]
async fn a_token_that_is_not_the_servers_is_refused() {
    let (server, stranger) = (Server::new("a"), Server::new("a"));
    let stage = Stage::publishing(json!([server.jwk()]));
    let token = server.token(&usual());
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(with("sub", json!("another")).to_string());

    for (what, token) in [
        ("signed by another", stranger.token(&usual())),
        ("altered", format!("{header}.{other}.{signature}")),
        ("without a signature", format!("{head}.")),
        ("of no algorithm", server.token_as(&json!({"alg": "none", "kid": "a"}), &usual())),
        ("of another algorithm", server.token_as(&json!({"alg": "HS256", "kid": "a"}), &usual())),
        (
            "with what must be understood",
            server.token_as(&json!({"alg": "ES256", "kid": "a", "crit": ["x"]}), &usual()),
        ),
        ("no token", "abc".into()),
        ("too long", "a".repeat(LONGEST_TOKEN + 1)),
    ] {
        assert!(stage.why(&token).await.is_some_and(|why| why.starts_with("issued.refused")), "{what}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_for_us_or_not_for_now_is_refused() {
    let server = Server::new("a");
    let stage = Stage::publishing(json!([server.jwk()]));
    let second = now().as_second();

    for claims in [
        with("iss", json!("https://evil.example")),
        with("aud", json!("another")),
        with("aud", json!(["another"])),
        with("aud", json!(null)),
        with("exp", json!(second - 61)),
        with("exp", json!(null)),
        with("nbf", json!(second + 61)),
        with("nbf", json!("soon")),
    ] {
        assert!(stage.why(&server.token(&claims)).await.is_some(), "{claims}");
    }
    for claims in
        [with("aud", json!(["another", "nutid"])), with("exp", json!(second - 59)), with("nbf", json!(second + 59))]
    {
        assert_eq!(stage.why(&server.token(&claims)).await, None, "{claims}");
    }
}

#[tokio::test]
async fn a_new_key_is_asked_for_and_made_up_names_are_not_asked_for_again_and_again() {
    let (old, new) = (Server::new("old"), Server::new("new"));
    let stage = Stage::publishing(json!([old.jwk()]));
    assert_eq!(stage.why(&old.token(&usual())).await, None);
    *stage.publisher.keys.lock().unwrap() = Some(json!([old.jwk(), new.jwk()]));

    let at_once = stage.why(&new.token(&usual())).await;
    stage.clock.advance_seconds(60);
    let later = stage.why(&new.token(&usual())).await;
    for _ in 0..20 {
        stage.why(&Server::new("made up").token(&usual())).await;
    }

    assert_eq!((at_once.is_some(), later, stage.asked()), (true, None, 2));
}

#[tokio::test]
async fn keys_that_cannot_be_had_leave_the_last_ones_in_force() {
    let server = Server::new("a");
    let stage = Stage::publishing(json!([server.jwk()]));
    let claims = with("exp", json!(now().as_second() + 200_000));
    stage.why(&server.token(&claims)).await;
    *stage.publisher.keys.lock().unwrap() = None;
    stage.clock.advance_seconds(100_000);

    assert_eq!((stage.why(&server.token(&claims)).await, stage.asked()), (None, 2));
}

#[tokio::test]
async fn without_any_key_nobody_is_believed() {
    let server = Server::new("a");
    let stage = Stage::publishing(json!([{"kty": "RSA", "kid": "a"}]));

    let why = stage.issuer.claims(&server.token(&usual())).await.unwrap_err();

    assert_eq!(why.code(), "issued.keys_unavailable");
}
