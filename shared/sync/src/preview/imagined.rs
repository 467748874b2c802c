//! What a rehearsal has instead of targets, queues, time and chance.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use outbound::Secrets;
use queue::{Depth, Outgoing, Queue, QueueError, Received};
use roster::{Chance, Clock, SubjectKey};
use rules::config::{Connectors, SettingsProblem, SourceConfig, TargetConfig};
use rules::object::{ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use sources::Source;
use targets::{InventoryPage, Occasion, Refusal, Target, TargetError};

use crate::connectors::{BuiltTarget, Factory};

/// A target that takes whatever the real one's contract can carry, and tells nobody.
#[derive(Debug)]
struct Imagined(Arc<dyn Target>);

#[async_trait]
impl Target for Imagined {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.0.map(view)
    }

    fn reference_of(&self, key: &SubjectKey) -> ObjectKey {
        self.0.reference_of(key)
    }

    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome {
        if self.0.files().is_some() || self.0.feed().is_some() {
            // It calls nobody, and says by which name the target will know the object.
            return self.0.apply(operation, occasion).await;
        }
        Outcome::Done { remote: occasion.remote.map(str::to_owned), adopted: occasion.remote.is_some() }
    }

    /// The real one's: listing changes nothing.
    async fn inventory(&self, kind: &ObjectKind, page: Option<&str>) -> Result<Option<InventoryPage>, TargetError> {
        self.0.inventory(kind, page).await
    }

    fn adoptable(&self) -> Option<ObjectKind> {
        self.0.adoptable()
    }
}

/// Makes connectors as another does, but imagined targets, which may be called as often as one likes.
#[derive(Debug)]
pub(super) struct ImaginedTargets(pub(super) Arc<dyn Factory>);

impl Connectors for ImaginedTargets {
    fn source_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        self.0.source_keys(kind)
    }

    fn target_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        self.0.target_keys(kind)
    }

    fn try_source(&self, source: &SourceConfig) -> Result<(), SettingsProblem> {
        self.0.try_source(source)
    }

    fn try_target(&self, target: &TargetConfig) -> Result<(), SettingsProblem> {
        self.0.try_target(target)
    }
}

impl Factory for ImaginedTargets {
    fn source(&self, tenant: &str, config: &SourceConfig) -> Result<Arc<dyn Source>, SettingsProblem> {
        self.0.source(tenant, config)
    }

    fn target(&self, tenant: &str, config: &TargetConfig) -> Result<BuiltTarget, SettingsProblem> {
        let mut built = self.0.target(tenant, config)?;
        built.target = Arc::new(Imagined(built.target));
        built.policy.rate = None;
        Ok(built)
    }

    fn secrets(&self) -> &dyn Secrets {
        self.0.secrets()
    }
}

/// A queue that wakes nobody: a rehearsal looks in the table itself.
#[derive(Debug)]
pub(super) struct Nobody;

#[async_trait]
impl Queue for Nobody {
    fn name(&self) -> &'static str {
        "nobody"
    }

    async fn send(&self, _messages: Vec<Outgoing>) -> Result<(), QueueError> {
        Ok(())
    }

    async fn receive(&self, _max: usize, _wait: Duration) -> Result<Vec<Received>, QueueError> {
        Ok(Vec::new())
    }

    async fn delete(&self, _receipts: Vec<String>) -> Result<(), QueueError> {
        Ok(())
    }

    async fn release(&self, _receipts: Vec<String>, _after: Duration) -> Result<(), QueueError> {
        Ok(())
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        Ok(Depth::default())
    }

    async fn purge(&self) -> Result<(), QueueError> {
        Ok(())
    }
}

/// A time that passes when it is told to.
#[derive(Debug)]
pub(super) struct Told(RwLock<Timestamp>);

impl Told {
    pub(super) const fn from(start: Timestamp) -> Self {
        Self(RwLock::new(start))
    }

    pub(super) fn is_now(&self, at: Timestamp) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for Told {
    fn now(&self) -> Timestamp {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same numbers each time.
#[derive(Debug, Default)]
pub(super) struct Counted(AtomicU64);

impl Chance for Counted {
    fn number(&self) -> u64 {
        // Spread over all bits: shares are taken from the upper ones.
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}
