//! Removals that no source asked for: enrolments that ended, licences that ran out, rules that changed. The guard judges
//! them where they would take something away, one by one, so that no path leads around it.

use std::time::Duration;

use roster::{SubjectKey, SubjectKind};
use rules::delivery::{Delivery, Lane, REMOVAL_HELD, Settlement, Trouble, later};
use rules::guard::{HoldReason, TakenAway};
use state::holds::Hold;
use state::{StateError, Subject};

use super::decide::{PROTECTED, REMOVED};
use super::{Delivered, Delivering};
use crate::error::SyncError;
use crate::events;
use crate::hub::Hub;
use crate::messages::Job;

/// How often a held subject is looked at by itself; a decision about it, or a change of it, does not wait for that.
const LOOK_AGAIN: Duration = Duration::from_secs(3_600);

/// How long removals that were rejected are left alone.
const LEAVE_ALONE: Duration = Duration::from_secs(24 * 3_600);

/// Subjects handled at once when counting or deciding.
const AT_ONCE: usize = 100;

impl Delivering<'_> {
    /// Whether taking a subject away has still to be judged.
    pub(super) fn must_be_judged(&self, subject: &Subject, delivery: &Delivery, code: &str) -> bool {
        code != REMOVED && delivery.cleared.is_none() && self.has(subject.key, delivery)
    }

    /// Whether the target has a subject, or may have: what was begun and never confirmed is taken away too.
    fn has(&self, key: SubjectKey, delivery: &Delivery) -> bool {
        delivery.object(&self.target.target.reference_of(&key)).is_some()
    }

    /// Judges the removal of a subject. Cleared, it is decided again; otherwise it is held. `None`: cleared.
    pub(super) async fn judge(&self, subject: Subject, code: &str) -> Result<Option<Delivered>, SyncError> {
        let which = Which { kind: subject.key.kind, protected: code == PROTECTED };
        let hold = which.hold(self.target_name);
        let already_held = self.hub.store.is_held(self.tenant_name(), &hold).await?;
        let reason = if already_held { None } else { self.take(which).await? };
        if !already_held && reason.is_none() {
            let now = self.hub.now();
            let clear = |subject: &mut Subject| {
                if let Some(delivery) = subject.deliveries.get_mut(self.target_name) {
                    delivery.clear(now);
                }
            };
            self.hub.store.change_from(subject, clear).await?;
            return Ok(None);
        }
        self.hub.store.hold_subject(self.tenant_name(), &hold, subject.key).await?;
        if let Some(reason) = reason {
            self.begin_hold(which, hold.clone(), reason, subject.key).await?;
        }
        let now = self.hub.now();
        let trouble = Trouble { code: REMOVAL_HELD.to_owned(), message: code.to_owned(), at: now };
        let settlement = Settlement::Later { at: later(now, LOOK_AGAIN), failure: false, trouble };
        let key = subject.key;
        let settled = self.settle_unclaimed(subject, settlement).await;
        if matches!(settled, Err(SyncError::State(StateError::Conflict))) {
            self.release_if_stray(&hold, key).await?;
        }
        settled.map(Some)
    }

    /// Takes a subject off a hold that somebody else has decided about meanwhile, perhaps that it stays.
    async fn release_if_stray(&self, hold: &str, key: SubjectKey) -> Result<(), SyncError> {
        let subject = self.hub.store.subject(self.tenant_name(), key).await?;
        if !subject.deliveries.get(self.target_name).is_some_and(Delivery::is_held) {
            self.hub.store.release_subjects(self.tenant_name(), hold, [key]).await?;
        }
        Ok(())
    }

    /// Counts one more removal, if it may go on. Gives why not.
    async fn take(&self, which: Which) -> Result<Option<HoldReason>, SyncError> {
        let (tenant, target, store) = (self.tenant_name(), self.target_name, &self.hub.store);
        let now = self.hub.now();
        if store.taken_away(tenant, target, which.name()).await?.must_be_counted(now) {
            let gate = self.hub.pace.once_gate(tenant, target);
            let _alone = gate.lock().await;
            if store.taken_away(tenant, target, which.name()).await?.must_be_counted(now) {
                let there = self.count(which.kind).await?;
                store.change_taken_away(tenant, target, which.name(), |taken| taken.count(there, now)).await?;
            }
        }
        let mut reason = None;
        let decide = |taken: &mut TakenAway| {
            let is_school = which.kind == SubjectKind::Organisation;
            reason = taken.take(&self.tenant.config.guard, is_school, now);
        };
        store.change_taken_away(tenant, target, which.name(), decide).await?;
        Ok(reason)
    }

    /// How many of a kind the target has from us.
    async fn count(&self, kind: SubjectKind) -> Result<u64, SyncError> {
        let mut there = 0;
        for some in self.hub.store.subject_ids(self.tenant_name(), kind).await?.chunks(AT_ONCE) {
            let subjects = self.hub.store.subjects(self.tenant_name(), some.to_vec()).await?;
            let here = subjects.values().filter(|it| {
                let delivery = it.deliveries.get(self.target_name);
                delivery.is_some_and(|delivery| self.has(it.key, delivery))
            });
            there += here.count() as u64;
        }
        Ok(there)
    }

    async fn begin_hold(
        &self,
        which: Which,
        id: String,
        reason: HoldReason,
        first: SubjectKey,
    ) -> Result<(), SyncError> {
        let before = self.count(which.kind).await?;
        let target = Some(self.target_name.to_owned());
        let (kind, at) = (which.kind.record_kind(), self.hub.now());
        let hold = Hold { id, source: String::new(), target, kind, reason, at, before, records: vec![first.record()] };
        self.hub.store.put_hold(self.tenant_name(), &hold).await?;
        events::held(&*self.hub.observer, self.tenant_name(), &hold);
        Ok(())
    }

    /// A subject that was held and now is to be there, or has been decided otherwise, is held no more. Those that refer
    /// to it have let go of it meanwhile, and nothing that is made at the target would tell them that it is wanted again.
    pub(super) async fn release(&self, subject: Subject) -> Result<Subject, SyncError> {
        for protected in [false, true] {
            let hold = Which { kind: subject.key.kind, protected }.hold(self.target_name);
            self.hub.store.release_subjects(self.tenant_name(), &hold, [subject.key]).await?;
        }
        let now = self.hub.now();
        let tell = |subject: &mut Subject| {
            if let Some(delivery) = subject.deliveries.get_mut(self.target_name) {
                delivery.untold = delivery.untold.or(Some(now));
            }
        };
        Ok(self.hub.store.change_from(subject, tell).await?.0)
    }
}

/// What is judged together. A person whose data are protected does not wait because others are held.
#[derive(Debug, Clone, Copy)]
struct Which {
    kind: SubjectKind,
    protected: bool,
}

impl Which {
    const fn name(self) -> &'static str {
        if self.protected { "protected" } else { self.kind.record_kind().as_str() }
    }

    fn hold(self, target: &str) -> String {
        Hold::id_of(&format!("target {target}\n{}", self.name()))
    }
}

/// Decides about the subjects of a hold at a target: they are taken away now, or left alone for a day.
pub(crate) async fn decide(
    hub: &Hub,
    tenant: &str,
    target: &str,
    hold: &Hold,
    approved: bool,
) -> Result<(), SyncError> {
    let subjects: Vec<SubjectKey> = hold.subjects().collect();
    let now = hub.now();
    for some in subjects.chunks(AT_ONCE) {
        let decide = |subject: &mut Subject| {
            let Some(delivery) = subject.deliveries.get_mut(target).filter(|it| it.is_held()) else { return };
            if approved {
                delivery.clear(now);
                delivery.ready_at = Some(now);
                // Only now does it become a change that is to be delivered.
                delivery.known_at = Some(now);
                delivery.lane = Lane::Bulk;
            } else {
                delivery.ready_at = Some(later(now, LEAVE_ALONE));
            }
        };
        hub.store.change_many(tenant, some.to_vec(), decide).await?;
        if approved {
            let job = |key: &SubjectKey| (Job::new(tenant.to_owned(), target.to_owned(), *key), Lane::Bulk);
            hub.send_jobs(some.iter().map(job).collect()).await?;
        }
    }
    hub.store.release_subjects(tenant, &hold.id, subjects).await?;
    Ok(hub.store.release_strays(tenant, target, &hold.id).await?)
}
