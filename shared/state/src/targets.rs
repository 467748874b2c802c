//! The state of a target: breaker, budget, dead letters, and the accounts it had before us.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roster::{Personal, SubjectKey, fingerprint};
use rules::breaker::Bucket;
use rules::delivery::{Delivery, Standing, Trouble};
use rules::guard::TakenAway;
use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::item::{Expect, Item};
use crate::keys;
use crate::store::Store;
use crate::table::Key;

const TARGET: &str = "TARGET";
const BUDGET: &str = "BUDGET";
const TAKEN_AWAY: &str = "GONE#";
const UNDELIVERABLE: &str = "NOT#";
const KNOWN: &str = "KNOWN#";

/// The state of a target of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetState {
    /// The breaker: no calls until then; `None`: closed.
    pub open_until: Option<Timestamp>,
    /// How often in a row it has opened; decides for how long the next time.
    pub openings: u32,
    /// Why it opened, until it closes.
    pub trouble: Option<String>,
    /// Whether the accounts that existed before us have been listed.
    pub inventory: Inventory,
}

/// Whether the accounts that existed before us have been listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inventory {
    /// Not yet: nothing may be created before.
    #[default]
    Unknown,
    /// They have, and there were some to recognise.
    Listed,
    /// They have, and there were none.
    Empty,
    /// The target cannot tell.
    Unsupported,
}

/// A subject that a target should have and cannot get, as listed for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undeliverable {
    /// The subject.
    pub subject: SubjectKey,
    /// Whether it is a dead letter – refused by the target, or given up –, or else refused by the rules.
    pub dead: bool,
    /// A stable code.
    pub code: String,
    /// The target's own words, without personal data.
    pub message: String,
    /// Since when.
    pub at: Timestamp,
}

impl Undeliverable {
    pub(crate) fn of(subject: SubjectKey, delivery: &Delivery) -> Option<Self> {
        if !delivery.dead && !matches!(delivery.standing, Some(Standing::Refused(_))) {
            return None;
        }
        let Trouble { code, message, at } = delivery.trouble.clone()?;
        Some(Self { subject, dead: delivery.dead, code, message, at })
    }

    pub(crate) fn place(tenant: &str, target: &str, subject: SubjectKey) -> Key {
        (keys::target(tenant, target), format!("{UNDELIVERABLE}{subject}"))
    }

    pub(crate) fn to_item(&self, tenant: &str, target: &str) -> Result<Item, StateError> {
        let (pk, sk) = Self::place(tenant, target, self.subject);
        Item::new(pk, sk).with_body(self)
    }
}

impl Store {
    /// A target's state.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn target(&self, tenant: &str, target: &str) -> Result<TargetState, StateError> {
        self.read_item(&keys::target(tenant, target), TARGET).await
    }

    /// Changes a target's state by a pure function, until nobody else came between.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_target(
        &self,
        tenant: &str,
        target: &str,
        decide: impl FnMut(&mut TargetState),
    ) -> Result<TargetState, StateError> {
        self.change_item(&keys::target(tenant, target), TARGET, decide).await
    }

    /// Takes up to `wanted` tokens from a target's bucket, leaving `reserve` of them. Gives how many were taken.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn take_tokens(
        &self,
        tenant: &str,
        target: &str,
        take: impl Fn(&mut Option<Bucket>) -> u32,
    ) -> Result<u32, StateError> {
        let mut taken = 0;
        let decide = |bucket: &mut Option<Bucket>| taken = take(bucket);
        self.change_item(&keys::target(tenant, target), BUDGET, decide).await?;
        Ok(taken)
    }

    /// Takes tokens from the bucket of a limit that all tenants share, as [`Self::take_tokens`] does from a target's.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn take_shared_tokens(
        &self,
        limit: &str,
        take: impl Fn(&mut Option<Bucket>) -> u32,
    ) -> Result<u32, StateError> {
        let mut taken = 0;
        let decide = |bucket: &mut Option<Bucket>| taken = take(bucket);
        self.change_item(&keys::shared_limit(limit), BUDGET, decide).await?;
        Ok(taken)
    }

    /// What was taken away of a kind of subject at a target; `which` names the kind.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn taken_away(&self, tenant: &str, target: &str, which: &str) -> Result<TakenAway, StateError> {
        self.read_item(&keys::target(tenant, target), &format!("{TAKEN_AWAY}{which}")).await
    }

    /// Changes that by a pure function, until nobody else came between.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn change_taken_away(
        &self,
        tenant: &str,
        target: &str,
        which: &str,
        decide: impl FnMut(&mut TakenAway),
    ) -> Result<(), StateError> {
        let sort = format!("{TAKEN_AWAY}{which}");
        self.change_item(&keys::target(tenant, target), &sort, decide).await.map(drop)
    }

    /// What a target cannot get: its dead letters, and what the rules refuse.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn undeliverable(&self, tenant: &str, target: &str) -> Result<Vec<Undeliverable>, StateError> {
        self.partition(&keys::target(tenant, target), UNDELIVERABLE).await?.iter().map(Item::read).collect()
    }

    /// Notes accounts that a target had before us, by what they are recognised by. Only a digest is kept.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn note_accounts(
        &self,
        tenant: &str,
        target: &str,
        accounts: Vec<(Personal<String>, String)>,
    ) -> Result<(), StateError> {
        let pk = keys::target(tenant, target);
        let by_mark: BTreeMap<String, String> =
            accounts.into_iter().map(|(mark, remote)| (known_key(tenant, &mark), remote)).collect();
        let items: Result<Vec<Item>, StateError> =
            by_mark.into_iter().map(|(sk, remote)| Item::new(pk.clone(), sk).with_body(&remote)).collect();
        self.put_all(items?).await
    }

    /// Takes an account for a subject, so that no two of ours become one at the target. `false`: it is another's.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn take_account(
        &self,
        tenant: &str,
        target: &str,
        remote: &str,
        subject: SubjectKey,
    ) -> Result<bool, StateError> {
        let (pk, sk) = (keys::target(tenant, target), format!("TAKEN#{remote}"));
        let item = Item::new(pk.clone(), sk.clone()).with_body(&subject)?;
        match self.put(item, Expect::Absent).await {
            Err(StateError::Conflict) => {
                let taken = self.get(&pk, &sk).await?.map(|it| it.read::<SubjectKey>()).transpose()?;
                Ok(taken.is_none_or(|by| by == subject))
            }
            put => put.map(|_| true),
        }
    }

    /// The account that is recognised by one of `marks`, the first that matches.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn recognise(
        &self,
        tenant: &str,
        target: &str,
        marks: &[Personal<String>],
    ) -> Result<Option<String>, StateError> {
        let pk = keys::target(tenant, target);
        for mark in marks {
            if let Some(item) = self.get(&pk, &known_key(tenant, mark)).await? {
                return item.read().map(Some);
            }
        }
        Ok(None)
    }
}

fn known_key(tenant: &str, mark: &Personal<String>) -> String {
    let text = format!("{tenant}\n{}", mark.as_str().to_lowercase());
    format!("{KNOWN}{}", fingerprint(text.as_bytes()))
}
