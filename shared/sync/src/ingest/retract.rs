//! Retracting: what a source no longer has is taken away from the subjects it spoke about.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roster::{Record, RecordKey, SubjectKey};
use rules::delivery::Lane;
use rules::merge::Provenance;

use super::Reading;
use super::absorb::{Edits, News, speaks_about_others};
use crate::error::SyncError;

/// Records handled at once: bounds memory, not correctness.
const AT_ONCE: usize = 500;

impl Reading<'_> {
    /// Takes away what records said. Whoever calls this has had it judged, or approved.
    pub(super) async fn retract(
        &self,
        records: &[RecordKey],
        known_at: Timestamp,
        lane: Lane,
    ) -> Result<(), SyncError> {
        for batch in records.chunks(AT_ONCE) {
            let spread = batch.iter().copied().filter(|key| speaks_about_others(key.kind));
            let known = self.hub.store.known_records(self.tenant_name(), self.source_name(), spread.collect()).await?;
            let mut edits = Edits::new();
            for key in batch {
                let provenance: Provenance = (self.source_name().to_owned(), *key);
                let subjects = match known.get(key) {
                    Some(record) => record.subjects.clone(),
                    None => own_subject(*key).into_iter().collect(),
                };
                for subject in subjects {
                    edits.entry(subject).or_default().push((provenance.clone(), None));
                }
            }
            let loaded = self.hub.store.subjects(self.tenant_name(), edits.keys().copied().collect()).await?;
            edits.retain(|key, _| loaded.contains_key(key));
            let moved = self.move_persons(&edits).await?;
            let changed = self.apply(edits, loaded, News { known_at, lane, first: false }).await?;
            self.have_moved(self.source_name(), moved).await?;
            self.leave(&known).await?;
            self.hub.store.forget_records(self.tenant_name(), self.source_name(), known.into_keys().collect()).await?;
            self.wake(&changed, lane).await?;
        }
        Ok(())
    }

    /// Those of the records that the hub has from this source.
    pub(super) async fn present(&self, records: BTreeSet<RecordKey>) -> Result<Vec<RecordKey>, SyncError> {
        let (spread, own): (Vec<_>, Vec<_>) = records.into_iter().partition(|key| speaks_about_others(key.kind));
        let known = self.hub.store.known_records(self.tenant_name(), self.source_name(), spread).await?;
        let mut present: Vec<RecordKey> = known.into_keys().collect();
        let keys = own.iter().filter_map(|key| own_subject(*key)).collect();
        let subjects = self.hub.store.subjects(self.tenant_name(), keys).await?;
        present.extend(own.into_iter().filter(|key| {
            let subject = own_subject(*key).and_then(|it| subjects.get(&it));
            subject.is_some_and(|it| it.facts.contains_key(&(self.source_name().to_owned(), *key)))
        }));
        present.sort_unstable();
        Ok(present)
    }

    /// A record that is read again is not gone, whatever a hold said of it.
    pub(super) async fn lift_holds(&self, records: &[Record]) -> Result<(), SyncError> {
        for mut hold in self.hub.store.holds_of_source(self.tenant_name(), self.source_name()).await? {
            let read: BTreeSet<RecordKey> = records.iter().map(Record::key).collect();
            let before = hold.records.len();
            hold.records.retain(|key| !read.contains(key));
            if hold.records.is_empty() {
                self.hub.store.end_hold(self.tenant_name(), &hold.id).await?;
            } else if hold.records.len() < before {
                self.hub.store.put_hold(self.tenant_name(), &hold).await?;
            }
        }
        Ok(())
    }
}

/// Takes away what records said, for an approved hold.
pub(crate) async fn retract(
    hub: &crate::Hub,
    tenant: &crate::directory::Tenant,
    source: &str,
    records: &[RecordKey],
) -> Result<(), SyncError> {
    let no_source = || SyncError::NotConfigured(format!("source {source} of tenant {}", tenant.config.tenant));
    let built = tenant.sources.get(source).ok_or_else(no_source)?;
    let reading = Reading { hub, tenant, source: built };
    if !records.iter().any(|key| key.kind == roster::RecordKind::Organisation) {
        return reading.retract(records, hub.now(), Lane::Bulk).await;
    }
    let mut stored = hub.store.source(reading.tenant_name(), source).await?;
    stored.state.units_stale = true;
    hub.store.put_source(reading.tenant_name(), source, &mut stored).await?;
    reading.retract(records, hub.now(), Lane::Bulk).await?;
    reading.resolve_school_units(&mut stored, Vec::new()).await?;
    Ok(hub.store.put_source(reading.tenant_name(), source, &mut stored).await?)
}

/// The subject that a record is itself.
pub(super) const fn own_subject(key: RecordKey) -> Option<SubjectKey> {
    match key.kind {
        roster::RecordKind::Organisation => Some(SubjectKey::organisation(key.id)),
        roster::RecordKind::Person => Some(SubjectKey::person(key.id)),
        roster::RecordKind::Group => Some(SubjectKey::group(key.id)),
        _ => None,
    }
}
