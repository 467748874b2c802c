//! The client against servers on this machine.

mod attacks;
pub(crate) mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::{get, post};
use futures::stream;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use self::server::serve;
use crate::{
    CallErrorKind, ClientCertificate, FixedSecrets, Outbound, OutboundSettings, Request, Secret, SecretRef, Url,
    WithheldCall,
};

fn settings() -> OutboundSettings {
    OutboundSettings::new("skolbro-test")
}

fn named(base: &Url) -> Outbound {
    Outbound::for_base(&settings(), base).unwrap()
}

async fn error_of(outbound: &Outbound, request: Request) -> crate::CallError {
    outbound.send(request).await.unwrap_err()
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&visits);
    let visit = move || async move { counter.fetch_add(1, Ordering::SeqCst).to_string() };
    let router =
        Router::new().route("/here", get(|| async { Redirect::temporary("/there") })).route("/there", get(visit));
    let base = serve(router).await;

    let answer = named(&base).send(Request::get(base.join("here").unwrap())).await.unwrap();

    assert_eq!((answer.status, visits.load(Ordering::SeqCst)), (307, 0));
}

#[tokio::test]
async fn an_address_inside_the_network_is_refused() {
    let base = serve(Router::new()).await;
    let outbound = Outbound::new(&OutboundSettings { allow_plain_http: true, ..settings() }).unwrap();

    let error = error_of(&outbound, Request::get(base)).await;

    assert_eq!((error.kind(), error.was_sent()), (CallErrorKind::AddressRefused, false));
}

#[tokio::test]
async fn a_name_that_resolves_inside_the_network_is_refused() {
    let mut base = serve(Router::new()).await;
    base.set_host(Some("localhost")).unwrap();
    let outbound = Outbound::new(&OutboundSettings { allow_plain_http: true, ..settings() }).unwrap();

    let error = error_of(&outbound, Request::get(base)).await;

    assert_eq!(error.code(), "outbound.address_refused");
}

#[tokio::test]
async fn a_name_inside_the_network_is_called_when_the_configuration_names_it() {
    let mut base = serve(Router::new().route("/", get(|| async { "hej" }))).await;
    base.set_host(Some("localhost")).unwrap();

    let answer = named(&base).send(Request::get(base)).await.unwrap();

    assert_eq!(answer.text_excerpt(10), "hej");
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused() {
    let outbound = Outbound::new(&settings()).unwrap();

    let error = error_of(&outbound, Request::get("http://example.org/".parse().unwrap())).await;

    assert_eq!(error.kind(), CallErrorKind::SchemeRefused);
}

#[tokio::test]
async fn an_answer_announced_as_too_large_is_not_read() {
    let base = serve(Router::new().route("/", get(|| async { "x".repeat(101) }))).await;
    let outbound = Outbound::for_base(&OutboundSettings { max_body: 100, ..settings() }, &base).unwrap();

    let error = error_of(&outbound, Request::get(base)).await;

    assert_eq!((error.kind(), error.was_sent()), (CallErrorKind::BodyTooLarge, true));
}

#[tokio::test]
async fn an_answer_without_end_is_read_up_to_the_limit() {
    let endless = || async { Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>("xxxxxxxxxx"))) };
    let base = serve(Router::new().route("/", get(endless))).await;
    let outbound = Outbound::for_base(&OutboundSettings { max_body: 100, ..settings() }, &base).unwrap();

    let error = error_of(&outbound, Request::get(base)).await;

    assert_eq!(error.kind(), CallErrorKind::BodyTooLarge);
}

#[tokio::test]
async fn an_answer_that_never_comes_is_a_timeout_and_may_have_been_acted_on() {
    let base = serve(Router::new().route("/", get(std::future::pending::<()>))).await;

    let error = error_of(&named(&base), Request::get(base).timeout(Duration::from_millis(50))).await;

    assert_eq!((error.kind(), error.was_sent()), (CallErrorKind::Timeout, true));
}

#[tokio::test]
async fn a_refused_connection_was_never_sent() {
    let base = server::nobody();

    let error = error_of(&named(&base), Request::get(base)).await;

    assert_eq!((error.kind(), error.was_sent()), (CallErrorKind::Connect, false));
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_a_tls_fault() {
    let mut base = serve(Router::new()).await;
    base.set_scheme("https").unwrap();

    let error = error_of(&named(&base), Request::get(base)).await;

    assert_eq!((error.kind(), error.was_sent()), (CallErrorKind::Tls, false));
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_have_been_acted_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 16];
        stream.read_exact(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 ").await.unwrap();
    });

    let error = error_of(&named(&base), Request::post(base).json(&json!({}))).await;

    assert_eq!((error.kind(), error.was_sent()), (CallErrorKind::Reset, true));
}

#[tokio::test]
async fn the_key_and_the_media_type_are_sent_as_headers() {
    let echo = |headers: HeaderMap| async move {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        format!("{} {}", text("x-api-key"), text("content-type"))
    };
    let base = serve(Router::new().route("/", post(echo))).await;
    let request = Request::post(base.clone())
        .api_key("X-API-Key", Secret::new("hunter2"))
        .json_as("application/scim+json", &json!({}));

    let answer = named(&base).send(request).await.unwrap();

    assert_eq!(answer.body, b"hunter2 application/scim+json");
}

#[tokio::test]
async fn a_header_that_is_no_header_is_not_sent() {
    let outbound = Outbound::new(&settings()).unwrap();
    let request = Request::get("https://example.org/".parse().unwrap()).header("x", "line\nbreak");

    assert_eq!(error_of(&outbound, request).await.code(), "outbound.other");
}

#[tokio::test]
async fn an_error_and_its_causes_hold_no_path_and_no_query() {
    let base = server::nobody();
    let request = Request::get(base.join("Users/astrid").unwrap()).query("email", "astrid@skola.example");

    let error = with_causes(&error_of(&named(&base), request).await);

    assert!(!error.contains("astrid"), "{error}");
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(with_causes).unwrap_or_default();
    format!("{error} {error:?}: {cause}")
}

#[tokio::test]
async fn a_dry_run_reads() {
    let base = serve(Router::new().route("/", get(|| async { "hej" }))).await;

    let answer = named(&base).dry_run().send(Request::get(base)).await.unwrap();

    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_dry_run_writes_down_what_it_does_not_call() {
    let outbound = Outbound::new(&settings()).unwrap().dry_run();
    let request = Request::put("https://example.org/Users/1?q=x".parse().unwrap());

    let error = error_of(&outbound, request).await;

    let withheld = WithheldCall { method: "PUT".into(), path: "/Users/1".into() };
    assert_eq!((error.code(), outbound.withheld()), ("outbound.dry_run", vec![withheld]));
}

fn certified(secret: Option<&str>) -> Outbound {
    let reference = SecretRef::Env("A_CERTIFICATE".into());
    let secrets = FixedSecrets::new();
    let secrets = secret.map_or(secrets.clone(), |it| secrets.with(reference.clone(), it));
    let settings =
        OutboundSettings { certificate: Some(ClientCertificate::new(reference, Arc::new(secrets))), ..settings() };
    Outbound::new(&settings).unwrap()
}

#[tokio::test]
async fn without_a_certificate_to_show_nothing_is_called() {
    for secret in [None, Some("hunter2"), Some("-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n")] {
        let outbound = certified(secret);

        let error = error_of(&outbound, Request::get("https://example.org/".parse().unwrap())).await;

        assert_eq!((error.code(), error.was_sent()), ("outbound.certificate_unusable", false));
        assert!(!format!("{} {outbound:?}", with_causes(&error)).contains("hunter2"));
    }
}
