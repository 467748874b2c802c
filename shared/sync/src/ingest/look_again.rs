//! Looking again: when what everything depends on has changed – organisations, or the tenant's configuration – every
//! subject is decided anew. What comes out as before makes no call.

use roster::SubjectKind;
use rules::delivery::Lane;

use super::absorb::{concerns_targets, mark};
use super::{Ingested, Reading};
use crate::error::SyncError;

/// Subjects handled at once: bounds memory, not correctness.
const AT_ONCE: usize = 1_000;

impl Reading<'_> {
    pub(super) async fn look_again_after_configuration(&self) -> Result<Ingested, SyncError> {
        if !self.tenant.applied {
            self.gather_everybody().await?;
            self.look_again().await?;
            self.hub.store.tenant_applied(self.tenant_name(), self.tenant.version).await?;
            self.hub.directory.reload(&self.hub.store, self.hub.now()).await?;
        }
        Ok(Ingested::Complete)
    }

    /// Marks every subject of the tenant at every target.
    pub(super) async fn look_again(&self) -> Result<(), SyncError> {
        let targets: Vec<&str> = self.tenant.targets.keys().map(String::as_str).collect();
        let now = self.hub.now();
        for kind in SubjectKind::ALL {
            let keys = self.hub.store.subject_ids(self.tenant_name(), kind).await?;
            for batch in keys.chunks(AT_ONCE) {
                let changed = self.hub.store.change_many(self.tenant_name(), batch.to_vec(), |subject| {
                    if concerns_targets(subject) {
                        mark(subject, &targets, now, Lane::Bulk);
                    }
                });
                self.wake(&changed.await?, Lane::Bulk).await?;
            }
        }
        Ok(())
    }
}
