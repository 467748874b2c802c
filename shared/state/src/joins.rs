//! Joins: where persons and the rows of second sources meet by a key, and rows that are to be looked at again.
//!
//! Whoever comes to a meeting point, or leaves it, is written there before it looks who else is there: of two that come
//! at once, at least one sees the other. Rows to be looked at again are noted for their own source, which is read by one
//! reader at a time: nobody else joins them.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use roster::{Id, JoinKey};

use crate::error::StateError;
use crate::item::Item;
use crate::keys;
use crate::store::Store;
use crate::table::Key;

/// Meeting points looked at side by side.
const CONCURRENCY: usize = 16;

const PERSON: &str = "P#";
const ROW: &str = "R#";
const REJOIN: &str = "REJOIN#";

/// Who has a value of a key, each as one source says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A person.
    Person(Id, String),
    /// A row of a second source.
    Row(Id, String),
}

/// Who meets by a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meeting {
    /// Persons: each source's.
    pub persons: BTreeMap<String, BTreeSet<Id>>,
    /// Rows of second sources: each source's.
    pub rows: BTreeMap<String, BTreeSet<Id>>,
}

/// Rows that are to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejoin {
    key: Key,
    /// Which.
    pub rows: BTreeSet<Id>,
}

impl Party {
    fn sort_key(&self) -> String {
        match self {
            Self::Person(id, source) => format!("{PERSON}{id}#{source}"),
            Self::Row(id, source) => format!("{ROW}{id}#{source}"),
        }
    }

    fn parse(sk: &str) -> Option<Self> {
        let (made, rest): (fn(Id, String) -> Self, &str) = match sk.strip_prefix(PERSON) {
            Some(rest) => (Self::Person, rest),
            None => (Self::Row, sk.strip_prefix(ROW)?),
        };
        let (id, source) = rest.split_once('#')?;
        Some(made(id.parse().ok()?, source.to_owned()))
    }
}

impl Store {
    /// Parties come to the keys that they have values of.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn meet(&self, tenant: &str, parties: Vec<(JoinKey, Party)>) -> Result<(), StateError> {
        let items = parties.iter().map(|(key, party)| Item::new(keys::meeting(tenant, key), party.sort_key()));
        self.put_all(items.collect()).await
    }

    /// Parties leave.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn part(&self, tenant: &str, parties: Vec<(JoinKey, Party)>) -> Result<(), StateError> {
        let keys = parties.iter().map(|(key, party)| (keys::meeting(tenant, key), party.sort_key()));
        self.delete_all(keys.collect()).await
    }

    /// Who meets by each key.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn meetings(
        &self,
        tenant: &str,
        keys: BTreeSet<JoinKey>,
    ) -> Result<BTreeMap<JoinKey, Meeting>, StateError> {
        let queries: Vec<_> = keys.into_iter().map(|key| self.meeting(tenant, key)).collect();
        stream::iter(queries).buffer_unordered(CONCURRENCY).try_collect().await
    }

    async fn meeting(&self, tenant: &str, key: JoinKey) -> Result<(JoinKey, Meeting), StateError> {
        let mut meeting = Meeting::default();
        for item in self.partition(&keys::meeting(tenant, &key), "").await? {
            match Party::parse(&item.sk) {
                Some(Party::Person(id, source)) => drop(meeting.persons.entry(source).or_default().insert(id)),
                Some(Party::Row(id, source)) => drop(meeting.rows.entry(source).or_default().insert(id)),
                None => {}
            }
        }
        Ok((key, meeting))
    }

    /// Notes rows that are to be looked at again. `note`: a name of its own, so that forgetting it forgets no other.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn want_rejoin(
        &self,
        tenant: &str,
        source: &str,
        rows: &BTreeSet<Id>,
        note: &str,
    ) -> Result<(), StateError> {
        let item = Item::new(keys::source(tenant, source), format!("{REJOIN}{note}")).with_body(rows)?;
        self.put_all(vec![item]).await
    }

    /// The notes of rows to be looked at again.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn rejoins(&self, tenant: &str, source: &str) -> Result<Vec<Rejoin>, StateError> {
        let items = self.partition(&keys::source(tenant, source), REJOIN).await?;
        items.iter().map(|item| Ok(Rejoin { key: item.key(), rows: item.read()? })).collect()
    }

    /// Forgets a note whose rows have been looked at.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn rejoined(&self, rejoin: Rejoin) -> Result<(), StateError> {
        self.delete_all(vec![rejoin.key]).await
    }
}
