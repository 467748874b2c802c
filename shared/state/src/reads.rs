//! What a full read has seen, page by page. Only when every page of every kind has arrived is it known what is gone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roster::{Id, RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::Item;
use crate::keys;
use crate::store::Store;
use crate::table::Key;

#[derive(Serialize, Deserialize)]
struct Seen(BTreeMap<RecordKind, Vec<Id>>);

impl Store {
    /// Notes what a page of a full read held. `expires`: when the note may be dropped if the read is never finished.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn note_seen(
        &self,
        tenant: &str,
        source: &str,
        read: &str,
        page: u32,
        records: Vec<RecordKey>,
        expires: Timestamp,
    ) -> Result<(), StateError> {
        let mut seen: BTreeMap<RecordKind, Vec<Id>> = BTreeMap::new();
        for key in records {
            seen.entry(key.kind).or_default().push(key.id);
        }
        let mut item =
            Item::new(keys::source(tenant, source), format!("READ#{read}#{page:06}")).with_body(&Seen(seen))?;
        item.expires = Some(expires);
        let (head, parts) = item.split();
        self.put_all(parts).await?;
        self.put_all(vec![head]).await
    }

    /// Everything a full read has seen.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn seen(
        &self,
        tenant: &str,
        source: &str,
        read: &str,
    ) -> Result<BTreeMap<RecordKind, BTreeSet<Id>>, StateError> {
        let mut all: BTreeMap<RecordKind, BTreeSet<Id>> = BTreeMap::new();
        for item in self.partition(&keys::source(tenant, source), &format!("READ#{read}#")).await? {
            for (kind, ids) in item.read::<Seen>()?.0 {
                all.entry(kind).or_default().extend(ids);
            }
        }
        Ok(all)
    }

    /// Drops the notes of a read.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn forget_seen(&self, tenant: &str, source: &str, read: &str) -> Result<(), StateError> {
        let pk = keys::source(tenant, source);
        let items = self.partition(&pk, &format!("READ#{read}#")).await?;
        let mut gone: Vec<Key> = items.iter().flat_map(Item::part_keys).collect();
        gone.extend(items.into_iter().map(|item| (item.pk, item.sk)));
        self.delete_all(gone).await
    }
}
