//! Mutations: hubs broken on purpose, around the product's code and not in it. Each must be caught by the invariant it is
//! named for; a check that cannot fail is no check.

use serde::Deserialize;

use crate::profile::Profile;

/// A way to break the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mutation {
    /// Caught by 1: what is sent about a user is thrown away and said to have been done.
    ForgetfulTarget,
    /// Caught by 2: an account that was made by hand is deleted.
    TouchedForeign,
    /// Caught by 3: the guard holds nothing.
    BlindGuard,
    /// Caught by 3: the guard at the targets sees each removal as though it were the first.
    BlindGuardAtTarget,
    /// Caught by 4, or by 1 or 5 as what it leads to: conditions of writes are left out.
    UnconditionalWrites,
    /// Caught by 5: the timer finds nothing that is due.
    ForgottenDue,
    /// Caught by 6: a worker calls the target for every message, whether there is anything to do or not.
    EagerWorker,
    /// Caught by 7: a preview sees no person.
    BlindPreview,
    /// Caught by 8: an address is logged.
    TalkativeLog,
    /// Caught by 9 beside bulk work: one queue for everything, whose one worker waits where it stands until the
    /// target takes its next call.
    WaitingWorker,
    /// Caught by 10: the keys of two tenants are exchanged.
    ExchangedKeys,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::ForgetfulTarget,
        Self::TouchedForeign,
        Self::BlindGuard,
        Self::BlindGuardAtTarget,
        Self::UnconditionalWrites,
        Self::ForgottenDue,
        Self::EagerWorker,
        Self::BlindPreview,
        Self::TalkativeLog,
        Self::WaitingWorker,
        Self::ExchangedKeys,
    ];

    /// The invariants of which one must catch it.
    #[must_use]
    pub const fn caught_by(self) -> &'static [&'static str] {
        match self {
            Self::ForgetfulTarget => &["1"],
            Self::TouchedForeign => &["2"],
            Self::BlindGuard | Self::BlindGuardAtTarget => &["3"],
            Self::UnconditionalWrites => &["4", "1", "5"],
            Self::ForgottenDue => &["5"],
            Self::EagerWorker => &["6"],
            Self::BlindPreview => &["7"],
            Self::TalkativeLog => &["8"],
            Self::WaitingWorker => &["9"],
            Self::ExchangedKeys => &["10"],
        }
    }

    /// What must go wrong, or be much, for it to show.
    #[must_use]
    pub fn profile(self) -> Profile {
        match self {
            Self::WaitingWorker => Profile::beside_bulk(),
            _ => Profile::all_faults(),
        }
    }
}
