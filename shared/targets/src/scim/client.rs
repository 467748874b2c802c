//! Requests to the receiver.

use std::sync::Arc;

use jiff::Timestamp;
use outbound::{
    Answer, CallError, Outbound, OutboundSettings, Request, SecretError, SecretRef, Secrets, TokenError, Tokens, Url,
};
use roster::Clock;
use rules::object::ObjectKind;
use serde_json::Value;
use tokio::sync::Mutex;

use super::capabilities::{Capabilities, Supported};
use super::change::quoted;
use super::config::{Proof, ScimConfig};
use crate::registry::{ConfigProblem, TargetContext};
use crate::scim_protocol::{ACCEPTED, MEDIA_TYPE, UnusableIdentity, url};

/// How long it is believed what a receiver says that it can, in seconds.
const BELIEVED_FOR: i64 = 3_600;

/// The receiver's endpoints.
#[derive(Debug)]
pub(super) struct Client {
    outbound: Outbound,
    base: Url,
    credential: Credential,
    clock: Arc<dyn Clock>,
    patch: Option<bool>,
    capabilities: Mutex<Option<(Timestamp, Capabilities)>>,
}

#[derive(Debug)]
enum Credential {
    Bearer(Box<Tokens>),
    Basic { user: String, password: SecretRef, secrets: Arc<dyn Secrets> },
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// The call failed.
    Call(CallError),
    /// No token could be had.
    Token(TokenError),
    /// The identity cannot be part of a path.
    Identity,
    /// The answer to a question is another than the protocol has there.
    Answer(Box<Answer>),
}

impl From<SecretError> for Fault {
    fn from(error: SecretError) -> Self {
        Self::Token(TokenError::Secret(error))
    }
}

impl Client {
    pub(super) fn new(config: &ScimConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(&context.user_agent)
        };
        let wrong = |error: CallError| ConfigProblem::with("base_url", error.to_string());
        let base = config.base()?;
        let outbound = Outbound::for_base(&settings, &base).map_err(wrong)?;
        outbound.check(&base).map_err(wrong)?;
        let outbound = if context.dry_run { outbound.dry_run() } else { outbound };
        let secrets = Arc::clone(&context.secrets);
        let credential = match config.proof()? {
            Proof::Bearer(credentials) => {
                let tokens = Tokens::new(credentials, outbound.clone(), secrets, Arc::clone(&context.clock));
                Credential::Bearer(Box::new(tokens))
            }
            Proof::Basic { user, password } => Credential::Basic { user, password, secrets },
        };
        let (clock, patch) = (Arc::clone(&context.clock), config.patch);
        Ok(Self { outbound, base, credential, clock, patch, capabilities: Mutex::default() })
    }

    /// What the receiver can. One that has no such endpoint is taken to be able to no more than it must.
    pub(super) async fn capabilities(&self) -> Result<Capabilities, Fault> {
        let mut kept = self.capabilities.lock().await;
        let now = self.now();
        if let Some((_, known)) = kept.filter(|(since, _)| now.as_second() - since.as_second() < BELIEVED_FOR) {
            return Ok(known);
        }
        let answer = self.send("ServiceProviderConfig", None, Request::get).await?;
        let mut told: Capabilities = match answer.status {
            200..=299 => answer.json().map_err(|_| Fault::Answer(Box::new(answer)))?,
            404 | 405 | 501 => Capabilities::default(),
            _ => return Err(Fault::Answer(Box::new(answer))),
        };
        if let Some(supported) = self.patch {
            told.patch = Supported { supported };
        }
        *kept = Some((now, told));
        Ok(told)
    }

    /// `POST /{Kind}`.
    pub(super) async fn create(&self, kind: &ObjectKind, body: &Value) -> Result<Answer, Fault> {
        self.send(kind.as_str(), None, |url| Request::post(url).json_as(MEDIA_TYPE, body)).await
    }

    /// `GET /{Kind}/{id}`.
    pub(super) async fn get(&self, kind: &ObjectKind, id: &str) -> Result<Answer, Fault> {
        self.send(kind.as_str(), Some(id), Request::get).await
    }

    /// `PATCH /{Kind}/{id}`.
    pub(super) async fn patch(&self, kind: &ObjectKind, id: &str, body: &Value) -> Result<Answer, Fault> {
        self.send(kind.as_str(), Some(id), |url| Request::patch(url).json_as(MEDIA_TYPE, body)).await
    }

    /// `PUT /{Kind}/{id}`, if it still is the given version.
    pub(super) async fn put(
        &self,
        kind: &ObjectKind,
        id: &str,
        body: &Value,
        version: Option<&str>,
    ) -> Result<Answer, Fault> {
        let put = |url| {
            let request = Request::put(url).json_as(MEDIA_TYPE, body);
            match version {
                Some(version) => request.header("if-match", version),
                None => request,
            }
        };
        self.send(kind.as_str(), Some(id), put).await
    }

    /// `DELETE /{Kind}/{id}`.
    pub(super) async fn delete(&self, kind: &ObjectKind, id: &str) -> Result<Answer, Fault> {
        self.send(kind.as_str(), Some(id), Request::delete).await
    }

    /// `GET /{Kind}?filter=externalId eq "…"`.
    pub(super) async fn find(&self, kind: &ObjectKind, external: &str) -> Result<Answer, Fault> {
        let filter = format!("externalId eq {}", quoted(external));
        self.send(kind.as_str(), None, |url| Request::get(url).query("filter", &filter)).await
    }

    /// `GET /{Kind}?startIndex=…&count=…` (RFC 7644 §3.4.2.4; the index is from 1).
    pub(super) async fn list(&self, kind: &ObjectKind, start: usize, count: usize) -> Result<Answer, Fault> {
        let (start, count) = (start.to_string(), count.to_string());
        self.send(kind.as_str(), None, |url| Request::get(url).query("startIndex", &start).query("count", &count)).await
    }

    /// The time by which the target's `Retry-After` is judged.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn send(&self, kind: &str, id: Option<&str>, request: impl FnOnce(Url) -> Request) -> Result<Answer, Fault> {
        let url = url(self.base.clone(), kind, id).map_err(|UnusableIdentity| Fault::Identity)?;
        let request = request(url).accept(ACCEPTED);
        let request = match &self.credential {
            Credential::Bearer(tokens) => request.bearer(tokens.bearer().await.map_err(Fault::Token)?),
            Credential::Basic { user, password, secrets } => request.basic(user, secrets.resolve(password).await?),
        };
        let answer = self.outbound.send(request).await.map_err(Fault::Call)?;
        if answer.status == 401
            && let Credential::Bearer(tokens) = &self.credential
        {
            tokens.forget().await;
        }
        Ok(answer)
    }
}
