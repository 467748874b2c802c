//! A service account that acts for an administrator: it signs a JWT, and is given a token for it (RFC 7523 §2.1), as
//! Google has it: RS256, for at most an hour, with the administrator in `sub` and the scopes in `scope`.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Token, TokenError, fetch};
use crate::client::Outbound;
use crate::request::Request;
use crate::secret::{Secret, SecretRef};

/// Where tokens are had when the key file does not say.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// The grant (RFC 7523 §8.1).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long an assertion is valid, in seconds: the longest that Google takes.
const VALID_FOR: i64 = 3_600;

/// A service account with domain-wide delegation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Where the content of its key file (JSON) is kept.
    pub key: SecretRef,
    /// The administrator that it acts for: an e-mail address.
    pub subject: String,
    /// What it asks for.
    pub scopes: Vec<String>,
    /// The token endpoint, where it is not the one that the key file names.
    pub token_url: Option<String>,
}

/// What is needed of a key file. Holds the key: not printable.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: Option<String>,
    #[serde(default)]
    token_uri: Option<String>,
}

pub(super) async fn fetch(
    outbound: &Outbound,
    account: &ServiceAccount,
    key: &Secret,
    now: Timestamp,
) -> Result<Token, TokenError> {
    fetch::exchange(outbound, request(account, key, now)?, now).await
}

fn request(account: &ServiceAccount, key: &Secret, now: Timestamp) -> Result<Request, TokenError> {
    // What is wrong with it is not passed on: it may repeat the key.
    let file: KeyFile =
        serde_json::from_str(key.expose()).map_err(|_| TokenError::KeyUnusable("no key file of a service account"))?;
    let issued_for = file.token_uri.as_deref().unwrap_or(TOKEN_URI);
    let url = account.token_url.as_deref().unwrap_or(issued_for);
    let url = url.parse().map_err(|_| TokenError::Refused("the token URL is no URL".to_owned()))?;
    let assertion = signed(&file, &claims(&file.client_email, account, issued_for, now))?;
    let fields = [("grant_type", GRANT), ("assertion", assertion.as_str())];
    Ok(Request::post(url).accept("application/json").changes_nothing().form(&fields))
}

fn header(file: &KeyFile) -> Value {
    match &file.private_key_id {
        Some(id) => json!({ "alg": "RS256", "typ": "JWT", "kid": id }),
        None => json!({ "alg": "RS256", "typ": "JWT" }),
    }
}

fn claims(issuer: &str, account: &ServiceAccount, audience: &str, now: Timestamp) -> Value {
    let issued = now.as_second();
    json!({
        "iss": issuer,
        "sub": account.subject,
        "scope": account.scopes.join(" "),
        "aud": audience,
        "iat": issued,
        "exp": issued.saturating_add(VALID_FOR),
    })
}

/// A JWS in compact serialization (RFC 7515 §7.1).
fn signed(file: &KeyFile, claims: &Value) -> Result<String, TokenError> {
    let unusable = TokenError::KeyUnusable("private_key is no RSA key in PKCS #8 and PEM");
    let der = PrivatePkcs8KeyDer::from_pem_slice(file.private_key.as_bytes()).map_err(|_| unusable.clone())?;
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| unusable.clone())?;
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let content = format!("{}.{}", encode(&header(file)), encode(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), content.as_bytes(), &mut signature).map_err(|_| unusable)?;
    Ok(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests;
