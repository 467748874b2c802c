//! Subscribing: a source that can ring a doorbell is asked to, and asked again before it stops.

use std::time::Duration;

use rules::delivery::later;
use serde::Deserialize;
use sources::Subscription;
use state::sources::SourceState;

use super::Reading;
use crate::{doorbell, events};

/// How often a doorbell that rings is looked after.
const LOOK_AFTER: Duration = Duration::from_secs(3_600);

/// How often a source that has no doorbell is asked again whether it has one now.
const ASK_AGAIN: Duration = Duration::from_secs(6 * 3_600);

impl Reading<'_> {
    /// Makes sure the doorbell rings. A source that cannot, or fails, is polled all the same.
    pub(super) async fn subscribe(&self, state: &mut SourceState) {
        let now = self.hub.now();
        if state.subscribe_at.is_some_and(|at| at > now) {
            return;
        }
        let Some(doorbell) = self.doorbell().await else { return };
        let current: Option<Subscription> =
            state.subscription.as_ref().and_then(|value| Subscription::deserialize(value).ok());
        match self.source.source.subscribe(current.as_ref(), &doorbell).await {
            Ok(subscription) => state.subscription = subscription.and_then(|it| serde_json::to_value(it).ok()),
            Err(error) => events::read_failed(self.tenant_name(), self.source_name(), &error, 0),
        }
        let pause = if state.subscription.is_some() { LOOK_AFTER } else { ASK_AGAIN };
        state.subscribe_at = Some(later(now, pause));
    }

    /// The address of this source's doorbell, if the hub can be reached and a token is configured.
    async fn doorbell(&self) -> Option<String> {
        let public = self.tenant.config.public_url.as_ref()?;
        let (tenant, source) = (self.tenant_name(), self.source_name());
        match doorbell::route_token(self.hub, &self.source.config).await {
            Ok(token) => Some(doorbell_url(public, tenant, source, token?.expose())),
            Err(error) => {
                tracing::error!(code = error.code(), tenant, source, error = %error, "A doorbell cannot be registered.");
                None
            }
        }
    }
}

/// Where a source rings: `{public}/hooks/{tenant}/{source}/{token}`.
fn doorbell_url(public: &str, tenant: &str, source: &str, token: &str) -> String {
    format!("{}/hooks/{tenant}/{source}/{token}", public.trim_end_matches('/'))
}
