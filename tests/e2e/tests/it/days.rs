//! Days: good ones and bad ones.

use sync::messages::Reason;
use world::{Moods, WorldOptions};

use crate::stage::Stage;

/// Creates whose answer was lost, and which were tried again: of some hundreds, one in ten.
const STRUCK: u64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_load_gives_every_receiver_exactly_what_it_should_hold() {
    let stage = Stage::set(1).await;

    stage.settled().await;

    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_day_arrives_and_nothing_else() {
    let stage = Stage::loaded(2).await;

    stage.world.play_school_day().await;

    stage.settled().await;
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_ends_like_a_good_one() {
    let stage = Stage::loaded(3).await;
    stage.be_moody(&Moods::bad_day());

    stage.world.play_school_day().await;
    stage.ring("demoskolan", "register", Reason::Doorbell).await;
    stage.be_moody(&Moods::calm());

    stage.settled().await;
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_in_bad_weather_duplicates_nobody() {
    let moods = Moods { answer_lost: 0.1, internal_error: 0.05, ..Moods::calm() };
    let stage = Stage::with(WorldOptions { seed: 4, pupils: 40, ..WorldOptions::default() }).await;
    let repeated = || stage.world.counters().receivers.values().map(|it| it.repeated_creates).sum::<u64>();
    stage.world.receivers().for_each(|receiver| receiver.moods().set(moods.clone()));

    // It clears up once it has struck: whoever failed again and again waits longer than a test should.
    stage.until("answers to creates were lost", |_| repeated() >= STRUCK).await;
    stage.be_moody(&Moods::calm());
    stage.settled().await;

    let recreated: u64 = stage.world.counters().receivers.values().map(|it| it.recreated).sum();
    assert_eq!((recreated, stage.breaches()), (0, Vec::<String>::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_compare_without_changes_makes_no_call() {
    let stage = Stage::loaded(5).await;
    let before = stage.calls();
    let since = stage.machine.hub.now();

    stage.ring("demoskolan", "register", Reason::FullRead).await;
    stage
        .until("everything was compared", |status| {
            status.tenants["demoskolan"].sources["register"].full_read_at.is_some_and(|at| at >= since)
        })
        .await;
    stage.quiet().await;

    assert_eq!(stage.calls(), before);
}
