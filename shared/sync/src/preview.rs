//! Preview: what would be done at the targets, found out by doing it – with a store that keeps what is written to
//! itself, at targets that are only imagined, in a time that passes as fast as it is told to.
//!
//! It is the code that delivers which is played, not a second one that might decide otherwise. No call changes anything:
//! sources are not asked at all, targets only for their accounts.

mod imagined;
mod rehearsal;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roster::{SubjectKey, SubjectKind};
use rules::delivery::{Delivery, Standing};
use rules::object::{DeliveredObject, ObjectKey, ObjectKind, Origin};
use serde::Serialize;
use state::{Store, Subject};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use self::rehearsal::Rehearsal;
use crate::error::SyncError;
use crate::hub::Hub;

/// Subjects looked at at once: bounds memory, not correctness.
const AT_ONCE: usize = 500;

/// What is asked about.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// Another file for the tenant; `None`: the one it has.
    pub file: Option<String>,
    /// Only this target; `None`: all of the tenant's.
    pub target: Option<String>,
    /// As of when; `None`: now.
    pub at: Option<Timestamp>,
}

/// What would be done. Equal inputs give equal previews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The tenant.
    pub tenant: String,
    /// What would have changed at the targets in the end, by target, subject and object.
    pub steps: Vec<Step>,
    /// What would not get there, or not yet.
    pub left: Vec<Left>,
}

/// One object of a target, which would not be as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// The target.
    pub target: String,
    /// Of whom or what it is.
    pub subject: SubjectKey,
    /// What kind of object, in the target's own word.
    pub kind: ObjectKind,
    /// Its key: the external identity the hub gives it.
    pub key: String,
    /// What would become of it.
    pub change: Change,
    /// Tells its content from others; `None`: it would be gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// What would become of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Made.
    Created,
    /// There already, recognised and taken over.
    Adopted,
    /// Replaced with other content.
    Updated,
    /// Taken away.
    Removed,
}

/// A subject that would not be at a target as it should.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Left {
    /// The target.
    pub target: String,
    /// Which subject.
    pub subject: SubjectKey,
    /// Why.
    pub why: Why,
    /// The stable code of what is in the way.
    pub code: String,
}

/// Why a subject would not be at a target as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its removal would wait for a person.
    Held,
    /// The tenant's rules cannot name it, or lack something.
    Refused,
    /// The target's contract cannot carry it.
    Dead,
    /// It would still wait for something else an hour later.
    Waiting,
}

impl Preview {
    /// What became of everything between two moments.
    #[must_use]
    pub fn between(tenant: &str, before: &Delivered, after: &Delivered) -> Self {
        Self { tenant: tenant.to_owned(), steps: after.since(before), left: after.left.iter().cloned().collect() }
    }

    /// Tells this preview from others: equal only when exactly the same would be done.
    #[must_use]
    pub fn hash(&self) -> String {
        roster::fingerprint(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }
}

/// Finds out what would be done for a tenant. Memory and time grow with what the tenant has.
///
/// # Errors
/// [`SyncError`]; `Proposal` when the file cannot be used.
pub async fn preview(hub: &Hub, tenant: &str, proposal: &Proposal) -> Result<Preview, SyncError> {
    // What only might happen is no news.
    play(hub, tenant, proposal).with_subscriber(NoSubscriber::default()).await
}

async fn play(hub: &Hub, tenant: &str, proposal: &Proposal) -> Result<Preview, SyncError> {
    let rehearsal = Rehearsal::of(hub, tenant, proposal).await?;
    let before = Delivered::of(rehearsal.store(), tenant, proposal.target.as_deref()).await?;
    rehearsal.play().await?;
    let after = Delivered::of(rehearsal.store(), tenant, proposal.target.as_deref()).await?;
    Ok(Preview::between(tenant, &before, &after))
}

/// What a tenant's targets have from the hub, as far as they have told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    objects: BTreeMap<(String, SubjectKey, ObjectKey), Content>,
    left: BTreeSet<Left>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Content {
    fingerprint: String,
    is_adopted: bool,
}

impl Delivered {
    /// What they have now: all targets, or one.
    ///
    /// # Errors
    /// [`SyncError`].
    pub async fn of(store: &Store, tenant: &str, target: Option<&str>) -> Result<Self, SyncError> {
        let mut all = Self::default();
        for kind in SubjectKind::ALL {
            for some in store.subject_ids(tenant, kind).await?.chunks(AT_ONCE) {
                store.subjects(tenant, some.to_vec()).await?.values().for_each(|it| all.add(it, target));
            }
        }
        Ok(all)
    }

    fn add(&mut self, subject: &Subject, only: Option<&str>) {
        let wanted = subject.deliveries.iter().filter(|(target, _)| only.is_none_or(|only| only == *target));
        for (target, delivery) in wanted {
            let certain = delivery.objects.iter().filter(|it| it.is_certain());
            let places = certain.map(|it| ((target.clone(), subject.key, it.key.clone()), Content::of(it)));
            self.objects.extend(places);
            self.left.extend(left(target, subject.key, delivery));
        }
    }

    /// What has become of each object since.
    #[must_use]
    pub fn since(&self, before: &Self) -> Vec<Step> {
        let step = |(target, subject, object): &(String, SubjectKey, ObjectKey), change, fingerprint| Step {
            target: target.clone(),
            subject: *subject,
            kind: object.kind.clone(),
            key: object.key.clone(),
            change,
            fingerprint,
        };
        let there = self.objects.iter().filter_map(|(place, content)| {
            let change = match before.objects.get(place) {
                Some(old) if old.fingerprint == content.fingerprint => return None,
                Some(_) => Change::Updated,
                None if content.is_adopted => Change::Adopted,
                None => Change::Created,
            };
            Some(step(place, change, Some(content.fingerprint.clone())))
        });
        let gone = before.objects.keys().filter(|place| !self.objects.contains_key(place));
        let mut steps: Vec<Step> = there.chain(gone.map(|place| step(place, Change::Removed, None))).collect();
        steps.sort();
        steps
    }
}

impl Content {
    fn of(object: &DeliveredObject) -> Self {
        Self { fingerprint: object.fingerprint.clone(), is_adopted: object.origin == Origin::Adopted }
    }
}

fn left(target: &str, subject: SubjectKey, delivery: &Delivery) -> Option<Left> {
    let trouble = || delivery.trouble.as_ref().map(|it| it.code.clone()).unwrap_or_default();
    let (why, code) = match &delivery.standing {
        _ if delivery.dead => (Why::Dead, trouble()),
        _ if delivery.is_held() => (Why::Held, trouble()),
        _ if delivery.known_at.is_some() => (Why::Waiting, trouble()),
        Some(Standing::Refused(code)) => (Why::Refused, code.clone()),
        _ => return None,
    };
    Some(Left { target: target.to_owned(), subject, why, code })
}

#[cfg(test)]
mod tests;
