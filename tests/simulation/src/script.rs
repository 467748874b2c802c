//! Scripts: what happens in a run, step by step. Picks are numbers that are looked up in the world as it then is, so that
//! a script with steps left out is a script still.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Something changes at a tenant's source.
    Change {
        /// Which tenant.
        tenant: usize,
        /// What kind of change.
        kind: u8,
        /// To whom.
        pick: u32,
    },
    /// Many persons go at once, as in a half-read file or a rollover.
    Mass {
        /// Which tenant.
        tenant: usize,
        /// How many of ten.
        tenths: u8,
    },
    /// The enrolments of many pupils end at once, or their licences go, though they are still in the source.
    MassEnd {
        /// Which tenant.
        tenant: usize,
        /// How many of ten.
        tenths: u8,
    },
    /// Time passes.
    Pause {
        /// Seconds.
        seconds: u32,
    },
    /// The rest of the day passes, and most of the night.
    Night,
    /// A tenant's source is down, or up again.
    Source {
        /// Which tenant.
        tenant: usize,
        /// Whether it is up.
        up: bool,
    },
    /// A tenant's target is down, or up again.
    Target {
        /// Which tenant.
        tenant: usize,
        /// Whether it is up.
        up: bool,
    },
    /// A source no longer accepts its tokens.
    Tokens {
        /// Which tenant.
        tenant: usize,
    },
    /// Somebody asks for everything to be read.
    FullRead {
        /// Which tenant.
        tenant: usize,
    },
    /// A queue is emptied by mistake.
    Purge {
        /// Which queue.
        queue: u8,
    },
    /// A message from another version of the hub is in a queue.
    OddMessage {
        /// Which queue.
        queue: u8,
    },
    /// The hub is deployed anew.
    Deploy,
    /// A person at the portal makes a group and an account by hand.
    ByHand {
        /// Which tenant.
        tenant: usize,
    },
    /// A person at the portal removes an account of ours.
    AccountRemoved {
        /// Which tenant.
        tenant: usize,
        /// Whose.
        pick: u32,
    },
    /// A teacher takes a member out of a group of ours, at the portal.
    TakenOut {
        /// Which tenant.
        tenant: usize,
        /// Whom.
        pick: u32,
    },
    /// An operator looks at the holds.
    Operator,
}

impl Step {
    /// Whether it is made of time passing.
    pub(crate) const fn passes_time(self) -> bool {
        matches!(self, Self::Pause { .. } | Self::Night)
    }
}

/// What happens in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Kinds of change there are.
pub(crate) const CHANGES: u8 = 16;

impl Script {
    /// A seed's script.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut dice = StdRng::seed_from_u64(seed ^ 0x5c71_97b0);
        let mut steps = Vec::new();
        let days = if dice.random_bool(0.4) { 2 } else { 1 };
        for day in 0..days {
            if day > 0 {
                steps.push(Step::Night);
            }
            for _ in 0..dice.random_range(6..16) {
                steps.push(step(&mut dice));
                let pause = *[1, 5, 20, 60, 200].choose(&mut dice).unwrap_or(&5);
                steps.push(Step::Pause { seconds: dice.random_range(0..=pause) });
            }
        }
        Self { steps }
    }
}

fn step(dice: &mut StdRng) -> Step {
    let tenant = dice.random_range(0..2);
    match dice.random_range(0..100) {
        0..60 => Step::Change { tenant, kind: dice.random_range(0..CHANGES), pick: dice.random() },
        60..63 => Step::Mass { tenant, tenths: dice.random_range(2..=10) },
        63..66 => Step::MassEnd { tenant, tenths: dice.random_range(2..=10) },
        66..71 => Step::Source { tenant, up: dice.random() },
        71..76 => Step::Target { tenant, up: dice.random() },
        76..79 => Step::Tokens { tenant },
        79..83 => Step::FullRead { tenant },
        83..86 => Step::Purge { queue: dice.random_range(0..3) },
        86..89 => Step::OddMessage { queue: dice.random_range(0..3) },
        89..92 => Step::Deploy,
        92..94 => Step::ByHand { tenant },
        94..95 => Step::AccountRemoved { tenant, pick: dice.random() },
        95..97 => Step::TakenOut { tenant, pick: dice.random() },
        _ => Step::Operator,
    }
}
