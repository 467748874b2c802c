//! The tenants: their configurations from the table, and the connectors made from them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use roster::JoinKeyKind;
use rules::config::{SourceConfig, TenantConfig};
use rules::merge::Precedence;
use sources::Source;
use state::Store;
use state::tenants::TenantText;

use crate::connectors::{BuiltTarget, Factory, read_tenant};
use crate::error::SyncError;

/// How old what is known of the tenants may be.
const FRESH_FOR: Duration = Duration::from_secs(30);

/// The tenants and their connectors.
#[derive(Debug)]
pub struct Directory {
    pub(crate) factory: Arc<dyn Factory>,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    read_at: Option<Timestamp>,
    tenants: BTreeMap<String, Arc<Tenant>>,
}

/// A tenant with its connectors.
#[derive(Debug)]
pub struct Tenant {
    /// Its configuration.
    pub config: TenantConfig,
    /// Which of its sources is believed about what.
    pub precedence: Precedence,
    /// By what persons are joined with what second sources say of them; empty: there is no second source.
    pub joined_by: Vec<JoinKeyKind>,
    /// Its sources, by name.
    pub sources: BTreeMap<String, BuiltSource>,
    /// Its targets, by name.
    pub targets: BTreeMap<String, BuiltTarget>,
    /// The version of its configuration.
    pub version: u64,
    /// Whether everything has been looked at since this version came.
    pub applied: bool,
}

/// A source and what all sources share.
#[derive(Debug, Clone)]
pub struct BuiltSource {
    /// The source.
    pub source: Arc<dyn Source>,
    /// Its configuration.
    pub config: SourceConfig,
}

impl Directory {
    /// A directory that makes connectors with `factory`. It knows nobody until the first refresh.
    #[must_use]
    pub fn new(factory: Arc<dyn Factory>) -> Self {
        Self { factory, known: RwLock::default() }
    }

    /// How connectors are made.
    #[must_use]
    pub fn factory(&self) -> &dyn Factory {
        &*self.factory
    }

    /// Reads the tenants' configurations again if what is known is too old. Connectors of an unchanged tenant stay,
    /// with their tokens and connections.
    ///
    /// # Errors
    /// [`SyncError::State`].
    pub async fn refresh(&self, store: &Store, now: Timestamp) -> Result<(), SyncError> {
        let read_at = self.known.read().unwrap_or_else(PoisonError::into_inner).read_at;
        if read_at.is_some_and(|at| now.duration_since(at).unsigned_abs() < FRESH_FOR) {
            return Ok(());
        }
        self.reload(store, now).await
    }

    /// Reads the tenants' configurations again.
    ///
    /// # Errors
    /// [`SyncError::State`].
    pub async fn reload(&self, store: &Store, now: Timestamp) -> Result<(), SyncError> {
        let texts = store.tenants().await?;
        let before = self.known.read().unwrap_or_else(PoisonError::into_inner).tenants.clone();
        let mut tenants = BTreeMap::new();
        for text in texts {
            let unchanged = |it: &&Arc<Tenant>| it.version == text.version && it.applied == text.applied;
            let same = before.get(&text.tenant).filter(unchanged).cloned();
            match same.map_or_else(|| self.build(&text).map(Arc::new), Ok) {
                Ok(tenant) => drop(tenants.insert(text.tenant, tenant)),
                Err(problem) => {
                    tracing::error!(
                        code = "tenant.unusable",
                        tenant = text.tenant,
                        problem,
                        "A tenant's file cannot be used."
                    );
                    // The last configuration that worked goes on.
                    tenants.extend(before.get(&text.tenant).map(|it| (text.tenant, Arc::clone(it))));
                }
            }
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { read_at: Some(now), tenants };
        Ok(())
    }

    fn build(&self, text: &TenantText) -> Result<Tenant, String> {
        let config = read_tenant(&text.text, &*self.factory)
            .map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default())?;
        let mut tenant = Tenant {
            version: text.version,
            applied: text.applied,
            precedence: config.precedence(),
            joined_by: config.joined_by(),
            sources: BTreeMap::new(),
            targets: BTreeMap::new(),
            config,
        };
        for source in &tenant.config.sources {
            let built = self.factory.source(&tenant.config.tenant, source).map_err(|problem| problem.message)?;
            tenant.sources.insert(source.name.clone(), BuiltSource { source: built, config: source.clone() });
        }
        for target in &tenant.config.targets {
            let built = self.factory.target(&tenant.config.tenant, target).map_err(|problem| problem.message)?;
            tenant.targets.insert(target.name.clone(), built);
        }
        Ok(tenant)
    }

    /// All tenants.
    #[must_use]
    pub fn tenants(&self) -> Vec<Arc<Tenant>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).tenants.values().cloned().collect()
    }

    /// A tenant.
    ///
    /// # Errors
    /// [`SyncError::NotConfigured`].
    pub fn tenant(&self, name: &str) -> Result<Arc<Tenant>, SyncError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.tenants.get(name).cloned().ok_or_else(|| SyncError::NotConfigured(format!("tenant {name}")))
    }

    /// The kind of a tenant's target.
    #[must_use]
    pub fn target_kind(&self, tenant: &str, target: &str) -> Option<String> {
        let tenant = self.tenant(tenant).ok()?;
        tenant.config.targets.iter().find(|it| it.name == target).map(|it| it.kind.clone())
    }
}
