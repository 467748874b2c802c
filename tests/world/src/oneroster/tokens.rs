//! Tokens, and what each may be used for.

use crate::lock;
use crate::oauth::{Credentials, TokenOffice};
use axum::body::{Body, to_bytes};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A token office that knows scopes.
#[derive(Clone)]
pub(super) struct Tokens {
    office: TokenOffice,
    scopes: Arc<Mutex<HashMap<String, BTreeSet<String>>>>,
}

impl Tokens {
    pub(super) fn new(credentials: Credentials, lifetime: Duration) -> Self {
        Self { office: TokenOffice::new(credentials, lifetime), scopes: Arc::default() }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        self.office.credentials()
    }

    pub(super) fn revoke_all(&self) {
        self.office.revoke_all();
    }

    /// Answers a token request, and remembers what the token was asked for.
    pub(super) async fn token(&self, headers: &HeaderMap, form: &[(String, String)]) -> Response {
        let answer = self.office.token(headers, form);
        if answer.status() != StatusCode::OK {
            return answer;
        }
        let (head, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let token: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let asked = form.iter().find(|(name, _)| name == "scope").map(|(_, value)| value.as_str());
        let scopes = asked.unwrap_or_default().split(' ').map(str::to_owned).collect();
        if let Some(token) = token["access_token"].as_str() {
            lock(&self.scopes).insert(token.to_owned(), scopes);
        }
        Response::from_parts(head, Body::from(bytes))
    }

    /// Whether the request carries a token that is valid still.
    pub(super) fn admits(&self, headers: &HeaderMap, extensions: &Extensions) -> bool {
        self.office.admits(headers, extensions)
    }

    /// Whether the token was issued for one of these scopes.
    pub(super) fn reaches(&self, headers: &HeaderMap, scopes: &[String]) -> bool {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        lock(&self.scopes).get(token).is_some_and(|granted| scopes.iter().any(|it| granted.contains(it)))
    }
}
