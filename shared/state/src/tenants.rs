//! The tenants' configurations, as the text their people wrote.

use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::store::Store;

const TENANTS: &str = "TENANTS";
const PREFIX: &str = "TENANT#";

fn key(tenant: &str) -> String {
    format!("{PREFIX}{tenant}")
}

/// A tenant's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantText {
    /// The tenant.
    pub tenant: String,
    /// Counts its versions.
    pub version: u64,
    /// The TOML text. Holds no secrets: those are given by reference.
    pub text: String,
    /// Whether everything has been looked at since the text changed.
    pub applied: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    text: String,
    /// The version of the text, which is not the item's revision: noting that it was applied is no new version.
    version: u64,
    applied: bool,
}

impl Store {
    /// All tenants' configurations.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn tenants(&self) -> Result<Vec<TenantText>, StateError> {
        let items = self.partition(TENANTS, PREFIX).await?;
        items.iter().map(of).collect()
    }

    /// Stores a tenant's configuration. Gives whether it differs from the one before.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn put_tenant(&self, tenant: &str, text: &str) -> Result<bool, StateError> {
        let before = self.get(TENANTS, &key(tenant)).await?;
        let expect = before.as_ref().map_or(Expect::Absent, |it| Expect::Revision(it.revision));
        let before: Option<Stored> = before.as_ref().map(Item::read).transpose()?;
        if before.as_ref().is_some_and(|it| it.text == text) {
            return Ok(false);
        }
        let version = before.map_or(1, |it| it.version + 1);
        let stored = Stored { text: text.to_owned(), version, applied: false };
        let item = Item::new(TENANTS.to_owned(), key(tenant)).with_body(&stored)?;
        self.put(item, expect).await.map(|_| true)
    }

    /// Notes that everything has been looked at since a version of a tenant's configuration came.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn tenant_applied(&self, tenant: &str, version: u64) -> Result<(), StateError> {
        let Some(item) = self.get(TENANTS, &key(tenant)).await? else { return Ok(()) };
        let stored: Stored = item.read()?;
        if stored.version != version || stored.applied {
            return Ok(());
        }
        let applied = Item::new(TENANTS.to_owned(), key(tenant)).with_body(&Stored { applied: true, ..stored })?;
        self.put(applied, Expect::Revision(item.revision)).await.map(drop)
    }
}

fn of(item: &Item) -> Result<TenantText, StateError> {
    let stored: Stored = item.read()?;
    let tenant = item.sk.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    Ok(TenantText { tenant, version: stored.version, text: stored.text, applied: stored.applied })
}
