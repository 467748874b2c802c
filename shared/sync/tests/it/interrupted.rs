//! Reads that are cut short, and go on.

use roster::Id;

use crate::joins::{id, pupil};
use crate::lists::LastPage;
use crate::stage::{REGISTER, Stage, TENANT};

/// A register of ten, known to the hub, that tells changes from now on.
async fn known_register() -> Stage {
    let stage = Stage::with("").await;
    stage.lists.say_gone(REGISTER, []);
    stage.lists.change(REGISTER, |all| all.extend((1..=10).map(|n| pupil(n, n)).map(|it| (it.id, it))));
    assert!(stage.read(REGISTER).await);
    stage
}

async fn counted(stage: &Stage) -> u64 {
    let stored = stage.hub.store.source(TENANT, REGISTER).await.unwrap();
    stored.state.removals.iter().map(|it| it.count).sum()
}

async fn are_gone(stage: &Stage, ids: [Id; 3]) -> bool {
    for id in ids {
        if stage.person(id).await.is_some() {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn wherever_a_read_is_cut_short_the_guard_counts_whom_it_removes_and_whom_the_next_one_does() {
    for writes in 0..12 {
        let stage = known_register().await;
        stage.lists.say_gone(REGISTER, [id(1), id(2)]);
        stage.table.allow(Some(writes));
        stage.read_changes(REGISTER).await;
        stage.table.allow(None);
        stage.lists.say_gone(REGISTER, [id(3)]);

        let done = stage.read_changes(REGISTER).await;

        assert!(done && are_gone(&stage, [id(1), id(2), id(3)]).await, "after {writes} writes");
        assert!(counted(&stage).await >= 3, "after {writes} writes");
    }
}

#[tokio::test]
async fn a_read_that_is_told_of_news_while_it_goes_on_is_followed_by_another() {
    let stage = known_register().await;
    stage.lists.say_gone(REGISTER, [id(1)]);
    // The judgement is written, and nothing after it.
    stage.table.allow(Some(2));
    let broken_off = !stage.read_changes(REGISTER).await;
    stage.table.allow(None);
    stage.lists.say_gone(REGISTER, [id(2)]);

    stage.read_changes(REGISTER).await;

    assert!(broken_off);
    assert_eq!(stage.person(id(2)).await.map(|it| it.id), None);
}

#[tokio::test]
async fn whoever_goes_after_a_read_of_everything_has_passed_them_is_gone() {
    let stage = known_register().await;
    stage.lists.say_last(REGISTER, LastPage { gone: vec![id(1)], ..LastPage::default() });

    stage.read(REGISTER).await;

    assert_eq!(stage.person(id(1)).await.map(|it| it.id), None);
}

#[tokio::test]
async fn whoever_comes_back_after_a_read_of_changes_has_told_that_they_went_stays() {
    let stage = known_register().await;
    stage.lists.say_gone(REGISTER, [id(1)]);
    stage.lists.say_last(REGISTER, LastPage { here: vec![pupil(1, 1)], ..LastPage::default() });

    stage.read_changes(REGISTER).await;

    assert_eq!(stage.person(id(1)).await.map(|it| it.id), Some(id(1)));
}
