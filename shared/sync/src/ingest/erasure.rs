//! Erasure: a call that anybody could have posted is believed only when the source no longer has the record.

use jiff::Timestamp;
use roster::{RecordKey, RecordKind};
use rules::delivery::Lane;

use super::{Ingested, Reading};
use crate::error::SyncError;
use crate::events;
use crate::messages::{Notice, Reason};

impl Reading<'_> {
    /// Removes one record at once, without the guard, if the source confirms that it is gone. An unknown one is done.
    pub(super) async fn erase(&self, key: RecordKey, known_at: Timestamp) -> Result<Ingested, SyncError> {
        let kept = self.kept_as(key);
        let present = self.present([kept].into()).await?;
        if present.is_empty() {
            // Unknown, or named in the source's own way: the changes will tell whether somebody is gone.
            let (tenant, source) = (self.tenant_name().to_owned(), self.source_name().to_owned());
            self.hub.send_notice(&Notice::new(tenant, source, Reason::Doorbell, known_at)).await?;
            return Ok(Ingested::Complete);
        }
        match self.source.source.has(key).await {
            Ok(true) => {
                tracing::warn!(
                    code = "source.erasure_unconfirmed",
                    tenant = self.tenant_name(),
                    source = self.source_name(),
                    kind = key.kind.as_str(),
                    "An erasure was asked for, but the source still has the record."
                );
                Ok(Ingested::Complete)
            }
            Ok(false) => {
                debug_assert!(matches!(key.kind, RecordKind::Person | RecordKind::Group));
                self.retract(&[kept], known_at, Lane::Fresh).await?;
                Ok(Ingested::Complete)
            }
            Err(error) => {
                // The nightly compare finds it, should the source stay silent.
                events::read_failed(self.tenant_name(), self.source_name(), &error, 1);
                Ok(Ingested::Failed)
            }
        }
    }
}
