//! The token endpoint (`POST /token`): a service account speaks for a user of the domain.

use super::jwt::Assertion;
use super::store::Store;
use super::tokens::Grant;
use super::{Delegation, GoogleOptions, GoogleServer};
use crate::lock;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest that an assertion may be valid, in seconds.
const LONGEST: i64 = 3_600;

/// An error of the token endpoint (RFC 6749, 5.2).
struct LoginRefusal {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

fn refused(error: &'static str, description: &'static str) -> LoginRefusal {
    // Who has no rights is answered 401, whatever else is wrong 400.
    let status = if error == "unauthorized_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    LoginRefusal { status, error, description }
}

impl GoogleServer {
    /// Answers a token request.
    pub(super) fn login(&self, form: &[(String, String)]) -> Response {
        match self.token_for(form) {
            Ok((token, expires_in)) => axum::Json(json!({
                "access_token": token, "expires_in": expires_in, "token_type": "Bearer",
            }))
            .into_response(),
            Err(LoginRefusal { status, error, description }) => {
                (status, axum::Json(json!({"error": error, "error_description": description}))).into_response()
            }
        }
    }

    fn token_for(&self, form: &[(String, String)]) -> Result<(String, i64), LoginRefusal> {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if field("grant_type") != Some(JWT_BEARER) {
            return Err(refused("unsupported_grant_type", "Invalid grant_type"));
        }
        let assertion = field("assertion").and_then(Assertion::read);
        let assertion = assertion.ok_or_else(|| refused("invalid_grant", "Invalid JWT"))?;
        let options = self.options();
        let now = options.time.now();
        let delegation = signer(&options, &assertion)?;
        self.check_claims(&options, &assertion, now)?;
        let mut store = lock(&self.store);
        let user_id = user(&store, &assertion)?;
        let scopes = scopes(delegation, &assertion)?;
        let expires = now.saturating_add(options.token_lifetime).unwrap_or(Timestamp::MAX);
        let grant = Grant { project: delegation.account.project.clone(), user_id, scopes, expires };
        Ok((issue(&mut store, &options, grant), options.token_lifetime.as_secs() - 1))
    }

    fn check_claims(
        &self,
        options: &GoogleOptions,
        assertion: &Assertion<'_>,
        now: Timestamp,
    ) -> Result<(), LoginRefusal> {
        let real = format!("https://{}/token", Self::LOGIN);
        if assertion.text("aud").is_none_or(|it| it != real && it != self.token_url()) {
            return Err(refused("invalid_grant", "Invalid JWT: Failed audience check."));
        }
        let (issued, expires) = (assertion.seconds("iat"), assertion.seconds("exp"));
        let leeway = options.clock_leeway.as_secs();
        let now = now.as_second();
        let is_timely = |issued: i64, expires: i64| {
            issued <= now.saturating_add(leeway) && expires > now && expires.saturating_sub(issued) <= LONGEST
        };
        match issued.zip(expires) {
            Some((issued, expires)) if is_timely(issued, expires) => Ok(()),
            _ => Err(refused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
            )),
        }
    }

    /// A token as the token endpoint would give it, in the name of a user, with every scope that was delegated to the
    /// first service account.
    pub fn token_of(&self, user: &str) -> String {
        let options = self.options();
        let mut store = lock(&self.store);
        let delegation = options.delegations.first();
        let grant = Grant {
            project: delegation.map(|it| it.account.project.clone()).unwrap_or_default(),
            user_id: store.user_id(user).unwrap_or_default(),
            scopes: delegation.map(|it| it.scopes.iter().cloned().collect()).unwrap_or_default(),
            expires: options.time.now().saturating_add(options.token_lifetime).unwrap_or(Timestamp::MAX),
        };
        issue(&mut store, &options, grant)
    }

    /// All tokens stop working.
    pub fn revoke_tokens(&self) {
        lock(&self.store).tokens.revoke_all();
    }
}

fn issue(store: &mut Store, options: &GoogleOptions, grant: Grant) -> String {
    let token = format!("ya29.invented-{}-{}", options.seed, store.next());
    store.counters.tokens += 1;
    store.tokens.issue(token.clone(), grant);
    token
}

/// The account that an assertion names, and that has signed it.
fn signer<'a>(options: &'a GoogleOptions, assertion: &Assertion<'_>) -> Result<&'a Delegation, LoginRefusal> {
    let issuer = assertion.text("iss");
    let known = options.delegations.iter().find(|it| Some(it.account.email.as_str()) == issuer);
    let known = known.ok_or_else(|| refused("invalid_grant", "Invalid grant: account not found"))?;
    let is_right = assertion.is_signed_by(&known.account);
    is_right.then_some(known).ok_or_else(|| refused("invalid_grant", "Invalid JWT Signature."))
}

/// The id of the user in whose name the account comes.
fn user(store: &Store, assertion: &Assertion<'_>) -> Result<String, LoginRefusal> {
    let id = assertion.text("sub").and_then(|it| store.user_id(it));
    let user = id.and_then(|id| store.state.users.get(&id)).filter(|it| !it.suspended);
    user.map(|it| it.id.clone()).ok_or_else(|| refused("invalid_grant", "Invalid email or User ID"))
}

/// The scopes asked for: all must have been delegated.
fn scopes(delegation: &Delegation, assertion: &Assertion<'_>) -> Result<BTreeSet<String>, LoginRefusal> {
    let asked: BTreeSet<String> =
        assertion.text("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if asked.is_empty() {
        return Err(refused("invalid_scope", "Invalid OAuth scope or ID token audience provided."));
    }
    if asked.iter().any(|it| !delegation.scopes.contains(it)) {
        let why = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for \
                   any of the scopes requested.";
        return Err(refused("unauthorized_client", why));
    }
    Ok(asked)
}
