//! Attempts to make the hub call what it must not, by those who own a name or an answer.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::json;

use super::server::serve;
use super::{error_of, named, settings, with_causes};
use crate::address::AddressPolicy;
use crate::resolver::Lookup;
use crate::{CallErrorKind, Outbound, OutboundSettings, Request, Secret, Url};

/// A name server in an attacker's hands: its answers one after the other, the last again and again.
#[derive(Debug)]
struct Answering {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Answering {
    fn with(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |it: &&[&str]| it.iter().map(|ip| ip.parse().unwrap()).collect();
        let answers = answers.iter().rev().map(parse).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Lookup for Answering {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        Ok(if answers.len() > 1 { answers.pop().unwrap() } else { answers.last().unwrap().clone() })
    }
}

/// A server on this machine that counts its visitors.
async fn counting() -> (Url, Arc<AtomicUsize>) {
    let visits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&visits);
    let visit = move || async move { counter.fetch_add(1, Ordering::SeqCst).to_string() };
    (serve(Router::new().fallback(visit)).await, visits)
}

fn at_name(base: &Url, name: &str) -> Url {
    let mut url = base.clone();
    url.set_host(Some(name)).unwrap();
    url
}

/// Plain HTTP, so that the only thing in the way is the address.
fn plain(policy: AddressPolicy, lookup: Arc<Answering>) -> Outbound {
    let settings = OutboundSettings { allow_private: policy.allow_private, allow_plain_http: true, ..settings() };
    Outbound::with_policy(&settings, policy, lookup).unwrap()
}

#[tokio::test]
async fn a_name_whose_owner_points_it_inside_the_network_is_refused() {
    for inside in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00:ec2::254", "fe80::1"] {
        let outbound = plain(AddressPolicy::default(), Answering::with(&[&[inside]]));

        let error = error_of(&outbound, Request::get("http://register.example/".parse().unwrap())).await;

        assert_eq!(error.kind(), CallErrorKind::AddressRefused, "{inside}");
    }
}

#[tokio::test]
async fn a_metadata_service_is_refused_by_any_name_and_though_private_addresses_are_allowed() {
    for name in ["metadata.google.internal", "metadata.google.internal.", "instance-data", "register.example."] {
        let policy = AddressPolicy { allow_private: true, ..AddressPolicy::default() };
        let outbound = plain(policy, Answering::with(&[&["169.254.169.254"]]));

        let error = error_of(&outbound, Request::get(format!("http://{name}/").parse().unwrap())).await;

        assert_eq!(error.kind(), CallErrorKind::AddressRefused, "{name}");
    }
}

#[tokio::test]
async fn this_machine_by_a_name_with_a_dot_at_its_end_is_refused() {
    let (base, visits) = counting().await;
    let outbound = plain(AddressPolicy::default(), Answering::with(&[&["127.0.0.1"]]));

    let error = error_of(&outbound, Request::get(at_name(&base, "localhost."))).await;

    assert_eq!((error.kind(), visits.load(Ordering::SeqCst)), (CallErrorKind::AddressRefused, 0));
}

#[tokio::test]
async fn of_two_addresses_only_the_one_outside_is_tried() {
    let (base, visits) = counting().await;
    let outbound = plain(AddressPolicy::default(), Answering::with(&[&["192.0.2.1", "127.0.0.1"]]));
    let request = Request::get(at_name(&base, "register.example")).timeout(std::time::Duration::from_millis(200));

    let _ = error_of(&outbound, request).await;

    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_called() {
    let (base, visits) = counting().await;
    let lookup = Answering::with(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let policy = AddressPolicy { allow_private: true, ..AddressPolicy::default() };
    let outbound = plain(policy, Arc::clone(&lookup));

    outbound.send(Request::get(at_name(&base, "register.example"))).await.unwrap();

    let asked = lookup.asked.load(Ordering::SeqCst);
    assert_eq!((asked, visits.load(Ordering::SeqCst)), (1, 1), "asked once, and called where it was answered");
}

#[tokio::test]
async fn a_name_that_is_pointed_elsewhere_meanwhile_is_judged_anew() {
    let (base, visits) = counting().await;
    let lookup = Answering::with(&[&["192.0.2.1"], &["127.0.0.1"]]);
    let outbound = plain(AddressPolicy::default(), lookup);
    let request = Request::get(at_name(&base, "register.example")).timeout(std::time::Duration::from_millis(200));
    let _ = error_of(&outbound, request.clone()).await;

    let error = error_of(&outbound, request).await;

    assert_eq!((error.kind(), visits.load(Ordering::SeqCst)), (CallErrorKind::AddressRefused, 0));
}

#[tokio::test]
async fn a_redirect_takes_the_key_nowhere() {
    let (there, visits) = counting().await;
    for status in [301, 302, 303, 307, 308] {
        let to = there.to_string();
        let answer = move || async move { (StatusCode::from_u16(status).unwrap(), [("location", to)]) };
        let here = serve(Router::new().route("/", post(answer))).await;
        let request = Request::post(here.clone()).api_key("X-API-Key", Secret::new("hunter2")).json(&json!({}));

        let answer = named(&here).send(request).await.unwrap();

        assert_eq!((answer.status, visits.load(Ordering::SeqCst)), (status, 0));
    }
}

#[tokio::test]
async fn a_url_with_a_password_is_refused_and_the_password_not_repeated() {
    let (mut base, visits) = counting().await;
    base.set_username("hub").unwrap();
    base.set_password(Some("hunter2")).unwrap();

    let error = error_of(&named(&base), Request::get(base)).await;

    assert_eq!((error.code(), visits.load(Ordering::SeqCst)), ("outbound.credentials_in_url", 0));
    assert!(!with_causes(&error).contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn plain_http_outside_this_machine_is_refused_whatever_the_name_says() {
    let outbound = named(&"http://localhost:8080/".parse().unwrap());

    for url in ["http://localhost.example.org/", "http://localhost./", "http://127.0.0.1.example.org/", "http://[::2]/"]
    {
        let error = error_of(&outbound, Request::get(url.parse().unwrap())).await;

        assert_eq!(error.kind(), CallErrorKind::SchemeRefused, "{url}");
    }
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_a_large_one_is_not_unpacked_whole() {
    // 1 MiB of zeros, packed.
    let bomb = || async { ([("content-encoding", "gzip")], zeros()) };
    let base = serve(Router::new().route("/", get(bomb))).await;
    let outbound = Outbound::for_base(&OutboundSettings { max_body: 10_000, ..settings() }, &base).unwrap();

    let error = error_of(&outbound, Request::get(base)).await;

    assert_eq!(error.kind(), CallErrorKind::BodyTooLarge);
}

/// A gzip member by hand: 32 blocks of 32 KiB of zeros would not be small, so one fixed Huffman block: a literal zero,
/// then the longest match (258 bytes, one byte back) again and again.
fn zeros() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(1, 1); // the last block
    bits.push(1, 2); // fixed codes
    bits.code(0x30, 8); // the byte 0
    for _ in 0..4_064 {
        bits.code(0b1100_0101, 8); // length 258
        bits.code(0, 5); // distance 1
    }
    bits.code(0, 7); // the end
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    packed.extend(bits.bytes());
    packed
}

#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
    }

    /// Huffman codes are written with their first bit first.
    fn code(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        self.0.chunks(8).map(byte).collect()
    }
}
