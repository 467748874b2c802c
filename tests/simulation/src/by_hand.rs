//! What people change at a portal by hand, past the hub.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use world::receiver::{Held, ReceiverState, ResourceType};

use crate::play::Run;
use crate::trace::note;

/// What of ours has been changed by hand at one tenant's target, by external identity.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched {
    /// Accounts that were removed.
    pub(crate) accounts: BTreeSet<String>,
    /// The same by the portal's own identities.
    pub(crate) names: BTreeSet<String>,
    /// Groups that lost members.
    pub(crate) groups: BTreeSet<String>,
}

impl Touched {
    /// Whether nothing was.
    pub(crate) fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.groups.is_empty()
    }
}

/// What has been changed by hand, by tenant. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct ByHand(Arc<Mutex<Vec<Touched>>>);

impl ByHand {
    pub(crate) fn of(tenants: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![Touched::default(); tenants])))
    }

    fn with<T>(&self, tenant: usize, look: impl FnOnce(&mut Touched) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)[tenant])
    }

    pub(crate) fn touched(&self, tenant: usize) -> Touched {
        self.with(tenant, |it| it.clone())
    }
}

/// An account is removed, and with it its memberships.
pub(crate) fn remove_account(run: &Run, tenant: usize, pick: u32) {
    for receiver in run.worlds[tenant].receivers() {
        let state = receiver.state();
        let accounts: Vec<&Held> = state.senders(ResourceType::Users).collect();
        let Some(account) = nth(&accounts, pick) else { continue };
        let groups = groups_of(&state, account);
        if receiver.portal_removes_account(&account.id) {
            note!(run.effects.trace, "the account {} is removed by hand", external(account));
            run.by_hand.with(tenant, |it| {
                it.accounts.insert(external(account));
                it.names.extend([account.id.clone(), external(account)]);
                it.groups.extend(groups);
            });
        }
    }
}

/// A member is taken out of a group.
pub(crate) fn take_out(run: &Run, tenant: usize, pick: u32) {
    for receiver in run.worlds[tenant].receivers() {
        let state = receiver.state();
        let groups: Vec<&Held> = state.senders(ResourceType::StudentGroups).collect();
        let Some(group) = nth(&groups, pick) else { continue };
        let members: Vec<&Held> =
            state.senders(ResourceType::Users).filter(|it| groups_of(&state, it).contains(&external(group))).collect();
        let Some(member) = nth(&members, pick / 7) else { continue };
        if receiver.portal_takes_out(&group.id, &member.id) {
            note!(run.effects.trace, "{} is taken out of {} by hand", external(member), external(group));
            run.by_hand.with(tenant, |it| it.groups.insert(external(group)));
        }
    }
}

fn external(held: &Held) -> String {
    held.external_id.clone().unwrap_or_else(|| held.id.clone())
}

fn nth<'a>(all: &[&'a Held], pick: u32) -> Option<&'a Held> {
    all.get((pick as usize).checked_rem(all.len())?).copied()
}

fn groups_of(state: &ReceiverState, account: &Held) -> Vec<String> {
    let names = [account.id.clone(), external(account)];
    let has = |group: &&Held| {
        let members = group.body["studentMemberships"].as_array();
        members
            .into_iter()
            .flatten()
            .any(|it| it["value"].as_str().is_some_and(|it| names.iter().any(|name| name == it)))
    };
    state.senders(ResourceType::StudentGroups).filter(has).map(external).collect()
}
