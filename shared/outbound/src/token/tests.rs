//! Tokens against a token endpoint on this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use roster::ManualClock;

use super::*;
use crate::Url;
use crate::client::OutboundSettings;
use crate::secret::FixedSecrets;
use crate::tests::server::{nobody, serve};

fn clock() -> ManualClock {
    ManualClock::at("2026-08-17T08:00:00Z".parse().unwrap())
}

fn secret() -> SecretRef {
    SecretRef::Env("CLIENT_SECRET".into())
}

fn tokens(base: &Url, style: CredentialStyle, clock: &ManualClock) -> Tokens {
    let credentials = Credentials::Client(ClientCredentials {
        token_url: base.join("token").unwrap().to_string(),
        client_id: "skolbro".into(),
        client_secret: secret(),
        scope: Some("roster".into()),
        style,
    });
    let outbound = Outbound::for_base(&OutboundSettings::new("skolbro-test"), base).unwrap();
    let secrets = FixedSecrets::new().with(secret(), "hunter 2");
    Tokens::new(credentials, outbound, Arc::new(secrets), Arc::new(clock.clone()))
}

/// Issues `token-1`, `token-2`, …, each living for so many seconds.
async fn issuer(expires_in: &'static str) -> Url {
    let count = Arc::new(AtomicUsize::new(0));
    let issue = move || {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move { format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":{expires_in}}}"#) }
    };
    serve(Router::new().route("/token", post(issue))).await
}

async fn answering(status: u16, body: &'static str) -> Url {
    let answer = move || async move { (StatusCode::from_u16(status).unwrap(), body) };
    serve(Router::new().route("/token", post(answer))).await
}

async fn next(tokens: &Tokens) -> String {
    tokens.bearer().await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_it_expires() {
    let (base, clock) = (issuer("3600").await, clock());
    let tokens = tokens(&base, CredentialStyle::Body, &clock);
    let mut seen = vec![next(&tokens).await];

    clock.advance_seconds(3_539);
    seen.push(next(&tokens).await);
    clock.advance_seconds(1);
    seen.push(next(&tokens).await);

    assert_eq!(seen, ["token-1", "token-1", "token-2"]);
}

#[tokio::test]
async fn a_life_written_as_text_is_read() {
    let (base, clock) = (issuer("\"3600\"").await, clock());
    let tokens = tokens(&base, CredentialStyle::Body, &clock);
    let first = next(&tokens).await;

    clock.advance_seconds(3_000);

    assert_eq!(next(&tokens).await, first);
}

#[tokio::test]
async fn a_forgotten_token_is_fetched_again() {
    let base = issuer("3600").await;
    let tokens = tokens(&base, CredentialStyle::Body, &clock());
    next(&tokens).await;

    tokens.forget().await;

    assert_eq!(next(&tokens).await, "token-2");
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_fetch() {
    let base = issuer("3600").await;
    let tokens = tokens(&base, CredentialStyle::Body, &clock());

    let (one, two, three) = tokio::join!(next(&tokens), next(&tokens), next(&tokens));

    assert_eq!([one, two, three], ["token-1", "token-1", "token-1"]);
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_failure() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let refuse = move || async move {
        counter.fetch_add(1, Ordering::SeqCst);
        StatusCode::UNAUTHORIZED
    };
    let base = serve(Router::new().route("/token", post(refuse))).await;
    let tokens = tokens(&base, CredentialStyle::Body, &clock());

    let (one, two) = tokio::join!(tokens.bearer(), tokens.bearer());

    assert_eq!((one.is_err(), two.is_err(), count.load(Ordering::SeqCst)), (true, true, 1));
}

#[tokio::test]
async fn the_secret_is_sent_in_the_form() {
    let echo = |body: String| async move { format!(r#"{{"access_token":"{body}"}}"#) };
    let base = serve(Router::new().route("/token", post(echo))).await;

    let sent = next(&tokens(&base, CredentialStyle::Body, &clock())).await;

    assert_eq!(sent, "grant_type=client_credentials&scope=roster&client_id=skolbro&client_secret=hunter+2");
}

#[tokio::test]
async fn the_secret_is_sent_as_basic() {
    let echo = |headers: HeaderMap, body: String| async move {
        format!(r#"{{"access_token":"{} {body}"}}"#, headers["authorization"].to_str().unwrap())
    };
    let base = serve(Router::new().route("/token", post(echo))).await;

    let sent = next(&tokens(&base, CredentialStyle::Basic, &clock())).await;

    // skolbro:hunter+2
    assert_eq!(sent, "Basic c2tvbGJybzpodW50ZXIrMg== grant_type=client_credentials&scope=roster");
}

#[tokio::test]
async fn a_dry_run_still_fetches_tokens() {
    let base = issuer("3600").await;
    let mut tokens = tokens(&base, CredentialStyle::Body, &clock());
    tokens.outbound = tokens.outbound.dry_run();

    assert_eq!(next(&tokens).await, "token-1");
}

#[tokio::test]
async fn a_refusal_names_the_registered_code_only() {
    let body = r#"{"error":"invalid_client","error_description":"hunter 2 is wrong"}"#;
    let base = answering(401, body).await;

    let error = tokens(&base, CredentialStyle::Body, &clock()).bearer().await.unwrap_err();

    assert_eq!(error, TokenError::Refused("HTTP 401, invalid_client".into()));
}

#[tokio::test]
async fn a_secret_that_a_server_repeats_in_the_place_of_a_code_is_not_passed_on() {
    let base = answering(400, r#"{"error":"hunter_two","error_description":"hunter_two"}"#).await;

    let error = tokens(&base, CredentialStyle::Body, &clock()).bearer().await.unwrap_err();

    assert_eq!(error, TokenError::Refused("HTTP 400".into()));
}

#[tokio::test]
async fn a_server_in_trouble_is_passing() {
    let base = answering(503, "").await;

    let error = tokens(&base, CredentialStyle::Body, &clock()).bearer().await.unwrap_err();

    assert_eq!((error.code(), error.is_passing()), ("token.unavailable", true));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_passing() {
    let base = nobody();

    let error = tokens(&base, CredentialStyle::Body, &clock()).bearer().await.unwrap_err();

    assert_eq!(error.code(), "token.unavailable");
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_passing() {
    let base = answering(200, "<html>").await;

    let error = tokens(&base, CredentialStyle::Body, &clock()).bearer().await.unwrap_err();

    assert!(error.is_passing(), "{error}");
}

#[tokio::test]
async fn a_static_token_is_the_secret() {
    let outbound = Outbound::new(&OutboundSettings::new("skolbro-test")).unwrap();
    let secrets = Arc::new(FixedSecrets::new().with(secret(), "hunter2"));
    let tokens = Tokens::new(Credentials::Static(secret()), outbound, secrets, Arc::new(clock()));

    assert_eq!(next(&tokens).await, "hunter2");
}

#[tokio::test]
async fn a_secret_that_is_missing_says_so_by_its_own_code() {
    let outbound = Outbound::new(&OutboundSettings::new("skolbro-test")).unwrap();
    let tokens = Tokens::new(Credentials::Static(secret()), outbound, Arc::new(FixedSecrets::new()), Arc::new(clock()));

    let error = tokens.bearer().await.unwrap_err();

    assert_eq!((error.code(), error.is_passing()), ("secret.missing", false));
}

#[test]
fn debug_shows_no_secret() {
    let outbound = Outbound::new(&OutboundSettings::new("skolbro-test")).unwrap();
    let secrets = Arc::new(FixedSecrets::new().with(secret(), "hunter2"));
    let tokens = Tokens::new(Credentials::Static(secret()), outbound, secrets, Arc::new(clock()));

    assert!(!format!("{tokens:?}").contains("hunter2"));
}
