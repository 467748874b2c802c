//! Rings of sources that sign: forged, altered, late, repeated.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use outbound::{FixedSecrets, SecretRef};
use sha2::Sha256;
use skolbro::machine::{Machine, open};
use world::wire::{Answer, send};

const TOKEN: &str = "a-token-of-more-than-two-dozen";
const KEY: &str = "a key of more than two dozen bytes";
const OLD_KEY: &str = "an older key of two dozen bytes";
const BODY: &str = r#"{"modifiedEntites":["Person"]}"#;

/// A hub that neither reads nor delivers, with one source that signs, reached at two doors as if by two processes.
struct Hub {
    machine: Machine,
    doors: [String; 2],
}

impl Hub {
    async fn with(signing_secrets: &str, token: &str) -> Self {
        let env = |name: &str| SecretRef::Env(name.to_owned());
        let secrets = FixedSecrets::new()
            .with(env("TOKEN"), token)
            .with(env("KEY"), KEY)
            .with(env("OLD_KEY"), OLD_KEY)
            .with(env("SHORT"), "whsec_c2hvcnQ=");
        let mut machine = open(None, Arc::new(secrets)).await.unwrap();
        let text = format!(
            "tenant = \"demo\"\n[[source]]\nname = \"register\"\nkind = \"ss12000\"\nanonymous = true\n\
             base_url = \"https://register.example\"\nroute_token = {{ env = \"TOKEN\" }}\n{signing_secrets}\n"
        );
        machine.put_tenant("demo", &text).await.unwrap();
        let mut doors = [const { String::new() }; 2];
        for door in &mut doors {
            let address = machine.serve(SocketAddr::from(([127, 0, 0, 1], 0)), "control").await.unwrap();
            *door = format!("http://{address}/hooks/demo/register");
        }
        Self { machine, doors }
    }

    async fn signed() -> Self {
        Self::with("signing_secrets = [{ env = \"KEY\" }, { env = \"OLD_KEY\" }]", TOKEN).await
    }

    async fn ring(&self, ring: &Ring) -> Answer {
        self.ring_at(0, TOKEN, ring).await
    }

    async fn ring_at(&self, door: usize, token: &str, ring: &Ring) -> Answer {
        let headers: Vec<_> = ring.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        send("POST", &format!("{}/{token}", self.doors[door]), &headers, &ring.body).await.unwrap()
    }

    fn now(&self) -> i64 {
        self.machine.hub.now().as_second()
    }

    async fn notices(&self) -> u64 {
        self.machine.hub.queues.notices.depth().await.unwrap().total()
    }
}

struct Ring {
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Ring {
    fn unsigned() -> Self {
        Self { headers: Vec::new(), body: BODY.to_owned() }
    }

    /// Signs as a sender does, independently of what is tested.
    fn signed(key: &str, id: &str, second: i64) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(format!("{id}.{second}.{BODY}").as_bytes());
        let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        let headers = vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", second.to_string()),
            ("webhook-signature", signature),
        ];
        Self { headers, body: BODY.to_owned() }
    }

    fn with_body(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn unauthorized(code: &str) -> (u16, String) {
    (401, code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_ring_is_accepted_and_so_is_one_by_the_key_before() {
    let hub = Hub::signed().await;

    let new = hub.ring(&Ring::signed(KEY, "msg_1", hub.now())).await;
    let old = hub.ring(&Ring::signed(OLD_KEY, "msg_2", hub.now())).await;

    assert_eq!((new.status, old.status, hub.notices().await), (202, 202, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_ring_is_refused_though_its_token_is_right() {
    let hub = Hub::signed().await;

    let answer = hub.ring(&Ring::unsigned()).await;

    assert_eq!(code(&answer), unauthorized("webhook.signature_missing"));
    assert_eq!((answer.header("content-type"), hub.notices().await), (Some("application/problem+json"), 0));
    assert!(answer.header("www-authenticate").is_some(), "RFC 9110 demands a challenge");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_or_altered_ring_is_refused() {
    let hub = Hub::signed().await;
    let forged = Ring::signed("a key that somebody else thought of", "msg_1", hub.now());
    let altered = Ring::signed(KEY, "msg_2", hub.now()).with_body(r#"{"modifiedEntites":["Person"] }"#);

    for ring in [forged, altered] {
        assert_eq!(code(&hub.ring(&ring).await), unauthorized("webhook.signature_wrong"));
    }
    assert_eq!(hub.notices().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_of_long_ago_or_of_the_future_is_refused() {
    let hub = Hub::signed().await;

    for apart in [-400, 400] {
        let answer = hub.ring(&Ring::signed(KEY, "msg_1", hub.now() + apart)).await;

        assert_eq!(code(&answer), unauthorized("webhook.signature_stale"));
    }
    assert_eq!(hub.notices().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_that_was_overheard_and_comes_again_has_no_effect() {
    let hub = Hub::signed().await;
    let ring = Ring::signed(KEY, "msg_1", hub.now());

    let answers = [hub.ring(&ring).await.status, hub.ring(&ring).await.status];
    // A sender that tries again keeps the identity and signs anew.
    let after_a_retry = hub.ring(&Ring::signed(KEY, "msg_1", hub.now() + 1)).await.status;

    assert_eq!((answers, after_a_retry, hub.notices().await), ([202, 202], 202, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_that_comes_again_to_another_process_has_no_effect() {
    let hub = Hub::signed().await;
    let ring = Ring::signed(KEY, "msg_1", hub.now());

    let answers = [hub.ring_at(0, TOKEN, &ring).await.status, hub.ring_at(1, TOKEN, &ring).await.status];

    assert_eq!((answers, hub.notices().await), ([202, 202], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_does_not_stand_in_for_the_token() {
    let hub = Hub::signed().await;

    let answer = hub.ring_at(0, "guessed", &Ring::signed(KEY, "msg_1", hub.now())).await;

    assert_eq!((code(&answer), hub.notices().await), ((404, "webhook.no_such_door".to_owned()), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_had_puts_no_other_out_of_use_and_lets_nobody_in() {
    let hub = Hub::with("signing_secrets = [{ env = \"NO_SUCH_KEY\" }, { env = \"KEY\" }]", TOKEN).await;

    let good = hub.ring(&Ring::signed(KEY, "msg_1", hub.now())).await;
    let unknown = hub.ring(&Ring::signed(OLD_KEY, "msg_2", hub.now())).await;

    assert_eq!((good.status, code(&unknown)), (202, (503, "webhook.not_now".to_owned())));
    assert_eq!(hub.notices().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_too_short_is_not_used() {
    let hub = Hub::with("signing_secrets = [{ env = \"SHORT\" }]", TOKEN).await;

    let answer = hub.ring(&Ring::signed("short", "msg_1", hub.now())).await;

    assert_eq!((answer.status, hub.notices().await), (503, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_might_be_guessed_opens_no_door() {
    let short = "twenty-three-characters";
    let hub = Hub::with("", short).await;

    let answer = hub.ring_at(0, short, &Ring::unsigned()).await;

    assert_eq!((answer.status, hub.notices().await), (503, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_is_given_up_and_enqueues_nothing() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let hub = Hub::with("", TOKEN).await;
    let host = hub.doors[0].split('/').nth(2).unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!("POST /hooks/demo/register/{TOKEN} HTTP/1.1\r\nhost: hub\r\ncontent-length: 60000\r\n\r\n{{");
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while writing.write_all(b" ").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    });

    let mut answer = Vec::new();
    let patience = std::time::Duration::from_secs(20);
    let _ = tokio::time::timeout(patience, reading.read_to_end(&mut answer)).await.expect("the hub hangs up");
    trickle.abort();

    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(hub.notices().await, 0);
}
