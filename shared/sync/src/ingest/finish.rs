//! The end of a read: only now is it known what is gone; the guard judges; the cursor moves last.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roster::{Id, RecordKey, RecordKind};
use rules::delivery::Lane;
use rules::guard::{Evidence, WINDOW, judge};
use rules::merge::{Merged, merge};
use state::holds::Hold;
use state::sources::{ActiveRead, EndOfRead, Removals, SourceState, StoredSource};

use super::absorb::speaks_about_others;
use super::retract::own_subject;
use super::{BULK_FROM, Reading};
use crate::error::SyncError;
use crate::events;

/// How many of each kind a read has removed.
pub(super) type Removed = BTreeMap<RecordKind, u64>;

impl Reading<'_> {
    pub(super) async fn finish(
        &self,
        stored: &mut StoredSource,
        read: &ActiveRead,
        end_of_read: &EndOfRead,
    ) -> Result<(), SyncError> {
        let noted = self.hub.store.said_in(self.tenant_name(), self.source_name(), &read.id).await?;
        let removed = if read.full {
            self.compare(stored, read, &noted, &end_of_read.complete).await?
        } else {
            self.remove_gone(stored, read, &noted).await?
        };
        self.subscribe(&mut stored.state).await;
        end(&mut stored.state, read, end_of_read.cursor.clone());
        self.hub.store.put_source(self.tenant_name(), self.source_name(), stored).await?;
        self.hub.store.forget_said(self.tenant_name(), self.source_name(), &read.id).await?;
        events::read_done(self.tenant_name(), self.source_name(), read.full, read.pages, read.warnings);
        self.tell_source(&stored.state, read, &removed).await;
        Ok(())
    }

    /// A full read: what the hub has and the read has not seen may be gone – of the kinds that were read completely.
    async fn compare(
        &self,
        stored: &mut StoredSource,
        read: &ActiveRead,
        seen: &BTreeMap<RecordKind, BTreeSet<Id>>,
        complete: &[RecordKind],
    ) -> Result<Removed, SyncError> {
        let (none, mut removed) = (BTreeSet::new(), Removed::new());
        for kind in RecordKind::ALL.into_iter().rev().filter(|kind| complete.contains(kind)) {
            let seen = seen.get(&kind).unwrap_or(&none);
            if kind == RecordKind::Person {
                self.leave_unwritten(seen).await?;
            }
            let unseen: BTreeSet<RecordKey> = self
                .had(kind)
                .await?
                .into_iter()
                .filter(|id| !seen.contains(id))
                .map(|id| RecordKey { kind, id })
                .collect();
            let gone = self.present(unseen).await?;
            let added = read.added.get(&kind).copied().unwrap_or(0);
            let count = gone.len() as u64;
            let before = (seen.len() as u64).saturating_sub(added) + count;
            let kept = self.remove(stored, read, kind, gone, before).await?;
            stored.state.totals.insert(kind, seen.len() as u64 + kept);
            removed.insert(kind, count - kept);
        }
        Ok(removed)
    }

    /// A read of changes: what the source says is gone, as far as the hub has it.
    async fn remove_gone(
        &self,
        stored: &mut StoredSource,
        read: &ActiveRead,
        gone: &BTreeMap<RecordKind, BTreeSet<Id>>,
    ) -> Result<Removed, SyncError> {
        let mut removed = Removed::new();
        for kind in RecordKind::ALL.into_iter().rev() {
            let added = read.added.get(&kind).copied().unwrap_or(0);
            let keys = gone.get(&kind).into_iter().flatten().map(|id| RecordKey { kind, id: *id }).collect();
            let gone = self.present(keys).await?;
            let (count, before) = (gone.len() as u64, stored.state.totals.get(&kind).copied().unwrap_or(0) + added);
            let kept = self.remove(stored, read, kind, gone, before).await?;
            let total = before.saturating_sub(count) + kept;
            if total > 0 || before > 0 {
                stored.state.totals.insert(kind, total);
            }
            removed.insert(kind, count - kept);
        }
        Ok(removed)
    }

    /// Removes, or holds. Gives how many were held.
    async fn remove(
        &self,
        stored: &mut StoredSource,
        read: &ActiveRead,
        kind: RecordKind,
        gone: Vec<RecordKey>,
        before: u64,
    ) -> Result<u64, SyncError> {
        if gone.is_empty() {
            return Ok(0);
        }
        let now = self.hub.now();
        forget_old(&mut stored.state, now);
        let (begun, recently): (Vec<Removals>, Vec<Removals>) =
            stored.state.removals.iter().filter(|it| it.kind == kind).cloned().partition(|it| it.read == read.id);
        let count = gone.len() as u64;
        // What this read had begun to remove before a crash is counted with what is left of it.
        let removed = begun.iter().map(|it| it.count).max().unwrap_or(0).max(count);
        let evidence = Evidence {
            before: before + (removed - count),
            removed,
            added: read.added.get(&kind).copied().unwrap_or(0),
            removed_recently: recently.iter().map(|it| it.count).sum(),
            added_recently: recently.iter().map(|it| it.added).sum(),
            schools_vanished: self.schools(kind, &gone).await?,
        };
        if let Some(reason) = judge(&self.tenant.config.guard, &evidence) {
            // One hold per source and kind: a later read's judgement replaces the earlier one's.
            let id = Hold::id_of(&format!("{}\n{kind}", self.source_name()));
            let source = self.source_name().to_owned();
            let hold = Hold { id, source, target: None, kind, reason, at: now, before, records: gone };
            self.hub.store.put_hold(self.tenant_name(), &hold).await?;
            events::held(&*self.hub.observer, self.tenant_name(), &hold);
            return Ok(count);
        }
        if begun.is_empty() {
            // Counted before it is done: a crash in between makes the guard stricter, never blind.
            stored.state.removals.push(Removals { at: now, kind, count, read: read.id.clone(), added: evidence.added });
            stored.state.units_stale |= kind == RecordKind::Organisation;
            self.hub.store.put_source(self.tenant_name(), self.source_name(), stored).await?;
        }
        let lane = if gone.len() > BULK_FROM { Lane::Bulk } else { Lane::Fresh };
        self.retract(&gone, now, lane).await?;
        if stored.state.units_stale {
            self.resolve_school_units(stored, Vec::new()).await?;
        }
        Ok(0)
    }

    /// Everything of a kind that the hub may have from this source.
    async fn had(&self, kind: RecordKind) -> Result<Vec<Id>, SyncError> {
        if speaks_about_others(kind) {
            let ids = self.hub.store.record_ids(self.tenant_name(), self.source_name(), kind).await?;
            return Ok(ids.into_iter().collect());
        }
        let any = RecordKey { kind, id: Id::derived(&[]) };
        let Some(subject) = own_subject(any) else { return Ok(Vec::new()) };
        let keys = self.hub.store.subject_ids(self.tenant_name(), subject.kind).await?;
        Ok(keys.into_iter().map(|key| key.id).collect())
    }

    /// How many of the records are schools or school units.
    async fn schools(&self, kind: RecordKind, gone: &[RecordKey]) -> Result<u64, SyncError> {
        if kind != RecordKind::Organisation {
            return Ok(0);
        }
        let keys = gone.iter().filter_map(|key| own_subject(*key)).collect();
        let subjects = self.hub.store.subjects(self.tenant_name(), keys).await?;
        let precedence = &self.tenant.precedence;
        let schools = subjects
            .values()
            .filter(|it| matches!(merge(&it.facts, precedence), Some(Merged::Organisation(o)) if is_school(&o)));
        Ok(schools.count() as u64)
    }
}

const fn is_school(organisation: &roster::Organisation) -> bool {
    matches!(organisation.kind, roster::OrganisationType::School | roster::OrganisationType::SchoolUnit)
}

fn forget_old(state: &mut SourceState, now: Timestamp) {
    state.removals.retain(|it| now.duration_since(it.at).unsigned_abs() < WINDOW);
}

fn end(state: &mut SourceState, read: &ActiveRead, cursor: Option<String>) {
    state.cursor = cursor;
    state.read_at = Some(read.started);
    if read.full {
        state.full_read_at = Some(read.started);
        state.warning_count = read.warnings;
    }
    state.reading = None;
    state.failures = 0;
    state.trouble = None;
    state.quarantined_until = None;
}
