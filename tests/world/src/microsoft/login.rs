//! `POST /{tenant}/oauth2/v2.0/token`, and who may ask.

use super::MicrosoftOptions;
use crate::lock;
use crate::oauth::{Credentials, TokenOffice};
use crate::time::Time;
use axum::body::{Body, to_bytes};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const WHOLE_BODY: usize = usize::MAX;

/// Issues tokens that end by the service's own clock.
#[derive(Clone)]
pub(super) struct Login {
    office: TokenOffice,
    lifetime: SignedDuration,
    time: Time,
    ends: Arc<Mutex<HashMap<String, Timestamp>>>,
}

impl Login {
    pub(super) fn new(options: &MicrosoftOptions) -> Self {
        let credentials =
            Credentials { client_id: options.client_id.clone(), client_secret: options.client_secret.clone() };
        Self {
            office: TokenOffice::new(credentials, options.token_lifetime),
            lifetime: SignedDuration::try_from(options.token_lifetime).unwrap_or(SignedDuration::MAX),
            time: options.time.clone(),
            ends: Arc::default(),
        }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        self.office.credentials()
    }

    pub(super) fn revoke_all(&self) {
        self.office.revoke_all();
    }

    pub(super) fn issued(&self) -> u64 {
        self.office.issued()
    }

    /// Answers a request for a token of this tenant and one of these scopes.
    pub(super) async fn token(&self, headers: &HeaderMap, form: &[(String, String)], scopes: &[String]) -> Response {
        let scope = form.iter().find(|(name, _)| name == "scope").map(|(_, value)| value);
        if !scope.is_some_and(|scope| scopes.contains(scope)) {
            return refused("invalid_scope", 70_011);
        }
        let (head, body) = self.office.token(headers, form).into_parts();
        let bytes = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
        let given: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if let Some(token) = given.get("access_token").and_then(Value::as_str) {
            let end = self.time.now().saturating_add(self.lifetime).unwrap_or(Timestamp::MAX);
            lock(&self.ends).insert(token.to_owned(), end);
        }
        Response::from_parts(head, Body::from(bytes))
    }

    /// Whether the request carries a token that is valid still.
    pub(super) fn admits(&self, headers: &HeaderMap, extensions: &Extensions) -> bool {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = sent.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let lasts = lock(&self.ends).get(token).is_some_and(|end| self.time.now() < *end);
        self.office.admits(headers, extensions) && lasts
    }
}

/// A refusal in the login's shape.
pub(super) fn refused(error: &str, code: u32) -> Response {
    let body = json!({"error": error, "error_description": format!("AADSTS{code}: refused"), "error_codes": [code]});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}
