//! Tokens of those who come here, issued by an authorisation server that both sides trust: a JWT (RFC 7519) signed with
//! ES256 by a key that the server publishes (JWKS, RFC 7517).
//!
//! Keys are kept for a day, and asked for again when a token names one that is not known – once a minute at most, since
//! anybody can make up names. Keys that cannot be had leave those known before in force.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use roster::Clock;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::client::{Outbound, OutboundSettings};
use crate::error::CallError;
use crate::federation::FederationKey;
use crate::request::Request;

/// The longest token that is looked at.
const LONGEST_TOKEN: usize = 8 * 1024;

/// The largest set of keys that is read.
const MOST_KEYS: usize = 64 * 1024;

/// How long keys are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// How soon keys are asked for again.
const ASK_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// How far the server's clock may be from ours.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Whose tokens are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// Where the server publishes its keys.
    pub jwks_url: Url,
    /// `iss`.
    pub issuer: String,
    /// `aud`: the token must be meant for this one.
    pub audience: String,
}

/// An authorisation server whose tokens are believed.
#[derive(Debug)]
pub struct Issuer {
    settings: IssuerSettings,
    outbound: Outbound,
    clock: Arc<dyn Clock>,
    keys: Mutex<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    known: Vec<FederationKey>,
    asked_at: Option<Timestamp>,
    had_at: Option<Timestamp>,
}

/// A token is not believed. Never repeats it.
#[derive(Debug, thiserror::Error)]
pub enum IssuedError {
    /// It is no token of that server, not for us, or not valid now.
    #[error("issued.refused: {0}")]
    Refused(&'static str),
    /// The server's keys could not be had.
    #[error("issued.keys_unavailable: {0}")]
    NoKeys(String),
}

impl IssuedError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "issued.refused",
            Self::NoKeys(_) => "issued.keys_unavailable",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    /// What a reader must understand (RFC 7515 §4.1.11): nothing of that kind is understood.
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// Of a published key only what is needed; keys of other kinds are left out.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    y: String,
}

impl Issuer {
    /// A server of these settings. No key is asked for yet.
    ///
    /// # Errors
    /// As [`Outbound::new`], and when the keys' address may not be called.
    pub fn new(issuer: IssuerSettings, settings: &OutboundSettings, clock: Arc<dyn Clock>) -> Result<Self, CallError> {
        let settings = OutboundSettings { max_body: MOST_KEYS, ..settings.clone() };
        let outbound = Outbound::for_base(&settings, &issuer.jwks_url)?;
        outbound.check(&issuer.jwks_url)?;
        Ok(Self { settings: issuer, outbound, clock, keys: Mutex::default() })
    }

    /// What a token says, once it is known to be the server's, for us, and valid now.
    ///
    /// # Errors
    /// [`IssuedError`].
    pub async fn claims(&self, token: &str) -> Result<Value, IssuedError> {
        let refused = IssuedError::Refused;
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused("it is no JWT"));
        };
        let known: Header = decoded(header).filter(|_| token.len() <= LONGEST_TOKEN).ok_or(refused("it is no JWT"))?;
        if known.alg != "ES256" || known.crit.is_some() {
            return Err(refused("it is not signed with ES256"));
        }
        let message = format!("{header}.{payload}");
        let keys = self.keys(&known.kid).await?;
        if !keys.iter().any(|key| key.kid == known.kid && key.verifies(message.as_bytes(), signature)) {
            return Err(refused("no published key has signed it"));
        }
        let claims: Value = decoded(payload).ok_or(refused("it says nothing that can be read"))?;
        self.judge(&claims).map_err(refused)?;
        Ok(claims)
    }

    fn judge(&self, claims: &Value) -> Result<(), &'static str> {
        if claims["iss"].as_str() != Some(&self.settings.issuer) {
            return Err("another server has issued it");
        }
        let is_us = |it: &Value| it.as_str() == Some(&self.settings.audience);
        if !is_us(&claims["aud"]) && !claims["aud"].as_array().is_some_and(|all| all.iter().any(is_us)) {
            return Err("it is not for us");
        }
        let now = self.clock.now();
        let instant = |name: &str| claims[name].as_f64().and_then(|it| Timestamp::from_second(it as i64).ok());
        if instant("exp").is_none_or(|expires| shifted(expires, SKEW) <= now) {
            return Err("it has expired");
        }
        if claims.get("nbf").is_some() && instant("nbf").is_none_or(|begins| begins > shifted(now, SKEW)) {
            return Err("it is not valid yet");
        }
        Ok(())
    }

    /// The keys, asked for anew where they are old, or lack one of that name.
    async fn keys(&self, kid: &str) -> Result<Vec<FederationKey>, IssuedError> {
        let mut keys = self.keys.lock().await;
        let now = self.clock.now();
        let is_old = keys.had_at.is_none_or(|at| shifted(at, KEPT) <= now);
        let is_wanting = is_old || !keys.known.iter().any(|it| it.kid == kid);
        if is_wanting && keys.asked_at.is_none_or(|at| shifted(at, ASK_AGAIN) <= now) {
            keys.asked_at = Some(now);
            match self.fetch().await {
                Ok(known) => (keys.known, keys.had_at) = (known, Some(now)),
                Err(detail) if keys.known.is_empty() => return Err(IssuedError::NoKeys(detail)),
                Err(detail) => tracing::warn!(code = "issued.keys_unavailable", detail, "The last keys are in force."),
            }
        }
        if keys.known.is_empty() {
            return Err(IssuedError::NoKeys("they could not be had a moment ago".to_owned()));
        }
        Ok(keys.known.clone())
    }

    async fn fetch(&self) -> Result<Vec<FederationKey>, String> {
        let request = Request::get(self.settings.jwks_url.clone()).accept("application/json");
        let answer = self.outbound.send(request).await.map_err(|error| error.to_string())?;
        if !answer.is_success() {
            return Err(format!("HTTP {}", answer.status));
        }
        let published: Published = answer.json().map_err(|error| error.to_string())?;
        let usable = published.keys.into_iter().filter_map(|it| serde_json::from_value::<Jwk>(it).ok());
        let of_the_curve = usable.filter(|it| it.kty == "EC" && it.crv == "P-256");
        let keys = of_the_curve.map(|it| FederationKey { kid: it.kid, x: it.x, y: it.y });
        let keys: Vec<FederationKey> = keys.filter(FederationKey::is_usable).collect();
        if keys.is_empty() { Err("there is no key that could be used".to_owned()) } else { Ok(keys) }
    }
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn shifted(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
