//! What a read has noted, page by page: a full one what is there, one of changes what is gone. Only when every page has
//! arrived is it known what that comes to: a later page may take back what an earlier one said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roster::{Id, RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::Item;
use crate::keys;
use crate::store::Store;
use crate::table::Key;

type ByKind = BTreeMap<RecordKind, Vec<Id>>;

/// What a page of a read said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageSaid {
    /// What is there, in a full read; what is gone, in one of changes.
    pub said: Vec<RecordKey>,
    /// What it takes back of what pages before it said.
    pub taken_back: Vec<RecordKey>,
}

impl PageSaid {
    /// Whether there is nothing to note.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.said.is_empty() && self.taken_back.is_empty()
    }
}

#[derive(Serialize, Deserialize)]
struct Noted {
    #[serde(rename = "not", default, skip_serializing_if = "BTreeMap::is_empty")]
    taken_back: ByKind,
    #[serde(flatten)]
    said: ByKind,
}

fn by_kind(records: Vec<RecordKey>) -> ByKind {
    let mut all = ByKind::new();
    for key in records {
        all.entry(key.kind).or_default().push(key.id);
    }
    all
}

impl Store {
    /// Notes what a page of a read said. `expires`: when the note may be dropped if the read is never finished.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn note_page(
        &self,
        tenant: &str,
        source: &str,
        read: &str,
        page: u32,
        said: PageSaid,
        expires: Timestamp,
    ) -> Result<(), StateError> {
        let noted = Noted { taken_back: by_kind(said.taken_back), said: by_kind(said.said) };
        let mut item = Item::new(keys::source(tenant, source), format!("READ#{read}#{page:06}")).with_body(&noted)?;
        item.expires = Some(expires);
        let (head, parts) = item.split();
        self.put_all(parts).await?;
        self.put_all(vec![head]).await
    }

    /// Everything that a read has noted and not taken back.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn said_in(
        &self,
        tenant: &str,
        source: &str,
        read: &str,
    ) -> Result<BTreeMap<RecordKind, BTreeSet<Id>>, StateError> {
        let mut all: BTreeMap<RecordKind, BTreeSet<Id>> = BTreeMap::new();
        for item in self.partition(&keys::source(tenant, source), &format!("READ#{read}#")).await? {
            let Noted { taken_back, said } = item.read()?;
            for (kind, ids) in taken_back {
                let known = all.entry(kind).or_default();
                for id in ids {
                    known.remove(&id);
                }
            }
            for (kind, ids) in said {
                all.entry(kind).or_default().extend(ids);
            }
        }
        Ok(all)
    }

    /// Drops the notes of a read.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn forget_said(&self, tenant: &str, source: &str, read: &str) -> Result<(), StateError> {
        let pk = keys::source(tenant, source);
        let items = self.partition(&pk, &format!("READ#{read}#")).await?;
        let mut gone: Vec<Key> = items.iter().flat_map(Item::part_keys).collect();
        gone.extend(items.into_iter().map(|item| (item.pk, item.sk)));
        self.delete_all(gone).await
    }
}
