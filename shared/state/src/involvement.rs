//! Involvement: which groups and activities refer to a person, a duty or a group, so that a change of the one reaches
//! the other.
//!
//! Written before whoever refers. An entry too many is harmless (it is looked at and nothing is to do); an entry too
//! few would be a pupil missed.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Id, SubjectKey};

use crate::error::StateError;
use crate::item::Item;
use crate::keys;
use crate::store::Store;

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
    /// Notes who refers to whom: one item for each referred to, with all that are named for it in this call.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn involve(&self, tenant: &str, pairs: Vec<(Referent, SubjectKey)>) -> Result<(), StateError> {
        let mut referrers: BTreeMap<Referent, BTreeSet<SubjectKey>> = BTreeMap::new();
        for (who, by) in pairs {
            referrers.entry(who).or_default().insert(by);
        }
        let items: Result<Vec<Item>, StateError> = referrers.iter().map(|(who, by)| note(tenant, *who, by)).collect();
        self.put_all(items?).await
    }

    /// Who refers to somebody, perhaps some that no longer do.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn referrers(&self, tenant: &str, who: Referent) -> Result<BTreeSet<SubjectKey>, StateError> {
        let notes = self.partition(&who.partition(tenant), PREFIX).await?;
        let named: Vec<BTreeSet<SubjectKey>> = notes.iter().map(Item::read).collect::<Result<_, _>>()?;
        Ok(named.into_iter().flatten().collect())
    }
}

/// A note is named by what it says, so that saying it again adds nothing.
fn note(tenant: &str, who: Referent, by: &BTreeSet<SubjectKey>) -> Result<Item, StateError> {
    let names: Vec<String> = by.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Item::new(who.partition(tenant), format!("{PREFIX}{}", Id::derived(&names))).with_body(by)
}
