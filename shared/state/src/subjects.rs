//! Subjects: one person, group or organisation with its facts and its deliveries, as one item.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use roster::{Fact, RecordKey, SubjectKey, SubjectKind};
use rules::delivery::Delivery;
use rules::merge::Provenance;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys::{self, SUBJECT};
use crate::store::{CHANGE_TRIES, CONCURRENCY, Store};
use crate::table::{Key, Write};
use crate::targets::Undeliverable;

/// Reads of no more subjects than this are gathered; larger ones fill a request of their own.
const GATHERED: usize = 50;

/// A tenant and one of its subjects.
pub(crate) type Place = (String, SubjectKey);

/// A subject of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The tenant.
    pub tenant: String,
    /// Which subject.
    pub key: SubjectKey,
    /// What each source's records say.
    pub facts: BTreeMap<Provenance, Fact>,
    /// The state at each target, by the target's name.
    pub deliveries: BTreeMap<String, Delivery>,
    /// For an organisation: the school units it resolves to, worked out when organisations change.
    pub units: Vec<roster::Id>,
    revision: u64,
    /// Where the parts of a long body are, so that they go when they are replaced.
    parts: Vec<Key>,
}

/// The stored form. `v` is the form's own version: a newer hub reads older items.
#[derive(Serialize, Deserialize)]
struct Stored {
    v: u32,
    #[serde(default)]
    f: Vec<StoredFact>,
    #[serde(default)]
    d: BTreeMap<String, Delivery>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    u: Vec<roster::Id>,
}

#[derive(Serialize, Deserialize)]
struct StoredFact {
    s: String,
    #[serde(flatten)]
    r: RecordKey,
    b: Fact,
}

impl Subject {
    /// A subject that nothing is known of.
    #[must_use]
    pub const fn unknown(tenant: String, key: SubjectKey) -> Self {
        Self {
            tenant,
            key,
            facts: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            units: Vec::new(),
            revision: 0,
            parts: Vec::new(),
        }
    }

    /// Whether nothing about it need be kept: no fact, and no object at any target.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        let idle = |it: &Delivery| {
            it.objects.is_empty() && it.ready_at.is_none() && it.lease.is_none() && it.untold.is_none() && !it.dead
        };
        self.facts.is_empty() && self.deliveries.values().all(idle)
    }

    /// Whether the subject has been stored before.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        self.revision > 0
    }

    /// Sets or takes away what a record says. Gives whether anything changed.
    pub fn set_fact(&mut self, provenance: Provenance, fact: Option<Fact>) -> bool {
        match fact {
            Some(fact) if self.facts.get(&provenance) == Some(&fact) => false,
            Some(fact) => {
                self.facts.insert(provenance, fact);
                true
            }
            None => self.facts.remove(&provenance).is_some(),
        }
    }

    /// When the timer should look at it, if nobody was woken.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.deliveries.values().filter_map(Delivery::due_at).min()
    }

    pub(crate) fn to_item(&self, shards: u8) -> Result<Item, StateError> {
        let facts = self.facts.iter().map(|((source, record), fact)| StoredFact {
            s: source.clone(),
            r: *record,
            b: fact.clone(),
        });
        let stored = Stored { v: 1, f: facts.collect(), d: self.deliveries.clone(), u: self.units.clone() };
        let mut item = Item::new(keys::subject(&self.tenant, self.key), SUBJECT).with_body(&stored)?;
        item.due = self.due_at().map(|at| (keys::due_shard(keys::shard(self.key.id, shards)), at));
        item.listing = Some((keys::subject_listing(&self.tenant, self.key, shards), self.key.id.to_string()));
        Ok(item)
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, StateError> {
        let no_subject = || StateError::Corrupt { key: item.pk.clone(), reason: "not a subject's key".to_owned() };
        let (tenant, key) = keys::parse_subject(&item.pk).ok_or_else(no_subject)?;
        let stored: Stored = item.read()?;
        Ok(Self {
            tenant,
            key,
            facts: stored.f.into_iter().map(|it| ((it.s, it.r), it.b)).collect(),
            deliveries: stored.d,
            units: stored.u,
            revision: item.revision,
            parts: item.part_keys(),
        })
    }
}

/// What must be written with a subject so that operators find exactly what a target cannot get.
fn undeliverable_changed(before: &Subject, after: &Subject) -> Result<Vec<Write>, StateError> {
    let mut writes = Vec::new();
    for (target, delivery) in &after.deliveries {
        let listed = before.deliveries.get(target).and_then(|it| Undeliverable::of(before.key, it));
        match (listed, Undeliverable::of(after.key, delivery)) {
            (listed, now) if listed == now => {}
            (_, Some(now)) => writes.push(Write::Put(now.to_item(&after.tenant, target)?, Expect::Anything)),
            (_, None) => {
                let (pk, sk) = Undeliverable::place(&after.tenant, target, after.key);
                writes.push(Write::Delete((pk, sk)));
            }
        }
    }
    Ok(writes)
}

impl Store {
    /// A subject; an unknown one if it was never stored.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn subject(&self, tenant: &str, key: SubjectKey) -> Result<Subject, StateError> {
        let stored = self.subjects(tenant, vec![key]).await?.remove(&key);
        Ok(stored.unwrap_or_else(|| Subject::unknown(tenant.to_owned(), key)))
    }

    /// The subjects of those that are stored.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn subjects(
        &self,
        tenant: &str,
        wanted: Vec<SubjectKey>,
    ) -> Result<BTreeMap<SubjectKey, Subject>, StateError> {
        let places: BTreeSet<Place> = wanted.into_iter().map(|key| (tenant.to_owned(), key)).collect();
        let found = if places.len() > GATHERED {
            self.subjects_at(places).await?
        } else {
            self.gather.read(places, |places| self.subjects_at(places)).await?
        };
        Ok(found.into_iter().map(|((_, key), subject)| (key, subject)).collect())
    }

    async fn subjects_at(&self, places: BTreeSet<Place>) -> Result<BTreeMap<Place, Subject>, StateError> {
        let keys = places.iter().map(|(tenant, key)| (keys::subject(tenant, *key), SUBJECT.to_owned())).collect();
        let items = self.get_many(keys).await?;
        let subjects = items.iter().map(Subject::from_item);
        subjects.map(|it| it.map(|it| ((it.tenant.clone(), it.key), it))).collect()
    }

    /// Changes a subject by a pure function, again and again until nobody else came between. What the function
    /// leaves unchanged is not written; what is forgotten is deleted.
    ///
    /// # Errors
    /// [`StateError`]; `Contended` after many tries.
    pub async fn change<T>(
        &self,
        tenant: &str,
        key: SubjectKey,
        mut decide: impl FnMut(&mut Subject) -> T,
    ) -> Result<(Subject, T), StateError> {
        for tries in 0..CHANGE_TRIES {
            let before = self.subject(tenant, key).await?;
            match self.change_from(before, &mut decide).await {
                Err(StateError::Conflict) => self.give_way(tries).await,
                decided => return decided,
            }
        }
        Err(StateError::contended(&keys::subject(tenant, key), SUBJECT))
    }

    /// As [`change`](Self::change), once, from a subject already read.
    ///
    /// # Errors
    /// [`StateError`]; `Conflict` when the subject was changed since it was read.
    pub async fn change_from<T>(
        &self,
        before: Subject,
        mut decide: impl FnMut(&mut Subject) -> T,
    ) -> Result<(Subject, T), StateError> {
        let mut after = before.clone();
        let answer = decide(&mut after);
        if after != before {
            (after.revision, after.parts) = self.store(&before, &after).await?;
            self.delete_all(before.parts).await?;
        }
        Ok((after, answer))
    }

    /// Changes many subjects of a tenant, each by itself, from one batch of reads. Gives those that were written.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_many(
        &self,
        tenant: &str,
        wanted: Vec<SubjectKey>,
        decide: impl Fn(&mut Subject) + Send + Sync,
    ) -> Result<Vec<Subject>, StateError> {
        let mut known = self.subjects(tenant, wanted.clone()).await?;
        let unknown = |key| Subject::unknown(tenant.to_owned(), key);
        let loaded = wanted.into_iter().map(|key| known.remove(&key).unwrap_or_else(|| unknown(key))).collect();
        self.change_loaded(loaded, decide).await
    }

    /// As [`change_many`](Self::change_many), for subjects already read.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_loaded(
        &self,
        loaded: Vec<Subject>,
        decide: impl Fn(&mut Subject) + Send + Sync,
    ) -> Result<Vec<Subject>, StateError> {
        let changes: Vec<_> = loaded.into_iter().map(|it| self.decide_one(it, &decide)).collect();
        let written: Vec<Option<Subject>> = stream::iter(changes).buffer_unordered(CONCURRENCY).try_collect().await?;
        Ok(written.into_iter().flatten().collect())
    }

    async fn decide_one(&self, before: Subject, decide: impl Fn(&mut Subject)) -> Result<Option<Subject>, StateError> {
        let (tenant, key, revision) = (before.tenant.clone(), before.key, before.revision);
        let changed = match self.change_from(before, |subject| decide(subject)).await {
            Err(StateError::Conflict) => self.change(&tenant, key, |subject| decide(subject)).await?,
            decided => decided?,
        };
        Ok((changed.0.revision != revision).then_some(changed.0))
    }

    /// Writes a subject; together with the list of what a target cannot get, where it came or went.
    /// Gives its revision and its parts.
    async fn store(&self, before: &Subject, after: &Subject) -> Result<(u64, Vec<Key>), StateError> {
        let expect = if after.revision == 0 { Expect::Absent } else { Expect::Revision(after.revision) };
        let listings = undeliverable_changed(before, after)?;
        if after.is_forgotten() {
            let pk = keys::subject(&after.tenant, after.key);
            self.transact(listings).await?;
            if after.revision > 0 {
                self.delete(&pk, SUBJECT, after.revision).await?;
            }
            return Ok((0, Vec::new()));
        }
        let (head, parts) = self.numbered(after.to_item(self.shards())?, expect).split();
        let stored = (head.revision, head.part_keys());
        self.put_all(parts).await?;
        if listings.is_empty() {
            self.put(head, expect).await?;
        } else {
            self.transact(listings.into_iter().chain([Write::Put(head, expect)]).collect()).await?;
        }
        Ok(stored)
    }

    /// Subjects of a shard with something due until an instant, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn due_subjects(&self, shard: u8, until: Timestamp, limit: usize) -> Result<Vec<Subject>, StateError> {
        let items = self.get_many(self.due(keys::due_shard(shard), until, limit).await?).await?;
        items.iter().map(Subject::from_item).collect()
    }

    /// The identities of all subjects of a kind that a tenant has.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn subject_ids(&self, tenant: &str, kind: SubjectKind) -> Result<Vec<SubjectKey>, StateError> {
        let mut keys = Vec::new();
        for partition in keys::subject_listings(tenant, kind, self.shards()) {
            let mut after = None;
            loop {
                let page = self.listing(&partition, after, None).await?;
                keys.extend(page.keys.iter().filter_map(|(pk, _)| keys::parse_subject(pk)).map(|(_, key)| key));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(keys)
    }
}
