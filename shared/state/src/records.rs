//! Records that speak about other subjects – duties, activities, licences, supplements – and whom they speak about, so that a
//! later version, or a removal that names only the identity, takes back what the earlier one said.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Id, JoinKey, RecordKey, RecordKind, SubjectKey, Supplement};
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::Item;
use crate::keys;
use crate::store::Store;

const RECORD: &str = "RECORD";

/// What is kept of such a record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KnownRecord {
    /// The subjects it speaks about.
    #[serde(rename = "s", default)]
    pub subjects: BTreeSet<SubjectKey>,
    /// For a duty: whose it is.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Id>,
    /// For a supplement: what it says, to be joined again when persons or their keys change.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub supplement: Option<Box<Supplement>>,
    /// For a supplement, or a person whom supplements may be about: the keys by which it can be met.
    #[serde(rename = "m", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub met_by: BTreeSet<JoinKey>,
    /// Whether it is on its way from some of those keys to others: it may be at any of them, or at none.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub moving: bool,
}

impl KnownRecord {
    /// Whether it is met by these keys, and no others.
    #[must_use]
    pub fn is_met_by(&self, keys: &BTreeSet<JoinKey>) -> bool {
        !self.moving && self.met_by == *keys
    }
}

impl Store {
    /// What is known of a source's records; those never read are left out.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn known_records(
        &self,
        tenant: &str,
        source: &str,
        wanted: Vec<RecordKey>,
    ) -> Result<BTreeMap<RecordKey, KnownRecord>, StateError> {
        let by_pk: BTreeMap<String, RecordKey> =
            wanted.into_iter().map(|key| (keys::record(tenant, source, key), key)).collect();
        let items = self.get_many(by_pk.keys().map(|pk| (pk.clone(), RECORD.to_owned())).collect()).await?;
        items.iter().filter_map(|item| by_pk.get(&item.pk).map(|key| Ok((*key, item.read()?)))).collect()
    }

    /// Keeps what is known of records. One reader at a time reads a source, so nothing is conditional.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn keep_records(
        &self,
        tenant: &str,
        source: &str,
        records: Vec<(RecordKey, KnownRecord)>,
    ) -> Result<(), StateError> {
        let items: Result<Vec<Item>, StateError> = records
            .into_iter()
            .map(|(key, record)| {
                let mut item = Item::new(keys::record(tenant, source, key), RECORD).with_body(&record)?;
                item.listing = Some((keys::record_listing(tenant, source, key, self.shards()), key.id.to_string()));
                Ok(item)
            })
            .collect();
        let (mut heads, mut parts) = (Vec::new(), Vec::new());
        for item in items? {
            let (head, more) = item.split();
            heads.push(head);
            parts.extend(more);
        }
        self.put_all(parts).await?;
        self.put_all(heads).await
    }

    /// Forgets records.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn forget_records(&self, tenant: &str, source: &str, records: Vec<RecordKey>) -> Result<(), StateError> {
        let keys = records.into_iter().map(|key| (keys::record(tenant, source, key), RECORD.to_owned()));
        self.delete_all(keys.collect()).await
    }

    /// The identities of all such records of a kind that a source has.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn record_ids(&self, tenant: &str, source: &str, kind: RecordKind) -> Result<BTreeSet<Id>, StateError> {
        let mut ids = BTreeSet::new();
        for partition in keys::record_listings(tenant, source, kind, self.shards()) {
            let mut after = None;
            loop {
                let page = self.listing(&partition, after, None).await?;
                ids.extend(page.keys.iter().filter_map(|(pk, _)| pk.rsplit('#').next()?.parse::<Id>().ok()));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(ids)
    }

    /// Whose duties these are, as far as any of the sources has said.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn persons_of_duties(
        &self,
        tenant: &str,
        sources: &[String],
        duties: &BTreeSet<Id>,
    ) -> Result<BTreeMap<Id, Id>, StateError> {
        let mut persons = BTreeMap::new();
        for source in sources {
            let wanted = duties.iter().filter(|id| !persons.contains_key(*id));
            let keys: Vec<RecordKey> = wanted.map(|id| RecordKey { kind: RecordKind::Duty, id: *id }).collect();
            let known = self.known_records(tenant, source, keys).await?;
            persons.extend(known.into_iter().filter_map(|(key, record)| Some((key.id, record.person?))));
        }
        Ok(persons)
    }
}
