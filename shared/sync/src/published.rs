//! What those find who read here: objects are published as changes are delivered, and served from the table.
//!
//! An object is stored first, and heard of after that: whoever is told finds it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rules::plan::Operation;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use state::published::{Published, PublishedPlace, Shelf, Shelved};
use targets::feed::{Feed, Shown};
use targets::ss12000_provider::Resource;
use targets::ss12000_provider::question::{PAGE, Question};

use crate::deliver::Delivering;
use crate::error::SyncError;
use crate::hub::Hub;

/// How many objects are fetched at once.
const FETCHED: usize = 50;

/// The largest page, in bytes, give or take what is fetched at once: a Lambda answers no more than six megabytes.
const LARGEST_PAGE: usize = 2 * 1024 * 1024;

/// The most objects that are looked at for one page: a filter that few pass gives pages with little on them.
const LOOKED_AT: usize = 5_000;

/// The most objects that are looked through for a lookup by something else than identities.
const LOOKED_THROUGH: usize = 200_000;

impl Delivering<'_> {
    /// Publishes what an operation makes of an object.
    pub(crate) async fn publish(&self, operation: &Operation) -> Result<(), SyncError> {
        let key = operation.key();
        let content = match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } => Some(wanted.body.expose().clone()),
            Operation::Delete(_) => None,
        };
        let (place, now) = ((self.tenant_name(), self.target_name), self.hub.now());
        let (resource, is_gone) = (key.kind.as_str(), content.is_none());
        self.hub.store.publish(place, (resource, &key.key), content, now).await?;
        // Also of what was stored already: whoever stored it may have come no further.
        self.hub.store.change_news(place.0, place.1, |news| news.hear(resource, is_gone, now)).await?;
        Ok(())
    }
}

/// Somebody who reads at a target of a tenant, and may.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The hub.
    pub hub: &'a Hub,
    /// The tenant.
    pub tenant: &'a str,
    /// The target.
    pub target: &'a str,
    /// What is known of the target.
    pub feed: &'a dyn Feed,
}

/// A page of what is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The objects.
    pub objects: Vec<Value>,
    /// Where it goes on; `None`: there is no more.
    pub next: Option<PublishedPlace>,
}

/// Identities of what is gone, and of which resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GonePage {
    /// Those of the page.
    pub gone: Vec<(Resource, String)>,
    /// Where it goes on; `None`: there is no more.
    pub next: Option<GonePlace>,
}

/// A place among what is gone: one resource after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GonePlace {
    /// Which of the resources that were asked for.
    #[serde(rename = "r")]
    pub resource: usize,
    /// The place in it.
    #[serde(rename = "p")]
    pub place: PublishedPlace,
}

/// A lookup would have to look through too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch;

impl Reading<'_> {
    /// A page of a list.
    ///
    /// # Errors
    /// [`SyncError`] when the table fails.
    pub async fn list(&self, resource: Resource, question: &Question, from: PublishedPlace) -> Result<Page, SyncError> {
        let most = question.limit.unwrap_or(PAGE).min(PAGE);
        let (mut objects, mut looked_at, mut size, mut next) = (Vec::new(), 0, 0, Some(from));
        let asked = self.shelved(resource, Shelf::Present, question.modified_since());
        while objects.len() < most && looked_at < LOOKED_AT && size < LARGEST_PAGE {
            let Some(place) = next.take() else { break };
            let page = self.hub.store.published_page(asked, place, FETCHED.min(most - objects.len())).await?;
            looked_at += page.objects.len();
            let passing = self.passing(question, &page.objects);
            size += passing.iter().map(|it: &Value| it.to_string().len()).sum::<usize>();
            objects.extend(passing);
            next = page.next;
        }
        Ok(Page { objects, next })
    }

    /// The objects of some identities; those that are not there are left out.
    ///
    /// # Errors
    /// [`SyncError`] when the table fails.
    pub async fn by_ids(&self, resource: Resource, ids: &BTreeSet<String>) -> Result<Vec<Value>, SyncError> {
        let place = (self.tenant, self.target);
        let ids = ids.iter().map(String::as_str);
        let mut found = self.hub.store.published(place, resource.name(), ids).await?;
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found.iter().filter_map(|it| self.shown(it)).collect())
    }

    /// All objects that a question is about.
    ///
    /// # Errors
    /// [`SyncError`] when the table fails; `Ok(Err(TooMuch))` when there is too much to look through.
    pub async fn all(&self, resource: Resource, question: &Question) -> Result<Result<Vec<Value>, TooMuch>, SyncError> {
        let (mut objects, mut looked_at, mut next) = (Vec::new(), 0, Some(PublishedPlace::default()));
        while let Some(place) = next.take() {
            if looked_at >= LOOKED_THROUGH {
                return Ok(Err(TooMuch));
            }
            let asked = self.shelved(resource, Shelf::Present, None);
            let page = self.hub.store.published_page(asked, place, PAGE).await?;
            looked_at += page.objects.len();
            objects.extend(self.passing(question, &page.objects));
            next = page.next;
        }
        Ok(Ok(objects))
    }

    /// A page of what is gone since an instant.
    ///
    /// # Errors
    /// [`SyncError`] when the table fails.
    pub async fn gone(
        &self,
        resources: &[Resource],
        since: Option<Timestamp>,
        from: GonePlace,
        most: usize,
    ) -> Result<GonePage, SyncError> {
        let most = most.min(PAGE);
        let (mut gone, mut next) = (Vec::new(), Some(from));
        while gone.len() < most {
            let Some(GonePlace { resource: number, place }) = next.take() else { break };
            let Some(resource) = resources.get(number) else { break };
            let asked = self.shelved(*resource, Shelf::Gone, since);
            let page = self.hub.store.published_page(asked, place, most - gone.len()).await?;
            gone.extend(page.objects.into_iter().map(|it| (*resource, it.id)));
            let following = || GonePlace { resource: number + 1, place: PublishedPlace::default() };
            let on = page.next.map_or_else(following, |place| GonePlace { resource: number, place });
            next = (on.resource < resources.len()).then_some(on);
        }
        Ok(GonePage { gone, next })
    }

    const fn shelved(&self, resource: Resource, shelf: Shelf, since: Option<Timestamp>) -> Shelved<'_> {
        Shelved { tenant: self.tenant, target: self.target, resource: resource.name(), shelf, since }
    }

    fn passing(&self, question: &Question, objects: &[Published]) -> Vec<Value> {
        let passes = |it: &&Published| {
            it.content.as_ref().is_some_and(|content| question.admits(content.expose(), it.created, it.modified))
        };
        objects.iter().filter(passes).filter_map(|it| self.shown(it)).collect()
    }

    fn shown(&self, object: &Published) -> Option<Value> {
        let content = object.content.as_ref()?.expose();
        Some(self.feed.shown(&Shown { content, created: object.created, modified: object.modified }))
    }
}
