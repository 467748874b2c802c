//! Involvement: which groups refer to a person or a duty, so that a change of the one reaches the other.
//!
//! Written before the group itself. An entry too many is harmless (the group is looked at and nothing is to do);
//! an entry too few would be a pupil missed.

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
}

impl Referent {
    fn partition(self, tenant: &str) -> String {
        match self {
            Self::Person(id) => keys::subject(tenant, SubjectKey::person(id)),
            Self::Duty(id) => keys::duty(tenant, id),
        }
    }
}

const PREFIX: &str = "IN#";

impl Store {
    /// Notes that groups refer to persons and duties.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn involve(
        &self,
        tenant: &str,
        pairs: impl IntoIterator<Item = (Referent, Id)>,
    ) -> Result<(), StateError> {
        let unique: BTreeSet<(Referent, Id)> = pairs.into_iter().collect();
        let items = unique.into_iter().map(|(who, group)| Item::new(who.partition(tenant), format!("{PREFIX}{group}")));
        self.put_all(items.collect()).await
    }

    /// Forgets that groups refer to persons and duties.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn release(&self, tenant: &str, pairs: impl IntoIterator<Item = (Referent, Id)>) -> Result<(), StateError> {
        let unique: BTreeSet<(Referent, Id)> = pairs.into_iter().collect();
        let keys = unique.into_iter().map(|(who, group)| (who.partition(tenant), format!("{PREFIX}{group}")));
        self.delete_all(keys.collect()).await
    }

    /// The groups that refer to a person or duty, perhaps some that no longer do.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn groups_of(&self, tenant: &str, who: Referent) -> Result<BTreeSet<Id>, StateError> {
        let items = self.partition(&who.partition(tenant), PREFIX).await?;
        Ok(items.iter().filter_map(|item| item.sk.strip_prefix(PREFIX)?.parse().ok()).collect())
    }
}
