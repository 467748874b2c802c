//! Requests to the portal.

use std::sync::Arc;

use outbound::federation::FederationError;
use outbound::{Answer, CallError, Request, TokenError, Url};
use roster::Clock;
use rules::object::ObjectKind;
use serde_json::Value;

use super::config::{EgilConfig, MediaType};
use super::door::Door;
use crate::registry::{ConfigProblem, TargetContext};
use crate::scim_protocol::{ACCEPTED, UnusableIdentity, url};

/// The portal's endpoints.
#[derive(Debug)]
pub(super) struct Client {
    door: Door,
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
    /// The federation names no way to the receiver.
    Federation(FederationError),
    /// The identity cannot be part of a path.
    Identity,
}

impl Client {
    pub(super) fn new(config: &EgilConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let (media_type, put_to_collection) = (config.media_type, config.put_to_collection);
        Ok(Self { door: Door::new(config, context)?, clock: Arc::clone(&context.clock), media_type, put_to_collection })
    }

    /// `POST /{Kind}`.
    pub(super) async fn create(&self, kind: &ObjectKind, body: &Value) -> Result<Answer, Fault> {
        self.send(kind, None, |url| Request::post(url).json_as(self.media_type.as_str(), body)).await
    }

    /// `PUT /{Kind}/{id}`, or `PUT /{Kind}` with the identity in the body: `id` where it is not `externalId`.
    pub(super) async fn replace(&self, kind: &ObjectKind, id: &str, body: &Value) -> Result<Answer, Fault> {
        if !self.put_to_collection {
            let replacing = |url| Request::put(url).json_as(self.media_type.as_str(), body);
            return self.send(kind, Some(id), replacing).await;
        }
        let mut body = body.clone();
        if let Value::Object(fields) = &mut body
            && fields.get("externalId").and_then(Value::as_str) != Some(id)
        {
            fields.insert("id".to_owned(), id.into());
        }
        self.send(kind, None, |url| Request::put(url).json_as(self.media_type.as_str(), &body)).await
    }

    /// `DELETE /{Kind}/{id}`.
    pub(super) async fn delete(&self, kind: &ObjectKind, id: &str) -> Result<Answer, Fault> {
        self.send(kind, Some(id), Request::delete).await
    }

    /// `GET /{Kind}?startIndex=…&count=…` (RFC 7644 §3.4.2.4; the index is from 1).
    pub(super) async fn list(&self, kind: &ObjectKind, start: usize, count: usize) -> Result<Answer, Fault> {
        let (start, count) = (start.to_string(), count.to_string());
        self.send(kind, None, |url| Request::get(url).query("startIndex", &start).query("count", &count)).await
    }

    /// The time by which the target's `Retry-After` is judged.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    async fn send(
        &self,
        kind: &ObjectKind,
        id: Option<&str>,
        request: impl FnOnce(Url) -> Request,
    ) -> Result<Answer, Fault> {
        let open = self.door.open().await?;
        let url = url(open.base, kind.as_str(), id).map_err(|UnusableIdentity| Fault::Identity)?;
        let request = request(url).accept(ACCEPTED);
        let request = match open.key {
            Some(key) => request.api_key("X-API-Key", key),
            None => request,
        };
        let answer = open.outbound.send(request).await.map_err(Fault::Call)?;
        if matches!(answer.status, 401 | 403) {
            // It may have been changed where it is kept.
            self.door.forget_key().await;
        }
        Ok(answer)
    }
}
