//! A service account against a token endpoint on this machine.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use base64::engine::general_purpose::STANDARD;
use roster::ManualClock;

use super::*;
use crate::client::OutboundSettings;
use crate::secret::FixedSecrets;
use crate::tests::server::serve;
use crate::{Tokens, Url};

const NOW: &str = "2026-08-17T08:00:00Z";

fn key_pair() -> RsaKeyPair {
    RsaKeyPair::generate(KeySize::Rsa2048).unwrap()
}

fn pem(pair: &RsaKeyPair) -> String {
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()))
}

fn key_file(private_key: &str) -> String {
    json!({
        "type": "service_account",
        "client_email": "skolbro@norrbyholm.example",
        "private_key_id": "key-1",
        "private_key": private_key,
        "token_uri": "https://oauth2.example/token",
    })
    .to_string()
}

fn reference() -> SecretRef {
    SecretRef::Env("KEY_FILE".into())
}

fn account(token_url: Option<&Url>) -> ServiceAccount {
    ServiceAccount {
        key: reference(),
        subject: "admin@norrbyholm.example".into(),
        scopes: vec!["https://scopes.example/users".into(), "https://scopes.example/groups".into()],
        token_url: token_url.map(|it| it.join("token").unwrap().to_string()),
    }
}

fn tokens(base: &Url, key: &str) -> (Tokens, ManualClock) {
    let clock = ManualClock::at(NOW.parse().unwrap());
    let outbound = Outbound::for_base(&OutboundSettings::new("skolbro-test"), base).unwrap();
    let secrets = Arc::new(FixedSecrets::new().with(reference(), key));
    (Tokens::of_service_account(account(Some(base)), outbound, secrets, Arc::new(clock.clone())), clock)
}

async fn answering(status: u16, body: &'static str) -> Url {
    let answer = move || async move { (StatusCode::from_u16(status).unwrap(), body) };
    serve(Router::new().route("/token", post(answer))).await
}

/// An endpoint whose token is what it was sent.
async fn echo() -> Url {
    let echo = |body: String| async move { format!(r#"{{"access_token":"{body}","expires_in":3599}}"#) };
    serve(Router::new().route("/token", post(echo))).await
}

async fn assertion(pair: &RsaKeyPair) -> String {
    let (tokens, _) = tokens(&echo().await, &key_file(&pem(pair)));
    let sent = tokens.bearer().await.unwrap();
    let fields: Vec<(String, String)> = form_urlencoded::parse(sent.expose().as_bytes()).into_owned().collect();
    let [(_, grant), (_, assertion)] = fields.as_slice() else { panic!("not two fields") };
    assert_eq!(grant, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assertion.clone()
}

#[tokio::test]
async fn the_assertion_says_who_asks_for_whom_and_for_what() {
    let assertion = assertion(&key_pair()).await;

    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims] =
        [parts[0], parts[1]].map(|it| String::from_utf8(URL_SAFE_NO_PAD.decode(it).unwrap()).unwrap());
    assert_eq!(
        serde_json::from_str::<Value>(&header).unwrap(),
        json!({ "alg": "RS256", "typ": "JWT", "kid": "key-1" })
    );
    assert_eq!(
        serde_json::from_str::<Value>(&claims).unwrap(),
        json!({
            "iss": "skolbro@norrbyholm.example",
            "sub": "admin@norrbyholm.example",
            "scope": "https://scopes.example/users https://scopes.example/groups",
            "aud": "https://oauth2.example/token",
            "iat": 1_786_953_600,
            "exp": 1_786_957_200,
        })
    );
}

#[tokio::test]
async fn the_assertion_is_signed_with_the_accounts_key() {
    let pair = key_pair();

    let assertion = assertion(&pair).await;

    let (content, signature) = assertion.rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key());
    assert!(public.verify(content.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).is_ok());
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_it_expires() {
    let (tokens, clock) = tokens(&echo().await, &key_file(&pem(&key_pair())));
    let mut seen = vec![tokens.bearer().await.unwrap()];

    clock.advance_seconds(3_538);
    seen.push(tokens.bearer().await.unwrap());
    clock.advance_seconds(1);
    seen.push(tokens.bearer().await.unwrap());

    assert_eq!([seen[0] == seen[1], seen[1] == seen[2]], [true, false]);
}

#[tokio::test]
async fn scopes_that_are_not_delegated_are_for_somebody_to_mend() {
    let base = answering(401, r#"{"error":"unauthorized_client","error_description":"Client is unauthorized"}"#).await;
    let (tokens, _) = tokens(&base, &key_file(&pem(&key_pair())));

    let error = tokens.bearer().await.unwrap_err();

    assert_eq!((error.is_passing(), error), (false, TokenError::Refused("HTTP 401, unauthorized_client".into())));
}

#[tokio::test]
async fn what_is_no_key_says_so_and_repeats_nothing_of_it() {
    for key in ["hunter2", r#"{"client_email":"hunter2@a.example"}"#, &key_file("hunter2"), r#"{"private_key":[2]}"#] {
        let (tokens, _) = tokens(&echo().await, key);

        let error = tokens.bearer().await.unwrap_err();

        assert_eq!((error.code(), error.is_passing()), ("token.key_unusable", false), "{key}");
        assert!(!format!("{error} {error:?} {tokens:?}").contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn a_key_file_cannot_lead_inside_the_network() {
    let file = key_file(&pem(&key_pair())).replace("https://oauth2.example/token", "http://127.0.0.1:1/token");
    let outbound = Outbound::new(&OutboundSettings::new("skolbro-test")).unwrap();
    let secrets = Arc::new(FixedSecrets::new().with(reference(), file));
    let clock = Arc::new(ManualClock::at(NOW.parse().unwrap()));
    let tokens = Tokens::of_service_account(account(None), outbound, secrets, clock);

    let error = tokens.bearer().await.unwrap_err();

    assert!(matches!(&error, TokenError::Refused(words) if words.contains("outbound.")), "{error}");
}
