//! A token by a transaction (GNAP, RFC 9635), as Skolverket's authorisation server has it: who asks is told by the
//! certificate that is shown, and what for by type and location.
//!
//! Known from skolverket/dnp-usermanagement, `authentication-api`: the request, `access_token.value`, and `expires_in`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Url;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Token, TokenError, fetch};
use crate::client::Outbound;
use crate::request::Request;
use crate::secret::{Secret, SecretRef};

/// What is asked for, and who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Where transactions are begun.
    pub url: Url,
    /// The type of access, e.g. `ss12000-client`.
    pub access_type: String,
    /// What is to be accessed.
    pub location: String,
    /// Where the certificate is kept that is shown; the client that calls must show it.
    pub certificate: SecretRef,
    /// Who we are in a federation. `None`: we are known by the certificate itself.
    pub entity_id: Option<String>,
}

#[derive(Deserialize)]
struct TransactionAnswer {
    access_token: OneOrMore,
    #[serde(default)]
    expires_in: Option<i64>,
}

/// The protocol gives one token as it is, and several as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Given),
    More(Vec<Given>),
}

#[derive(Deserialize)]
struct Given {
    value: String,
    #[serde(default)]
    expires_in: Option<i64>,
}

pub(super) async fn fetch(
    outbound: &Outbound,
    transaction: &Transaction,
    certificate: &Secret,
    now: Timestamp,
) -> Result<Token, TokenError> {
    let body = request(transaction, certificate)?;
    let request = Request::post(transaction.url.clone()).accept("application/json").changes_nothing().json(&body);
    let answer = fetch::asked(outbound, request).await?;
    let unreadable = |detail: String| TokenError::Unavailable(detail);
    let content: TransactionAnswer = answer.json().map_err(|error| unreadable(error.to_string()))?;
    let given = match content.access_token {
        OneOrMore::One(given) => Some(given),
        OneOrMore::More(given) => given.into_iter().next(),
    };
    let given = given.ok_or_else(|| unreadable("no token was given".to_owned()))?;
    fetch::kept(given.value, given.expires_in.or(content.expires_in), now)
}

fn request(transaction: &Transaction, certificate: &Secret) -> Result<Value, TokenError> {
    let key = match &transaction.entity_id {
        Some(entity) => json!(entity),
        None => json!({"proof": "mtls", "cert#S256": thumbprint(certificate)?}),
    };
    let access = json!([{"type": transaction.access_type, "locations": [transaction.location]}]);
    Ok(json!({"access_token": [{"access": access, "flags": ["bearer"]}], "client": {"key": key}}))
}

/// SHA-256 of the first certificate, which is the one that is shown.
fn thumbprint(certificate: &Secret) -> Result<String, TokenError> {
    let unusable = |_| TokenError::KeyUnusable("no certificate in PEM");
    let first = CertificateDer::from_pem_slice(certificate.expose().as_bytes()).map_err(unusable)?;
    Ok(STANDARD.encode(digest(&SHA256, &first)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::routing::post;
    use roster::ManualClock;

    use super::*;
    use crate::client::OutboundSettings;
    use crate::secret::FixedSecrets;
    use crate::tests::server::serve;
    use crate::token::Tokens;

    fn certificate() -> SecretRef {
        SecretRef::Env("CERTIFICATE".into())
    }

    fn transaction(base: &Url, entity_id: Option<&str>) -> Transaction {
        Transaction {
            url: base.join("transaction").unwrap(),
            access_type: "ss12000-client".into(),
            location: "https://reader.example/klient/v1".into(),
            certificate: certificate(),
            entity_id: entity_id.map(str::to_owned),
        }
    }

    fn pem() -> String {
        rcgen::generate_simple_self_signed(["hub.example".to_owned()]).unwrap().cert.pem()
    }

    async fn given(answer: &'static str) -> Result<Secret, TokenError> {
        let base = serve(Router::new().route("/transaction", post(move || async move { answer }))).await;
        let outbound = Outbound::for_base(&OutboundSettings::new("test"), &base).unwrap();
        let secrets = FixedSecrets::new().with(certificate(), pem());
        let clock = ManualClock::at("2026-12-01T09:00:00Z".parse().unwrap());
        let transaction = transaction(&base, Some("https://kommun.example"));
        Tokens::of_transaction(transaction, outbound, Arc::new(secrets), Arc::new(clock)).bearer().await
    }

    #[test]
    fn who_asks_is_the_entity_or_the_certificate() {
        let base: Url = "https://auth.example/".parse().unwrap();
        let certificate = Secret::new(pem());

        let by_name = request(&transaction(&base, Some("https://kommun.example")), &certificate).unwrap();
        let by_certificate = request(&transaction(&base, None), &certificate).unwrap();

        assert_eq!(
            by_name.to_string(),
            r#"{"access_token":[{"access":[{"locations":["https://reader.example/klient/v1"],"type":"ss12000-client"}],"flags":["bearer"]}],"client":{"key":"https://kommun.example"}}"#
        );
        let thumbprint = by_certificate["client"]["key"]["cert#S256"].as_str().unwrap();
        assert_eq!((by_certificate["client"]["key"]["proof"].as_str(), thumbprint.len()), (Some("mtls"), 44));
    }

    #[tokio::test]
    async fn one_token_or_a_list_of_one_is_a_token() {
        let one = given(r#"{"access_token":{"value":"abc","expires_in":864000}}"#).await.unwrap();
        let list = given(r#"{"access_token":[{"value":"abc"}],"expires_in":864000}"#).await.unwrap();

        assert_eq!((one.expose(), list.expose()), ("abc", "abc"));
    }

    #[tokio::test]
    async fn an_answer_without_a_token_passes() {
        for answer in [r#"{"access_token":[]}"#, r#"{"continue":{}}"#, r#"{"access_token":{"value":""}}"#] {
            assert_eq!(given(answer).await.unwrap_err().code(), "token.unavailable", "{answer}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_told_without_it() {
        let base: Url = "https://auth.example/".parse().unwrap();

        let error = request(&transaction(&base, None), &Secret::new("hunter2")).unwrap_err();

        assert_eq!((error.code(), error.to_string().contains("hunter2")), ("token.key_unusable", false));
    }
}
