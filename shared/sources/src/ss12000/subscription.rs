//! Asking the provider to ring (`/subscriptions`).

use jiff::{SignedDuration, Timestamp};
use outbound::{Answer, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::classify::{Verdict, verdict};
use super::client::Client;
use super::resource::Resource;
use crate::lenient::{Field, List, Object, Text};
use crate::{SourceError, Subscription};

/// A subscription with less left than this is renewed.
const IN_GOOD_TIME: SignedDuration = SignedDuration::from_hours(48);
/// What is believed of a subscription that does not say when it expires: together with the above, renewed every day.
const UNTOLD_LIFE: SignedDuration = SignedDuration::from_hours(72);

/// One source's subscription.
pub(super) struct Subscriber<'s> {
    pub(super) client: &'s Client,
    /// What the provider shall call it.
    pub(super) name: &'s str,
    pub(super) resources: &'s [Resource],
    /// Where it shall ring.
    pub(super) doorbell: &'s str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    id: Field<Text<'a>>,
    target: Field<Text<'a>>,
    expires: Field<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireList<'a> {
    data: Field<List<Object<Wire<'a>>>>,
}

impl Subscriber<'_> {
    /// Renews, adopts or creates; `None`: the provider has no subscriptions.
    pub(super) async fn ensure(&self, current: Option<&Subscription>) -> Result<Option<Subscription>, SourceError> {
        match current {
            Some(current) if current.doorbell == self.doorbell => self.keep(current).await,
            Some(former) => {
                self.cancel(former).await;
                self.begin().await
            }
            None => self.begin().await,
        }
    }

    async fn keep(&self, current: &Subscription) -> Result<Option<Subscription>, SourceError> {
        if !self.is_due(current) {
            return Ok(Some(current.clone()));
        }
        let answer = self.renewal(&current.id).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(Some(self.read(&answer, Some(&current.id))?)),
            // Gone, or not to be renewed: either way a new one is needed.
            Verdict::Missing | Verdict::NotUnderstood => self.create().await,
            Verdict::Failed => Err(self.client.failure(&answer)),
        }
    }

    /// `PATCH` without a body extends `expires` (SS 12000:2020 API 2.1.0).
    async fn renewal(&self, id: &str) -> Result<Answer, SourceError> {
        let url = self.client.url(&["subscriptions", id]);
        self.client.caller.send(Request::patch(url).accept("application/json")).await
    }

    /// The old doorbell falls silent by itself in the end; this only makes it sooner.
    async fn cancel(&self, former: &Subscription) {
        let url = self.client.url(&["subscriptions", &former.id]);
        if let Err(error) = self.client.caller.send(Request::delete(url)).await {
            tracing::debug!(code = error.code, "a former subscription could not be cancelled");
        }
    }

    async fn begin(&self) -> Result<Option<Subscription>, SourceError> {
        match self.existing().await? {
            Some(existing) => self.keep(&existing).await,
            None => self.create().await,
        }
    }

    /// A subscription with the same doorbell from an earlier life of the hub. A provider that does not list them is
    /// simply asked for a new one.
    async fn existing(&self) -> Result<Option<Subscription>, SourceError> {
        let answer = self.client.caller.get_at(self.client.url(&["subscriptions"]), &[]).await?;
        if verdict(&answer) != Verdict::Given {
            return Ok(None);
        }
        Ok(listed(&answer.body, self.doorbell, self.client.caller.now()))
    }

    async fn create(&self) -> Result<Option<Subscription>, SourceError> {
        let rings = &self.client.profile.rings_for;
        let rung_for: Vec<&Resource> = self.resources.iter().filter(|it| rings.contains(it)).collect();
        if rung_for.is_empty() {
            return Ok(None);
        }
        let kinds = |shape: fn(&str) -> Value| -> Vec<Value> {
            rung_for.iter().map(|resource| shape(resource.entity())).collect()
        };
        // The schema says objects, the standard's own example says bare strings.
        let mut answer = self.post(kinds(|entity| json!({ "resource": entity }))).await?;
        if verdict(&answer) == Verdict::NotUnderstood {
            answer = self.post(kinds(|entity| json!(entity))).await?;
        }
        match verdict(&answer) {
            Verdict::Given => self.read(&answer, None).map(Some),
            Verdict::Missing => Ok(None),
            // A right that was not granted is a capability that is not there.
            Verdict::Failed if answer.status == 403 => Ok(None),
            Verdict::NotUnderstood => Err(SourceError::contract(
                "source.subscription_refused",
                "HTTP 400 to a subscription, in both forms that the standard shows",
            )),
            Verdict::Failed => Err(self.client.failure(&answer)),
        }
    }

    async fn post(&self, kinds: Vec<Value>) -> Result<Answer, SourceError> {
        let body = json!({ "name": self.name, "target": self.doorbell, "resourceTypes": kinds });
        let url = self.client.url(&["subscriptions"]);
        self.client.caller.send(Request::post(url).accept("application/json").json(&body)).await
    }

    fn is_due(&self, current: &Subscription) -> bool {
        let left = current.expires.map(|expires| expires.duration_since(self.client.caller.now()));
        left.is_none_or(|left| left < IN_GOOD_TIME)
    }

    fn read(&self, answer: &Answer, id: Option<&str>) -> Result<Subscription, SourceError> {
        told(&answer.body, id, self.doorbell, self.client.caller.now())
            .ok_or_else(|| SourceError::contract("source.subscription_unreadable", "the subscription has no id"))
    }
}

/// The subscription that an answer describes; `id` when it does not say so itself.
pub(crate) fn told(body: &[u8], id: Option<&str>, doorbell: &str, now: Timestamp) -> Option<Subscription> {
    let wire = match serde_json::from_slice(body) {
        Ok(Field::Read(Object(wire))) => wire,
        _ => Wire::default(),
    };
    wire.subscription(id, doorbell, now)
}

/// The subscription of a list that rings this doorbell.
pub(crate) fn listed(body: &[u8], doorbell: &str, now: Timestamp) -> Option<Subscription> {
    let list: WireList<'_> = serde_json::from_slice(body).unwrap_or_default();
    let mut entries = list.data.read().unwrap_or_default().into_iter().filter_map(Field::read);
    let mine = entries.find(|it| matches!(&it.0.target, Field::Read(target) if target.0 == doorbell))?;
    mine.0.subscription(None, doorbell, now)
}

impl Wire<'_> {
    fn subscription(&self, id: Option<&str>, doorbell: &str, now: Timestamp) -> Option<Subscription> {
        let given = match &self.id {
            Field::Read(text) => text.filled(),
            _ => None,
        };
        Some(Subscription {
            id: given.or(id)?.to_owned(),
            expires: Some(self.expires(now)),
            doorbell: doorbell.to_owned(),
        })
    }

    fn expires(&self, now: Timestamp) -> Timestamp {
        let told = match &self.expires {
            Field::Read(text) => text.0.trim().parse().ok(),
            _ => None,
        };
        told.unwrap_or_else(|| now.saturating_add(UNTOLD_LIFE).unwrap_or(Timestamp::MAX))
    }
}
