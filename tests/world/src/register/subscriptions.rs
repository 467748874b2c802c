//! `/subscriptions` and the callbacks they lead to (SS 12000 2.1.0; the callback's key
//! `modifiedEntites` is misspelt in the standard).

use super::RegisterServer;
use crate::lock;
use crate::truth::Touched;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Somebody who wants to be told of changes.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Identity.
    pub id: Uuid,
    /// Name given by the subscriber.
    pub name: String,
    /// URL posted to.
    pub target: String,
    /// `EndPointsEnum` names.
    pub resources: Vec<String>,
    /// No callbacks after this.
    pub expires: Timestamp,
}

pub(super) type Subscriptions = BTreeMap<Uuid, Subscription>;

impl Subscription {
    fn render(&self) -> Value {
        let types: Vec<Value> = self.resources.iter().map(|name| json!({"resource": name})).collect();
        json!({
            "id": self.id,
            "expires": self.expires.to_string(),
            "name": self.name,
            "target": self.target,
            "resourceTypes": types,
        })
    }
}

impl RegisterServer {
    /// The subscriptions that have not expired.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        let now = self.with_truth(|truth| truth.time.now());
        let all = lock(&self.subscriptions);
        all.values().filter(|s| s.expires > now).cloned().collect()
    }

    /// Tells every subscriber about the types it asked for.
    pub(super) async fn ring(&self, touched: &Touched) {
        for subscription in self.subscriptions() {
            let wanted = |name: &&str| subscription.resources.iter().any(|r| r == name);
            let names: Vec<&str> = touched.modified.iter().map(|r| r.name()).filter(wanted).collect();
            if !names.is_empty() || touched.deleted {
                let notice = json!({"modifiedEntites": names, "deletedEntities": touched.deleted});
                self.doorbell.ring(&subscription.target, notice).await;
            }
        }
    }

    /// Rings the doorbells held back by the mood for reordering.
    pub async fn release_doorbells(&self) {
        self.doorbell.release().await;
    }

    pub(super) fn subscribe(&self, body: &Value) -> Result<Value, String> {
        let text = |key: &str| body[key].as_str().map(str::to_owned).ok_or(format!("{key} is missing"));
        let types = body["resourceTypes"].as_array().ok_or("resourceTypes is missing")?;
        let named = |entry: &Value| entry["resource"].as_str().map(str::to_owned);
        let resources: Option<Vec<String>> = types.iter().map(named).collect();
        let resources = resources.ok_or("resourceTypes holds objects with resource")?;
        if let Some(refused) = resources.iter().find(|it| !self.options().vendor.rings_for(it)) {
            return Err(format!("{refused} cannot be subscribed to"));
        }
        let subscription = Subscription {
            id: self.alter_truth(|truth| truth.new_id()),
            name: text("name")?,
            target: text("target")?,
            resources,
            expires: self.new_expiry(),
        };
        let answer = subscription.render();
        lock(&self.subscriptions).insert(subscription.id, subscription);
        Ok(answer)
    }

    pub(super) fn list_subscriptions(&self) -> Value {
        let all: Vec<Value> = self.subscriptions().iter().map(Subscription::render).collect();
        json!({"data": all, "pageToken": null})
    }

    pub(super) fn subscription(&self, id: Uuid) -> Option<Value> {
        lock(&self.subscriptions).get(&id).map(Subscription::render)
    }

    pub(super) fn extend_subscription(&self, id: Uuid) -> Option<Value> {
        let expires = self.new_expiry();
        let mut all = lock(&self.subscriptions);
        let subscription = all.get_mut(&id)?;
        subscription.expires = expires;
        Some(subscription.render())
    }

    pub(super) fn unsubscribe(&self, id: Uuid) -> bool {
        lock(&self.subscriptions).remove(&id).is_some()
    }

    fn new_expiry(&self) -> Timestamp {
        let lifetime = self.options().subscription_lifetime;
        let lifetime = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        let now = self.with_truth(|truth| truth.time.now());
        now.saturating_add(lifetime).unwrap_or(Timestamp::MAX)
    }
}
