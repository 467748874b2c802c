//! Requests to the portal.

use std::sync::Arc;

use outbound::{Answer, CallError, Credentials, Outbound, OutboundSettings, Request, TokenError, Tokens, Url};
use roster::Clock;
use rules::object::ObjectKind;
use serde_json::Value;

use super::config::{GleerupsConfig, MediaType};
use crate::registry::{ConfigProblem, TargetContext};

/// The portal's endpoints.
#[derive(Debug)]
pub(super) struct Client {
    outbound: Outbound,
    base: Url,
    /// The key, kept after it was first fetched and until it is refused.
    key: Tokens,
    clock: Arc<dyn Clock>,
    media_type: MediaType,
    put_to_collection: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// The call failed.
    Call(CallError),
    /// The key could not be had.
    Key(TokenError),
    /// The identity cannot be part of a path.
    Identity,
}

impl Client {
    pub(super) fn new(config: &GleerupsConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let base = config.base()?;
        let wrong = |error: CallError| ConfigProblem::with("base_url", error.to_string());
        let settings = OutboundSettings {
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(&context.user_agent)
        };
        let outbound = Outbound::for_base(&settings, &base).map_err(wrong)?;
        outbound.check(&base).map_err(wrong)?;
        let outbound = if context.dry_run { outbound.dry_run() } else { outbound };
        let key = Tokens::new(
            Credentials::Static(config.api_key.clone()),
            outbound.clone(),
            Arc::clone(&context.secrets),
            Arc::clone(&context.clock),
        );
        let clock = Arc::clone(&context.clock);
        let (media_type, put_to_collection) = (config.media_type, config.put_to_collection);
        Ok(Self { outbound, base, key, clock, media_type, put_to_collection })
    }

    /// `POST /{Kind}`.
    pub(super) async fn create(&self, kind: &ObjectKind, body: &Value) -> Result<Answer, Fault> {
        let request = Request::post(self.url(kind, None)?).json_as(self.media_type.as_str(), body);
        self.send(request).await
    }

    /// `PUT /{Kind}/{id}`, or `PUT /{Kind}` with the identity in the body: `id` where it is not `externalId`.
    pub(super) async fn replace(&self, kind: &ObjectKind, id: &str, body: &Value) -> Result<Answer, Fault> {
        if !self.put_to_collection {
            let request = Request::put(self.url(kind, Some(id))?).json_as(self.media_type.as_str(), body);
            return self.send(request).await;
        }
        let mut body = body.clone();
        if let Value::Object(fields) = &mut body
            && fields.get("externalId").and_then(Value::as_str) != Some(id)
        {
            fields.insert("id".to_owned(), id.into());
        }
        let request = Request::put(self.url(kind, None)?).json_as(self.media_type.as_str(), &body);
        self.send(request).await
    }

    /// `DELETE /{Kind}/{id}`.
    pub(super) async fn delete(&self, kind: &ObjectKind, id: &str) -> Result<Answer, Fault> {
        self.send(Request::delete(self.url(kind, Some(id))?)).await
    }

    /// `GET /{Kind}?startIndex=…&count=…` (RFC 7644 §3.4.2.4; the index is from 1).
    pub(super) async fn list(&self, kind: &ObjectKind, start: usize, count: usize) -> Result<Answer, Fault> {
        let request = Request::get(self.url(kind, None)?)
            .query("startIndex", &start.to_string())
            .query("count", &count.to_string());
        self.send(request).await
    }

    /// The time by which the target's `Retry-After` is judged.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    async fn send(&self, request: Request) -> Result<Answer, Fault> {
        let key = self.key.bearer().await.map_err(Fault::Key)?;
        let request = request.api_key("X-API-Key", key).accept("application/scim+json, application/json;q=0.9");
        let answer = self.outbound.send(request).await.map_err(Fault::Call)?;
        if matches!(answer.status, 401 | 403) {
            // It may have been changed where it is kept.
            self.key.forget().await;
        }
        Ok(answer)
    }

    /// A path below the base, percent-encoded. Empty and dotted segments would name another resource.
    fn url(&self, kind: &ObjectKind, id: Option<&str>) -> Result<Url, Fault> {
        if id.is_some_and(|id| matches!(id, "" | "." | "..")) {
            return Err(Fault::Identity);
        }
        let mut url = self.base.clone();
        let mut segments = url.path_segments_mut().map_err(|()| Fault::Identity)?;
        segments.pop_if_empty().push(kind.as_str()).extend(id);
        drop(segments);
        Ok(url)
    }
}
