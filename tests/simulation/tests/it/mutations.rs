//! A hub broken on purpose is caught.

use simulation::{Keeper, Mutation, Setting, play};

/// Seeds within which each mutation must be caught.
const SEEDS: u64 = 200;

#[test]
fn every_mutation_is_caught_by_the_invariant_it_is_named_for() {
    for mutation in Mutation::ALL {
        let caught = (1..=SEEDS).any(|seed| {
            let setting = Setting {
                seed,
                profile: mutation.profile(),
                mutation: Some(mutation),
                keeper: Keeper::Memory,
                keep_trace: false,
            };
            play(&setting).breaches.iter().any(|it| mutation.caught_by().contains(&it.invariant))
        });

        assert!(caught, "{mutation:?}");
    }
}
