//! Those who read here: what they have not been told, who wants to be told, and what they report.

use std::time::Duration;

use futures::TryStreamExt;
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use roster::Personal;
use rules::delivery::later;
use rules::news::{News, Subscription};
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::store::{CONCURRENCY, Store};

const NEWS: &str = "NEWS";
const SUBSCRIPTION: &str = "SUBSCRIPTION#";
const REPORT: &str = "REPORT#";

/// The most reports that are kept of a target: whoever reports in a loop fills no table.
const REPORTS: u64 = 200;

/// For how long a report is kept.
const REPORT_KEPT: Duration = Duration::from_secs(30 * 86_400);

/// What somebody who reads here reports. What it says in words may hold personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it came.
    #[serde(rename = "a")]
    pub at: Timestamp,
    /// Whether it is about something that went wrong.
    #[serde(rename = "e")]
    pub is_error: bool,
    /// The report as it came.
    #[serde(rename = "r", with = "roster::personal::at_rest")]
    pub content: Personal<serde_json::Value>,
}

impl Store {
    /// The news of a target.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn news(&self, tenant: &str, target: &str) -> Result<News, StateError> {
        self.read_item(&keys::target(tenant, target), NEWS).await
    }

    /// Changes them by a pure function, until nobody else came between.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_news(
        &self,
        tenant: &str,
        target: &str,
        decide: impl FnMut(&mut News),
    ) -> Result<News, StateError> {
        self.change_item(&keys::target(tenant, target), NEWS, decide).await
    }

    /// Who wants to be told of a target's news, those whose subscription is over among them.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn subscriptions(&self, tenant: &str, target: &str) -> Result<Vec<Subscription>, StateError> {
        let all = self.partition(&keys::target(tenant, target), SUBSCRIPTION).await?;
        all.iter().filter_map(|it| it.read::<Option<Subscription>>().transpose()).collect()
    }

    /// A subscription. `None`: there is none of that identity.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn subscription(&self, tenant: &str, target: &str, id: &str) -> Result<Option<Subscription>, StateError> {
        self.read_item(&keys::target(tenant, target), &format!("{SUBSCRIPTION}{id}")).await
    }

    /// Changes a subscription by a pure function, until nobody else came between: makes it, ends it (`None`), or leaves it.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_subscription(
        &self,
        tenant: &str,
        target: &str,
        id: &str,
        decide: impl FnMut(&mut Option<Subscription>),
    ) -> Result<Option<Subscription>, StateError> {
        self.change_item(&keys::target(tenant, target), &format!("{SUBSCRIPTION}{id}"), decide).await
    }

    /// Takes away what is left of subscriptions that have ended.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn forget_subscriptions(&self, tenant: &str, target: &str, now: Timestamp) -> Result<(), StateError> {
        let mut over = Vec::new();
        for item in self.partition(&keys::target(tenant, target), SUBSCRIPTION).await? {
            if item.read::<Option<Subscription>>()?.is_none_or(|it| it.is_over(now)) {
                over.push((item.key(), item.revision));
            }
        }
        let gone = over.into_iter().map(|((pk, sk), revision)| async move {
            match self.delete(&pk, &sk, revision).await {
                Err(StateError::Conflict) => Ok(()),
                gone => gone,
            }
        });
        stream::iter(gone).buffer_unordered(CONCURRENCY).try_collect::<Vec<()>>().await.map(drop)
    }

    /// Keeps a report for a while: in one of [`REPORTS`] places, each of which has the newest one only.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn keep_report(&self, tenant: &str, target: &str, place: u64, report: &Report) -> Result<(), StateError> {
        let sort = format!("{REPORT}{:03}", place % REPORTS);
        let mut item = Item::new(keys::target(tenant, target), sort).with_body(report)?;
        item.expires = Some(later(report.at, REPORT_KEPT));
        self.put(item, Expect::Anything).await.map(drop)
    }

    /// What has been reported since an instant, the oldest first.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn reports(&self, tenant: &str, target: &str, since: Timestamp) -> Result<Vec<Report>, StateError> {
        let all = self.partition(&keys::target(tenant, target), REPORT).await?;
        let all: Result<Vec<Report>, StateError> = all.iter().map(Item::read).collect();
        let mut all = all?;
        all.retain(|it| it.at >= since);
        all.sort_by_key(|it| it.at);
        Ok(all)
    }
}
