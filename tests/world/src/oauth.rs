//! OAuth 2 client credentials, as registers and Skolon use them: form body or HTTP Basic.

use crate::lock;
use crate::moods::TokenExpiresNow;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// A client's id and secret.
#[derive(Clone)]
pub struct Credentials {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: String,
}

/// Issues and checks bearer tokens.
#[derive(Clone)]
pub(crate) struct TokenOffice {
    credentials: Credentials,
    lifetime: Duration,
    inner: Arc<Mutex<Issued>>,
}

#[derive(Default)]
struct Issued {
    valid: HashMap<String, Instant>,
    count: u64,
}

impl TokenOffice {
    pub(crate) fn new(credentials: Credentials, lifetime: Duration) -> Self {
        Self { credentials, lifetime, inner: Arc::default() }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// All tokens stop working.
    pub(crate) fn revoke_all(&self) {
        lock(&self.inner).valid.clear();
    }

    /// How many tokens were issued.
    pub(crate) fn issued(&self) -> u64 {
        lock(&self.inner).count
    }

    /// Answers a token request.
    pub(crate) fn token(&self, headers: &HeaderMap, form: &[(String, String)]) -> Response {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
        if field("grant_type") != Some("client_credentials") {
            return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type");
        }
        let pair = |id, secret| format!("{id}:{secret}");
        let presented = basic(headers).or_else(|| Some(pair(field("client_id")?, field("client_secret")?)));
        let expected = pair(&self.credentials.client_id, &self.credentials.client_secret);
        if presented.as_deref() != Some(expected.as_str()) {
            return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        let token = self.issue();
        axum::Json(json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.lifetime.as_secs(),
        }))
        .into_response()
    }

    fn issue(&self) -> String {
        let mut inner = lock(&self.inner);
        inner.count += 1;
        let token = format!("{}-token-{}", self.credentials.client_id, inner.count);
        inner.valid.insert(token.clone(), Instant::now() + self.lifetime);
        token
    }

    /// Whether the request carries a token that is valid still.
    pub(crate) fn admits(&self, headers: &HeaderMap, extensions: &Extensions) -> bool {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) else {
            return false;
        };
        let mut inner = lock(&self.inner);
        if extensions.get::<TokenExpiresNow>().is_some() {
            inner.valid.remove(token);
        }
        inner.valid.get(token).is_some_and(|until| Instant::now() < *until)
    }
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, axum::Json(json!({"error": error}))).into_response()
}

/// The `id:secret` of HTTP Basic.
fn basic(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let bytes = base64(value.strip_prefix("Basic ")?)?;
    String::from_utf8(bytes).ok()
}

/// Decodes standard base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut bytes) = (0u32, 0u32, Vec::new());
    for letter in text.bytes().filter(|b| *b != b'=') {
        let value = LETTERS.iter().position(|l| *l == letter)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn basic_credentials_are_decoded() {
        assert_eq!(base64("aWQ6c2VjcmV0").as_deref(), Some(&b"id:secret"[..]));
    }
}
