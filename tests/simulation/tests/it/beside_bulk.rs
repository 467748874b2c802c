//! Single changes beside another tenant's bulk work.

use simulation::{Keeper, Profile, Setting, play};

#[test]
fn single_changes_arrive_within_the_window_beside_anothers_bulk_work() {
    let setting =
        Setting { seed: 1, profile: Profile::beside_bulk(), mutation: None, keeper: Keeper::Memory, keep_trace: false };

    assert_eq!(play(&setting).breaches, []);
}
