//! Holds: removals that wait for a person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roster::{RecordKey, RecordKind, SubjectKey, fingerprint};
use rules::delivery::Delivery;
use rules::guard::HoldReason;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::store::Store;
use crate::subjects::Subject;

const PREFIX: &str = "HOLD#";
const HELD: &str = "HELD#";

/// Removals that wait for a person. It never expires into "go".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Names it, whatever it holds. Operators know it by its [reference](Self::reference).
    pub id: String,
    /// The source whose read asked for the removals; empty: a target's rules did.
    pub source: String,
    /// The target that the removals concern; `None`: all that have what is gone from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Of which kind.
    pub kind: RecordKind,
    /// Why they are held.
    pub reason: HoldReason,
    /// When.
    pub at: Timestamp,
    /// How many there were before.
    pub before: u64,
    /// What would be removed, and nothing else. At a target, each is noted by itself, since they come one by one; of those
    /// it is what still waits there.
    pub records: Vec<RecordKey>,
}

impl Hold {
    /// A hold's identity, made of what is held together: there is one hold of it at most.
    #[must_use]
    pub fn id_of(what: &str) -> String {
        let mut id = fingerprint(what.as_bytes());
        id.truncate(8);
        id
    }

    /// Names the hold together with what it holds now: `1f0c22ab-93d0e7`. Whoever decides by it decides about what was
    /// shown, and nothing that came later.
    #[must_use]
    pub fn reference(&self) -> String {
        let held: BTreeSet<&RecordKey> = self.records.iter().collect();
        let text: String = held.into_iter().map(|it| format!("{} {}\n", it.kind, it.id)).collect();
        let mut content = fingerprint(text.as_bytes());
        content.truncate(6);
        format!("{}-{content}", self.id)
    }

    /// The identity in a reference.
    #[must_use]
    pub fn id_in(reference: &str) -> &str {
        reference.split_once('-').map_or(reference, |(id, _)| id)
    }

    /// The subjects that would be taken away from the target.
    pub fn subjects(&self) -> impl Iterator<Item = SubjectKey> {
        self.records.iter().filter_map(|record| {
            let kind = roster::SubjectKind::ALL.into_iter().find(|it| it.record_kind() == record.kind)?;
            Some(SubjectKey { kind, id: record.id })
        })
    }
}

impl Store {
    /// A tenant's holds, the oldest first.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn holds(&self, tenant: &str) -> Result<Vec<Hold>, StateError> {
        let mut holds = Vec::new();
        for hold in self.noted_holds(tenant).await? {
            holds.push(self.with_what_waits(tenant, hold).await?);
        }
        // Somebody may have been noted for a hold who was decided otherwise at that moment.
        holds.retain(|it| it.target.is_none() || !it.records.is_empty());
        Ok(holds)
    }

    /// The holds of a tenant's source, the oldest first.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn holds_of_source(&self, tenant: &str, source: &str) -> Result<Vec<Hold>, StateError> {
        let holds = self.noted_holds(tenant).await?;
        Ok(holds.into_iter().filter(|it| it.target.is_none() && it.source == source).collect())
    }

    async fn noted_holds(&self, tenant: &str) -> Result<Vec<Hold>, StateError> {
        let items = self.partition(&keys::holds(tenant), PREFIX).await?;
        let mut holds: Vec<Hold> = items.iter().map(Item::read).collect::<Result<_, _>>()?;
        holds.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(holds)
    }

    async fn with_what_waits(&self, tenant: &str, hold: Hold) -> Result<Hold, StateError> {
        let Some(target) = &hold.target else { return Ok(hold) };
        let noted = self.noted(tenant, &hold.id).await?;
        let waiting = self.waiting(tenant, target, &noted).await?;
        Ok(Hold { records: waiting.into_iter().map(SubjectKey::record).collect(), ..hold })
    }

    /// One hold.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn hold(&self, tenant: &str, id: &str) -> Result<Option<Hold>, StateError> {
        let item = self.get(&keys::holds(tenant), &format!("{PREFIX}{id}")).await?;
        match item.as_ref().map(Item::read::<Hold>).transpose()? {
            Some(hold) => self.with_what_waits(tenant, hold).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether there is a hold of that name.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn is_held(&self, tenant: &str, id: &str) -> Result<bool, StateError> {
        Ok(self.get(&keys::holds(tenant), &format!("{PREFIX}{id}")).await?.is_some())
    }

    /// Adds a subject to a hold at a target.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn hold_subject(&self, tenant: &str, id: &str, subject: SubjectKey) -> Result<(), StateError> {
        self.put_all(vec![Item::new(keys::holds(tenant), held_key(id, subject))]).await
    }

    /// Takes subjects off a hold at a target. The hold ends with the last of them.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn release_subjects(
        &self,
        tenant: &str,
        id: &str,
        subjects: impl IntoIterator<Item = SubjectKey>,
    ) -> Result<(), StateError> {
        let keys = subjects.into_iter().map(|it| (keys::holds(tenant), held_key(id, it)));
        self.delete_all(keys.collect()).await?;
        if self.noted(tenant, id).await?.is_empty() {
            self.end_hold(tenant, id).await?;
        }
        Ok(())
    }

    /// Takes those off a hold at a target who were noted for it and do not wait. The hold ends with the last of them.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn release_strays(&self, tenant: &str, target: &str, id: &str) -> Result<(), StateError> {
        let mut strays = self.noted(tenant, id).await?;
        let waiting = self.waiting(tenant, target, &strays).await?;
        strays.retain(|it| !waiting.contains(it));
        self.release_subjects(tenant, id, strays).await
    }

    async fn noted(&self, tenant: &str, id: &str) -> Result<Vec<SubjectKey>, StateError> {
        let prefix = format!("{HELD}{id}#");
        let items = self.partition(&keys::holds(tenant), &prefix).await?;
        Ok(items.iter().filter_map(|it| it.sk.strip_prefix(&prefix)?.parse().ok()).collect())
    }

    /// Those of the subjects whose removal waits at the target, in order.
    async fn waiting(
        &self,
        tenant: &str,
        target: &str,
        noted: &[SubjectKey],
    ) -> Result<BTreeSet<SubjectKey>, StateError> {
        let subjects = self.subjects(tenant, noted.to_vec()).await?;
        let waits = |it: &Subject| it.deliveries.get(target).is_some_and(Delivery::is_held);
        Ok(subjects.into_iter().filter(|(_, subject)| waits(subject)).map(|(key, _)| key).collect())
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

fn held_key(id: &str, subject: SubjectKey) -> String {
    format!("{HELD}{id}#{subject}")
}
