//! What is published for those who read here: objects as they are now, and what is gone.
//!
//! An object is one item, listed by when it was modified. One that is gone leaves its name and when it went, for a while.

use std::time::Duration;

use jiff::Timestamp;
use roster::{Id, Personal};
use rules::delivery::later;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::store::Store;
use crate::table::{Key, Listed};

const PUBLISHED: &str = "PUBLISHED";

/// For how long it is told what is gone. Whoever has not looked for so long has to read everything.
pub const TOLD_GONE_FOR: Duration = Duration::from_secs(180 * 86_400);

/// An object that others may read. Holds personal data: its content is not printable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The resource it is of, in the target's own word, e.g. `Person`.
    #[serde(rename = "k")]
    pub resource: String,
    /// Its identity.
    #[serde(rename = "i")]
    pub id: String,
    /// When it was published first.
    #[serde(rename = "c")]
    pub created: Timestamp,
    /// When it became what it is, to the millisecond.
    #[serde(rename = "m")]
    pub modified: Timestamp,
    /// What it says; `None`: it is gone.
    #[serde(rename = "o", with = "roster::personal::at_rest::option")]
    pub content: Option<Personal<Value>>,
}

/// Which of the published is listed: what there is, or what is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// What there is.
    Present,
    /// What is gone.
    Gone,
}

/// A place in what is published of a resource: everything is in one of the table's shards, in the order in which it was
/// modified.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PublishedPlace {
    /// The shard.
    #[serde(rename = "s")]
    pub shard: u8,
    /// Behind what in it; `None`: from its beginning.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub after: Option<PublishedAfter>,
}

/// The last object before a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedAfter {
    /// Milliseconds since 1970 when it was modified.
    #[serde(rename = "m")]
    pub modified: u64,
    /// Its identity.
    #[serde(rename = "i")]
    pub id: Id,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelved<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The target for which it is published.
    pub target: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// Which of it.
    pub shelf: Shelf,
    /// Modified not before then.
    pub since: Option<Timestamp>,
}

/// Some of what is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPage {
    /// The objects.
    pub objects: Vec<Published>,
    /// Where it goes on; `None`: there is no more.
    pub next: Option<PublishedPlace>,
}

impl Store {
    /// Publishes what an object says from now on, or that it is gone (`None`). What it says already is not written again.
    /// Gives whether anything changed.
    ///
    /// # Errors
    /// [`StateError`]; `Contended` when somebody else published it meanwhile: who of the two is right is decided anew.
    pub async fn publish(
        &self,
        (tenant, target): (&str, &str),
        (resource, id): (&str, &str),
        content: Option<Value>,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        let (pk, sk) = key(tenant, target, resource, id);
        let item = self.get(&pk, &sk).await?;
        let before = item.as_ref().map(Item::read::<Published>).transpose()?;
        let expect = item.as_ref().map_or(Expect::Absent, |it| Expect::Revision(it.revision));
        let content = content.map(Personal::new);
        let Some(after) = Published::replacing(before, (resource, id), content, now) else { return Ok(false) };
        match self.put(after.to_item(tenant, target, self.shards())?, expect).await {
            Err(StateError::Conflict) => Err(StateError::contended(&pk, &sk)),
            written => written.map(|_| true),
        }
    }

    /// Objects that are there, by their identities, in no order.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn published(
        &self,
        (tenant, target): (&str, &str),
        resource: &str,
        ids: impl IntoIterator<Item = &str>,
    ) -> Result<Vec<Published>, StateError> {
        let keys = ids.into_iter().map(|id| key(tenant, target, resource, id)).collect();
        let all: Result<Vec<Published>, StateError> = self.get_many(keys).await?.iter().map(Item::read).collect();
        Ok(all?.into_iter().filter(|it| it.content.is_some()).collect())
    }

    /// At most `most` of what is asked for, from a place on. What changes meanwhile may be seen twice, or later; it is not
    /// missed by whoever then asks for what was modified since.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn published_page(
        &self,
        asked: Shelved<'_>,
        mut place: PublishedPlace,
        most: usize,
    ) -> Result<PublishedPage, StateError> {
        let mut objects = Vec::new();
        while place.shard < self.shards() && objects.len() < most {
            let listing =
                keys::published_listing(asked.tenant, asked.target, &asked.shelf.of(asked.resource), place.shard);
            let after = asked.behind(&listing, place.after.as_ref());
            let page = self.listing(&listing, after, Some(most - objects.len())).await?;
            let found: Result<Vec<Published>, StateError> =
                self.get_many(page.keys).await?.iter().map(Item::read).collect();
            // What has changed since it was listed is on the other shelf, or further on.
            let mut found: Vec<Published> = found?.into_iter().filter(|it| asked.shelf.has(it)).collect();
            found.sort_by(|a, b| (a.modified, &a.id).cmp(&(b.modified, &b.id)));
            objects.append(&mut found);
            let reached = page.next.and_then(|it| PublishedAfter::read(&it.sort));
            let shard = place.shard + u8::from(reached.is_none());
            place = PublishedPlace { shard, after: reached };
        }
        let next = (place.shard < self.shards()).then_some(place);
        Ok(PublishedPage { objects, next })
    }
}

impl Published {
    /// What replaces what was published before. `None`: nothing does.
    fn replacing(
        before: Option<Self>,
        (resource, id): (&str, &str),
        content: Option<Personal<Value>>,
        now: Timestamp,
    ) -> Option<Self> {
        if before.is_none() && content.is_none() {
            return None;
        }
        if before.as_ref().is_some_and(|it| it.content == content) {
            return None;
        }
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let created = before.as_ref().filter(|it| it.content.is_some()).map_or(now, |it| it.created);
        // A clock that is behind must not let it be missed by whoever has seen it as it was.
        let modified = before.map_or(now, |it| now.max(later(it.modified, Duration::from_millis(1))));
        Some(Self { resource: resource.to_owned(), id: id.to_owned(), created, modified, content })
    }

    fn to_item(&self, tenant: &str, target: &str, shards: u8) -> Result<Item, StateError> {
        let (pk, sk) = key(tenant, target, &self.resource, &self.id);
        let shelf = if self.content.is_some() { Shelf::Present } else { Shelf::Gone };
        let shard = keys::spread(self.id.as_bytes(), shards);
        let mut item = Item::new(pk, sk).with_body(self)?;
        let partition = keys::published_listing(tenant, target, &shelf.of(&self.resource), shard);
        item.listing = Some((partition, format!("{}#{}", sort(self.modified), self.id)));
        item.expires = (shelf == Shelf::Gone).then(|| later(self.modified, TOLD_GONE_FOR));
        Ok(item)
    }
}

impl Shelf {
    /// What a listing of it is called.
    fn of(self, resource: &str) -> String {
        match self {
            Self::Present => resource.to_owned(),
            Self::Gone => format!("{resource}#GONE"),
        }
    }

    const fn has(self, published: &Published) -> bool {
        published.content.is_some() == matches!(self, Self::Present)
    }
}

impl Shelved<'_> {
    /// The place in a listing behind an object, or before all that is asked for.
    fn behind(&self, listing: &str, after: Option<&PublishedAfter>) -> Option<Listed> {
        match (after, self.since) {
            (Some(after), _) => {
                let id = after.id.to_string();
                let sort = format!("{:015}#{id}", after.modified);
                Some(Listed { sort, key: key(self.tenant, self.target, self.resource, &id) })
            }
            // Shorter than what is listed, and so before all of the same moment; no object is there.
            (None, Some(since)) => Some(Listed { sort: sort(since), key: (listing.to_owned(), PUBLISHED.to_owned()) }),
            (None, None) => None,
        }
    }
}

impl PublishedAfter {
    fn read(sort: &str) -> Option<Self> {
        let (modified, id) = sort.split_once('#')?;
        Some(Self { modified: modified.parse().ok()?, id: id.parse().ok()? })
    }
}

/// Milliseconds since 1970, in the order of time.
fn sort(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}

fn key(tenant: &str, target: &str, resource: &str, id: &str) -> Key {
    (keys::published(tenant, target, resource, id), PUBLISHED.to_owned())
}
