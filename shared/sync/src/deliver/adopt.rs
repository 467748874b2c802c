//! Adopting: at first contact an account that already exists is recognised and taken over, never duplicated (R31).

use roster::SubjectKey;
use rules::object::WantedObject;
use rules::outcome::Outcome;
use rules::plan::Operation;
use state::targets::{Inventory, TargetState};
use targets::InventoryEntry;

use super::Delivering;
use crate::error::SyncError;

/// Pages of an inventory; a target that never ends is not believed.
const PAGES: u32 = 10_000;

/// What is known of an account to adopt.
pub(super) enum Account {
    /// There is none: create.
    None,
    /// This one.
    Adopt(String),
    /// It was recognised, but is already another of ours.
    Taken,
    /// The target could not be asked: creating now might duplicate.
    Unknown(&'static str, String),
}

impl Delivering<'_> {
    /// The account that a new object should take over, if any.
    pub(super) async fn account_for(&self, subject: SubjectKey, wanted: &WantedObject) -> Result<Account, SyncError> {
        if wanted.recognised_by.is_empty() || self.target.target.adoptable().as_ref() != Some(&wanted.key.kind) {
            return Ok(Account::None);
        }
        let state = match self.inventory().await? {
            Ok(state) => state,
            Err((code, detail)) => return Ok(Account::Unknown(code, detail)),
        };
        if state.inventory != Inventory::Listed {
            return Ok(Account::None);
        }
        let store = &self.hub.store;
        let remote = store.recognise(self.tenant_name(), self.target_name, &wanted.recognised_by).await?;
        let Some(remote) = remote else { return Ok(Account::None) };
        let ours = store.take_account(self.tenant_name(), self.target_name, &remote, subject).await?;
        Ok(if ours { Account::Adopt(remote) } else { Account::Taken })
    }

    /// An account that the target found by itself is one subject's only, as one is that was recognised in the list: two
    /// people whom a register gives one address must not become one.
    pub(super) async fn claimed(
        &self,
        subject: SubjectKey,
        operation: &Operation,
        outcome: Outcome,
    ) -> Result<Outcome, SyncError> {
        let Outcome::Done { remote: Some(remote), adopted: true } = &outcome else { return Ok(outcome) };
        if self.target.target.adoptable().as_ref() != Some(&operation.key().kind) {
            return Ok(outcome);
        }
        let ours = self.hub.store.take_account(self.tenant_name(), self.target_name, remote, subject).await?;
        Ok(if ours { outcome } else { taken() })
    }

    /// The target's state with its accounts listed; listing happens once, before the first account is created.
    async fn inventory(&self) -> Result<Result<TargetState, (&'static str, String)>, SyncError> {
        let state = self.target_state().await?;
        if state.inventory != Inventory::Unknown {
            return Ok(Ok(state));
        }
        let gate = self.hub.pace.once_gate(self.tenant_name(), self.target_name);
        let _alone = gate.lock().await;
        let state = self.hub.store.target(self.tenant_name(), self.target_name).await?;
        self.remember(state.clone());
        if state.inventory != Inventory::Unknown {
            return Ok(Ok(state));
        }
        match self.list_accounts().await? {
            Err(error) => Ok(Err(error)),
            Ok(inventory) => {
                let change = |state: &mut TargetState| state.inventory = inventory;
                let state = self.hub.store.change_target(self.tenant_name(), self.target_name, change).await?;
                self.remember(state.clone());
                Ok(Ok(state))
            }
        }
    }

    async fn list_accounts(&self) -> Result<Result<Inventory, (&'static str, String)>, SyncError> {
        let Some(kind) = self.target.target.adoptable() else { return Ok(Ok(Inventory::Unsupported)) };
        let (mut page, mut any) = (None, false);
        for _ in 0..PAGES {
            let answer = match self.target.target.inventory(&kind, page.as_deref()).await {
                Ok(answer) => answer,
                Err(error) => return Ok(Err((error.code, error.detail))),
            };
            let Some(listed) = answer else { return Ok(Ok(Inventory::Unsupported)) };
            any |= !listed.entries.is_empty();
            let accounts = listed.entries.into_iter().flat_map(marks);
            self.hub.store.note_accounts(self.tenant_name(), self.target_name, accounts.collect()).await?;
            page = listed.next;
            if page.is_none() {
                return Ok(Ok(if any { Inventory::Listed } else { Inventory::Empty }));
            }
        }
        Ok(Err(("target.inventory_endless", "the list of accounts does not end".to_owned())))
    }
}

/// The account is another of ours.
pub(super) fn taken() -> Outcome {
    Outcome::Rejected {
        code: "target.account_taken",
        message: "An account at the target is recognised by the same address as another of ours.".to_owned(),
    }
}

fn marks(entry: InventoryEntry) -> impl Iterator<Item = (roster::Personal<String>, String)> {
    let remote = entry.remote;
    entry.recognised_by.into_iter().map(move |mark| (mark, remote.clone()))
}
