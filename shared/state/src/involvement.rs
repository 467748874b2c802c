//! Involvement: which groups and activities refer to a person, a duty or a group, so that a change of the one reaches
//! the other.
//!
//! Written before whoever refers. An entry too many is harmless (it is looked at and nothing is to do); an entry too
//! few would be a pupil missed.

use std::collections::BTreeSet;

use roster::{Id, SubjectKey};

use crate::error::StateError;
use crate::item::Item;
use crate::keys;
use crate::table::Store;

/// Who is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Referent {
    /// A person, as member or teacher.
    Person(Id),
    /// A duty, as teacher.
    Duty(Id),
    /// A group that is taught.
    Group(Id),
}

impl Referent {
    fn partition(self, tenant: &str) -> String {
        match self {
            Self::Person(id) => keys::subject(tenant, SubjectKey::person(id)),
            Self::Duty(id) => keys::duty(tenant, id),
            Self::Group(id) => keys::subject(tenant, SubjectKey::group(id)),
        }
    }
}

const PREFIX: &str = "IN#";

impl Store {
    /// Notes who refers to whom.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn involve(&self, tenant: &str, pairs: Vec<(Referent, SubjectKey)>) -> Result<(), StateError> {
        let unique: BTreeSet<(Referent, SubjectKey)> = pairs.into_iter().collect();
        let items = unique.into_iter().map(|(who, by)| Item::new(who.partition(tenant), format!("{PREFIX}{by}")));
        self.put_all(items.collect()).await
    }

    /// Forgets who refers to whom.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn release(&self, tenant: &str, pairs: Vec<(Referent, SubjectKey)>) -> Result<(), StateError> {
        let unique: BTreeSet<(Referent, SubjectKey)> = pairs.into_iter().collect();
        let keys = unique.into_iter().map(|(who, by)| (who.partition(tenant), format!("{PREFIX}{by}")));
        self.delete_all(keys.collect()).await
    }

    /// Who refers to somebody, perhaps some that no longer do.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn referrers(&self, tenant: &str, who: Referent) -> Result<BTreeSet<SubjectKey>, StateError> {
        let items = self.partition(&who.partition(tenant), PREFIX).await?;
        Ok(items.iter().filter_map(|item| item.sk.strip_prefix(PREFIX)?.parse().ok()).collect())
    }
}
