//! Posting, signed.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use outbound::{
    Answer, CallError, Outbound, OutboundSettings, Request, SecretError, SecretRef, Secrets, SigningKey, Url,
};
use roster::Clock;

use super::config::WebhookConfig;
use super::event::Event;
use crate::registry::{ConfigProblem, TargetContext};

/// How long an answer may take (Standard Webhooks: 15 to 30 s).
const PATIENCE: Duration = Duration::from_secs(20);

/// The receiver's endpoint.
#[derive(Debug)]
pub(super) struct Sender {
    outbound: Outbound,
    url: Url,
    keys: Vec<SecretRef>,
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// The call failed.
    Call(CallError),
    /// A key could not be had. Unsigned by one of them, a receiver that has only that one would refuse the event.
    Secret(SecretError),
    /// A key is too short, or no base64.
    Key,
}

impl Sender {
    pub(super) fn new(config: &WebhookConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(&context.user_agent)
        };
        let wrong = |error: CallError| ConfigProblem::with("url", error.to_string());
        let url = config.address()?;
        let outbound = Outbound::for_base(&settings, &url).map_err(wrong)?;
        outbound.check(&url).map_err(wrong)?;
        let outbound = if context.dry_run { outbound.dry_run() } else { outbound };
        let (secrets, clock) = (Arc::clone(&context.secrets), Arc::clone(&context.clock));
        Ok(Self { outbound, url, keys: config.secrets.clone(), secrets, clock })
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Posts an event. Each try is signed with its own time.
    pub(super) async fn post(&self, event: Event) -> Result<Answer, Fault> {
        let timestamp = self.now().as_second().to_string();
        let signature = self.signature(&event, &timestamp).await?;
        let request = Request::post(self.url.clone())
            .timeout(PATIENCE)
            .header("webhook-id", &event.id)
            .header("webhook-timestamp", &timestamp)
            .header("webhook-signature", &signature)
            .bytes("application/json", event.body);
        self.outbound.send(request).await.map_err(Fault::Call)
    }

    /// One signature by each key, parted by spaces.
    async fn signature(&self, event: &Event, timestamp: &str) -> Result<String, Fault> {
        let content = [event.id.as_bytes(), b".", timestamp.as_bytes(), b".", &event.body];
        let mut signatures = Vec::new();
        for reference in &self.keys {
            let secret = self.secrets.resolve(reference).await.map_err(Fault::Secret)?;
            let key = SigningKey::of(&secret).ok_or(Fault::Key)?;
            signatures.push(key.sign(&content));
        }
        Ok(signatures.join(" "))
    }
}
