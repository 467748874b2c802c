//! Those who read here are told that there is something to look at.
//!
//! News are put on every subscriber's list before they are forgotten, and are on the list until the subscriber has said
//! that it was told: cut short between, a subscriber is told twice, which makes it look twice.

use rules::delivery::Trouble;
use rules::news::{Changes, Subscription};
use targets::feed::{Feed, TellError};

use crate::error::SyncError;
use crate::events;
use crate::hub::Hub;
use crate::messages::{Errand, NewsDue};

/// The most subscriptions of a target: a reader that subscribes anew at every start fills no table.
pub const MOST: usize = 20;

/// Sends a message for every target whose readers are to be told. Gives how many.
///
/// # Errors
/// [`SyncError`].
pub async fn due(hub: &Hub) -> Result<usize, SyncError> {
    hub.directory.refresh(&hub.store, hub.now()).await?;
    let mut count = 0;
    for tenant in hub.directory.tenants() {
        for (name, _) in tenant.targets.iter().filter(|(_, built)| built.target.feed().is_some()) {
            if is_due(hub, &tenant.config.tenant, name).await? {
                let due = NewsDue::new(tenant.config.tenant.clone(), name.clone());
                hub.send_errand(&Errand::TellReaders(due)).await?;
                count += 1;
            }
        }
    }
    Ok(count)
}

async fn is_due(hub: &Hub, tenant: &str, target: &str) -> Result<bool, SyncError> {
    let now = hub.now();
    let subscriptions = hub.store.subscriptions(tenant, target).await?;
    if subscriptions.is_empty() {
        // News that nobody wants to be told of wait for the first who does.
        return Ok(false);
    }
    let news = hub.store.news(tenant, target).await?;
    let is_over = |it: &Subscription| it.is_over(now);
    Ok(news.due_at(now).is_some_and(|due| due <= now)
        || subscriptions.iter().any(|it| is_over(it) || it.due(now).is_some()))
}

/// Tells those who read at a target. Gives how many were told.
///
/// # Errors
/// [`SyncError`] when the table fails, or the target is not configured: who was not told will be.
pub async fn tell(hub: &Hub, message: &NewsDue) -> Result<usize, SyncError> {
    let tenant = hub.directory.tenant(&message.tenant)?;
    let not_configured =
        || SyncError::NotConfigured(format!("readers at {} of tenant {}", message.target, message.tenant));
    let target = tenant.targets.get(&message.target).ok_or_else(not_configured)?;
    let feed = target.target.feed().ok_or_else(not_configured)?;
    let teller = Teller { hub, tenant: &message.tenant, target: &message.target, feed, holder: hub.chance.name() };
    teller.spread().await?;
    let told = teller.tell().await?;
    hub.store.forget_subscriptions(&message.tenant, &message.target, hub.now()).await?;
    Ok(told)
}

struct Teller<'a> {
    hub: &'a Hub,
    tenant: &'a str,
    target: &'a str,
    feed: &'a dyn Feed,
    holder: String,
}

impl Teller<'_> {
    /// Puts news on every subscriber's list.
    async fn spread(&self) -> Result<(), SyncError> {
        let (store, now) = (&self.hub.store, self.hub.now());
        let mut changes: Option<Changes> = None;
        store.change_news(self.tenant, self.target, |news| changes = news.begin(&self.holder, now)).await?;
        let Some(changes) = changes else { return Ok(()) };
        for it in store.subscriptions(self.tenant, self.target).await? {
            self.change(&it.id, |subscription| subscription.hear(&changes)).await?;
        }
        store.change_news(self.tenant, self.target, |news| news.done(&self.holder)).await?;
        Ok(())
    }

    async fn tell(&self) -> Result<usize, SyncError> {
        let mut told = 0;
        for it in self.hub.store.subscriptions(self.tenant, self.target).await? {
            let Some(notice) = it.due(self.hub.now()) else { continue };
            match self.feed.tell(&it.target, &notice.changes).await {
                Ok(()) => {
                    self.change(&it.id, |subscription| subscription.told(&notice)).await?;
                    told += 1;
                }
                Err(error) => self.failed(&it, error).await?,
            }
        }
        Ok(told)
    }

    async fn failed(&self, subscription: &Subscription, error: TellError) -> Result<(), SyncError> {
        events::notice_failed(self.tenant, self.target, &error, subscription.failures + 1);
        if error.is_final {
            let end = |it: &mut Option<Subscription>| *it = None;
            self.hub.store.change_subscription(self.tenant, self.target, &subscription.id, end).await?;
            return Ok(());
        }
        let (jitter, at) = (self.hub.chance.share(), self.hub.now());
        let trouble = Trouble { code: error.code.to_owned(), message: error.detail, at };
        self.change(&subscription.id, |it| it.failed(trouble.clone(), jitter)).await
    }

    async fn change(&self, id: &str, mut decide: impl FnMut(&mut Subscription)) -> Result<(), SyncError> {
        // One that has ended meanwhile stays ended.
        let change = |it: &mut Option<Subscription>| it.iter_mut().for_each(&mut decide);
        self.hub.store.change_subscription(self.tenant, self.target, id, change).await?;
        Ok(())
    }
}
