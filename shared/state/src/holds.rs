//! Holds: removals that wait for a person.

use jiff::Timestamp;
use roster::{RecordKey, RecordKind};
use rules::guard::HoldReason;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::table::Store;

const PREFIX: &str = "HOLD#";

/// Removals that wait for a person. It never expires into "go".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Names it, for operators.
    pub id: String,
    /// The source whose read asked for the removals.
    pub source: String,
    /// Of which kind.
    pub kind: RecordKind,
    /// Why they are held.
    pub reason: HoldReason,
    /// When.
    pub at: Timestamp,
    /// How many there were before.
    pub before: u64,
    /// What would be removed, and nothing else.
    pub records: Vec<RecordKey>,
}

impl Store {
    /// A tenant's holds, the oldest first.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn holds(&self, tenant: &str) -> Result<Vec<Hold>, StateError> {
        let items = self.partition(&keys::holds(tenant), PREFIX).await?;
        let mut holds: Vec<Hold> = items.iter().map(Item::read).collect::<Result<_, _>>()?;
        holds.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(holds)
    }

    /// One hold.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn hold(&self, tenant: &str, id: &str) -> Result<Option<Hold>, StateError> {
        let item = self.get(&keys::holds(tenant), &format!("{PREFIX}{id}")).await?;
        item.as_ref().map(Item::read).transpose()
    }

    /// Stores a hold, in place of an earlier one with the same identity.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn put_hold(&self, tenant: &str, hold: &Hold) -> Result<(), StateError> {
        let item = Item::new(keys::holds(tenant), format!("{PREFIX}{}", hold.id)).with_body(hold)?;
        self.put(item, Expect::Anything).await.map(drop)
    }

    /// Ends a hold.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn end_hold(&self, tenant: &str, id: &str) -> Result<(), StateError> {
        self.delete_all(vec![(keys::holds(tenant), format!("{PREFIX}{id}"))]).await
    }
}
