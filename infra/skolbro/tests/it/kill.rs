//! The hub is killed without warning, again and again, while it loads a municipality.

use std::time::Duration;

use crate::town::Town;

/// `SKOLBRO_KILLS=50 SKOLBRO_PUPILS=2000` is the long form of this test.
fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_again_and_again_loses_and_duplicates_nothing() {
    let (kills, pupils) = (number("SKOLBRO_KILLS", 8), number("SKOLBRO_PUPILS", 120));
    let town = Town::found(31, pupils).await;

    for kill in 0..kills {
        let up = town.up();
        tokio::time::sleep(Duration::from_millis(40 + 37 * (kill as u64 % 11))).await;
        up.kill();
    }
    let _up = town.up();

    town.is_whole_in_the_end().await;
}
