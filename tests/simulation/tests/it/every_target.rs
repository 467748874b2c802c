//! Receiving systems of every kind beside the portal: all hold in the end what the register says.

use simulation::{Keeper, Profile, Setting, play};

#[test]
fn systems_of_every_kind_are_right_in_the_end_whatever_goes_wrong() {
    for seed in 1..=4 {
        let profile = Profile { every_target: true, ..Profile::all_faults() };
        let setting = Setting { seed, profile, mutation: None, keeper: Keeper::Memory, keep_trace: false };

        assert_eq!(play(&setting).breaches, [], "seed {seed}");
    }
}
