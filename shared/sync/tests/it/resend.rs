//! A target is sent everything again.

use std::collections::BTreeSet;

use roster::SubjectKey;
use sync::SyncError;
use sync::resend::resend;
use sync::windows::write;

use crate::joins::id;
use crate::paper::PAPER;
use crate::stage::TENANT;
use crate::windows::{deliver, delivered, files_due, line};

#[tokio::test(start_paused = true)]
async fn everything_is_sent_again_and_nothing_is_made_or_taken_away() {
    let stage = delivered(3).await;
    write(&stage.hub, &files_due()).await.unwrap();
    stage.jobs_after(600).await;

    let count = resend(&stage.hub, TENANT, PAPER).await.unwrap();
    deliver(&stage, 4).await;
    write(&stage.hub, &files_due()).await.unwrap();

    let again: BTreeSet<String> = stage.lists.paper().files().pop().unwrap().1.into_iter().collect();
    let everybody: BTreeSet<String> = (1..=3).map(|n| line(n, &format!("Prov{n}"))).collect();
    assert_eq!((count, again, stage.lists.paper().files().len()), (3, everybody, 2));
}

#[tokio::test(start_paused = true)]
async fn what_was_given_up_is_tried_again() {
    let stage = delivered(1).await;
    let key = SubjectKey::person(id(1));
    stage
        .hub
        .store
        .change_many(TENANT, vec![key], |subject| {
            let delivery = subject.deliveries.get_mut(PAPER).unwrap();
            (delivery.dead, delivery.objects) = (true, Vec::new());
        })
        .await
        .unwrap();

    resend(&stage.hub, TENANT, PAPER).await.unwrap();
    deliver(&stage, 2).await;

    let subject = stage.hub.store.subject(TENANT, key).await.unwrap();
    assert_eq!((subject.deliveries[PAPER].dead, subject.deliveries[PAPER].objects.len()), (false, 1));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_again_to_a_target_that_is_not_there() {
    let stage = delivered(1).await;

    let answer = resend(&stage.hub, TENANT, "another").await;

    assert!(matches!(answer, Err(SyncError::NotConfigured(_))));
}
