//! Pace: how a target fares, as this process sees it, and whether it may be called now.
//!
//! The breaker itself is in the table, for all workers; what is counted towards it is counted here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rules::breaker::{Bucket, FAILURES_TO_OPEN, PROBE, next_token, open_for};
use rules::delivery::{Lane, later};
use state::targets::TargetState;

use super::Delivering;
use crate::error::SyncError;
use crate::events;

/// How long a target's stored state is believed before it is read again.
const BELIEVED: Duration = Duration::from_secs(2);

/// How many tokens are leased at once: one write for many calls.
const BLOCK: u32 = 20;

/// What this process remembers of targets.
#[derive(Debug, Default)]
pub struct Pace(Mutex<BTreeMap<(String, String), Fare>>);

/// Lets one worker of this process at a time do what is done once for all: list a target's accounts, count what it has.
pub(super) type Gate = std::sync::Arc<tokio::sync::Mutex<()>>;

#[derive(Debug, Default, Clone)]
struct Fare {
    state: Option<(TargetState, Timestamp)>,
    failures: u32,
    blocked_until: Option<Timestamp>,
    tokens: u32,
    once: Gate,
}

impl Pace {
    fn with<T>(&self, tenant: &str, target: &str, look: impl FnOnce(&mut Fare) -> T) -> T {
        let mut fares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        look(fares.entry((tenant.to_owned(), target.to_owned())).or_default())
    }

    pub(super) fn once_gate(&self, tenant: &str, target: &str) -> Gate {
        self.with(tenant, target, |fare| Gate::clone(&fare.once))
    }
}

/// Whether a target may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MayCall {
    /// It may.
    Now,
    /// It asked for a pause until then.
    From(Timestamp),
    /// It does not answer; nobody knows when it will.
    NotYet,
}

impl Delivering<'_> {
    fn fare<T>(&self, look: impl FnOnce(&mut Fare) -> T) -> T {
        self.hub.pace.with(self.tenant_name(), self.target_name, look)
    }

    /// The target's stored state, at most two seconds old.
    pub(super) async fn target_state(&self) -> Result<TargetState, SyncError> {
        let now = self.hub.now();
        let known = self.fare(|fare| fare.state.clone());
        if let Some((state, at)) = known
            && now.duration_since(at).unsigned_abs() < BELIEVED
        {
            return Ok(state);
        }
        let state = self.hub.store.target(self.tenant_name(), self.target_name).await?;
        self.fare(|fare| fare.state = Some((state.clone(), now)));
        Ok(state)
    }

    pub(super) fn remember(&self, state: TargetState) {
        let now = self.hub.now();
        self.fare(|fare| fare.state = Some((state, now)));
    }

    /// Whether the target may be called: it has asked for no pause, and the breaker is closed or this worker is the one to
    /// probe.
    pub(super) async fn may_call(&self) -> Result<MayCall, SyncError> {
        let now = self.hub.now();
        if let Some(until) = self.fare(|fare| fare.blocked_until.filter(|until| *until > now)) {
            return Ok(MayCall::From(until));
        }
        let state = self.target_state().await?;
        if state.openings == 0 {
            return Ok(MayCall::Now);
        }
        if state.open_until.is_some_and(|until| until > now) {
            return Ok(MayCall::NotYet);
        }
        let mut probing = false;
        let state = self
            .hub
            .store
            .change_target(self.tenant_name(), self.target_name, |state| {
                probing = state.openings == 0 || state.open_until.is_none_or(|until| until <= now);
                if probing && state.openings > 0 {
                    state.open_until = Some(later(now, PROBE));
                }
            })
            .await?;
        self.remember(state);
        Ok(if probing { MayCall::Now } else { MayCall::NotYet })
    }

    /// The target answered as a whole: whatever was counted against it is forgotten.
    pub(super) async fn target_answered(&self) -> Result<(), SyncError> {
        let was_open = self.fare(|fare| {
            fare.failures = 0;
            fare.state.as_ref().is_some_and(|(state, _)| state.openings > 0)
        });
        if !was_open {
            return Ok(());
        }
        let close = |state: &mut TargetState| {
            state.openings = 0;
            state.open_until = None;
            state.trouble = None;
        };
        let state = self.hub.store.change_target(self.tenant_name(), self.target_name, close).await?;
        self.remember(state);
        events::breaker_closed(self.tenant_name(), self.target_name);
        Ok(())
    }

    /// The target failed as a whole. Gives when it may be called again, once the breaker is open.
    pub(super) async fn target_failed(&self, code: &str) -> Result<Option<Timestamp>, SyncError> {
        let (failures, probing) = self.fare(|fare| {
            fare.failures = fare.failures.saturating_add(1);
            (fare.failures, fare.state.as_ref().is_some_and(|(state, _)| state.openings > 0))
        });
        if failures < FAILURES_TO_OPEN && !probing {
            return Ok(None);
        }
        let now = self.hub.now();
        let state = self
            .hub
            .store
            .change_target(self.tenant_name(), self.target_name, |state| {
                let already_open = state.open_until.is_some_and(|until| until > later(now, PROBE));
                if !already_open {
                    state.openings = state.openings.saturating_add(1);
                    state.open_until = Some(later(now, open_for(state.openings)));
                    state.trouble = Some(code.to_owned());
                }
            })
            .await?;
        let until = state.open_until;
        self.remember(state);
        self.fare(|fare| fare.failures = 0);
        if let Some(until) = until {
            events::breaker_opened(self.tenant_name(), self.target_name, code, until);
        }
        Ok(until)
    }

    /// The target asked for a pause.
    pub(super) fn hold_back(&self, until: Timestamp) {
        self.fare(|fare| fare.blocked_until = Some(fare.blocked_until.map_or(until, |it| it.max(until))));
    }

    /// Takes a token for one call. `Err` tells when there will be one.
    pub(super) async fn take_token(&self, lane: Lane) -> Result<Result<(), Timestamp>, SyncError> {
        let Some(rate) = self.target.policy.rate else { return Ok(Ok(())) };
        let taken = self.fare(|fare| {
            let had = fare.tokens > 0;
            fare.tokens = fare.tokens.saturating_sub(1);
            had
        });
        if taken {
            return Ok(Ok(()));
        }
        let now = self.hub.now();
        let block = BLOCK.min(rate.burst.div_ceil(5).max(1));
        let next = std::sync::Mutex::new(now);
        let leased = self
            .hub
            .store
            .take_tokens(self.tenant_name(), self.target_name, |bucket: &mut Option<Bucket>| {
                let before = bucket.unwrap_or_else(|| Bucket::full(&rate, now));
                let (left, taken) = before.take(&rate, now, block, lane);
                if taken > 0 {
                    *bucket = Some(left);
                }
                *next.lock().unwrap_or_else(PoisonError::into_inner) = next_token(&rate, left.tokens, now, lane);
                taken
            })
            .await?;
        if leased == 0 {
            return Ok(Err(next.into_inner().unwrap_or_else(PoisonError::into_inner)));
        }
        self.fare(|fare| fare.tokens = fare.tokens.saturating_add(leased - 1));
        Ok(Ok(()))
    }
}
