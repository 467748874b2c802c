//! Lines that a target takes by calls, and answers for.

use std::collections::BTreeMap;
use std::time::Duration;

use roster::SubjectKey;
use rules::delivery::Delivery;
use rules::object::Origin;
use sync::messages::FilesDue;
use sync::sweep::sweep;
use sync::windows::{Written, due, write};

use crate::desk::DESK;
use crate::joins::id;
use crate::stage::{REGISTER, Stage, TENANT};
use crate::windows::{deliver, known_at, rename};

fn desk_due() -> FilesDue {
    FilesDue::new(TENANT.to_owned(), DESK.to_owned())
}

async fn kept(pupils: u8) -> Stage {
    let stage = known_at(DESK, pupils).await;
    deliver(&stage, 4).await;
    stage
}

async fn hand_over(stage: &Stage) -> Written {
    stage.jobs_after(65).await;
    write(&stage.hub, &desk_due()).await.unwrap()
}

async fn delivery(stage: &Stage, n: u8) -> Delivery {
    let subject = stage.hub.store.subject(TENANT, SubjectKey::person(id(n.into()))).await.unwrap();
    subject.deliveries[DESK].clone()
}

async fn waiting(stage: &Stage) -> usize {
    stage.hub.store.waiting_lines(TENANT, DESK, 100).await.unwrap().lines.len()
}

fn key(n: u8) -> String {
    id(n.into()).to_string()
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_waits_no_more() {
    let stage = kept(3).await;

    let written = hand_over(&stage).await;

    assert_eq!((written, waiting(&stage).await, stage.lists.desk().has().len()), (Written::Done, 0, 3));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_turned_down_is_a_dead_letter_of_their_own_and_the_others_are_taken() {
    let stage = kept(3).await;
    stage.lists.desk().refuses([key(2)]);

    let written = hand_over(&stage).await;

    let listed = stage.hub.store.undeliverable(TENANT, DESK).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|it| (it.subject, it.dead, &*it.code, &*it.message)).collect();
    assert_eq!(listed, [(SubjectKey::person(id(2)), true, "desk.refused", "17 name")]);
    assert_eq!((written, waiting(&stage).await, stage.lists.desk().has().len()), (Written::Done, 0, 2));
    let object = delivery(&stage, 2).await.objects.remove(0);
    assert_eq!((object.origin, object.fingerprint.as_str()), (Origin::Uncertain, ""), "nobody may refer to it");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_turned_down_as_changed_stays_as_before() {
    let stage = kept(1).await;
    hand_over(&stage).await;
    stage.lists.desk().refuses([key(1)]);
    rename(&stage, 1, "Astrid");
    stage.read(REGISTER).await;
    deliver(&stage, 2).await;

    hand_over(&stage).await;

    let delivery = delivery(&stage, 1).await;
    assert_eq!((delivery.dead, delivery.objects[0].origin), (true, Origin::Created));
    assert_eq!(stage.lists.desk().has()[&key(1)].as_deref(), Some("Prov1"));
}

#[tokio::test(start_paused = true)]
async fn whoever_was_turned_down_is_told_again_once_mended() {
    let stage = kept(1).await;
    stage.lists.desk().refuses([key(1)]);
    hand_over(&stage).await;
    stage.lists.desk().refuses([]);
    rename(&stage, 1, "Astrid");
    stage.read(REGISTER).await;
    deliver(&stage, 2).await;

    hand_over(&stage).await;

    assert_eq!(stage.lists.desk().has()[&key(1)].as_deref(), Some("Astrid"));
    let (delivery, listed) = (delivery(&stage, 1).await, stage.hub.store.undeliverable(TENANT, DESK).await.unwrap());
    assert_eq!((delivery.dead, delivery.objects[0].origin, listed), (false, Origin::Created, vec![]));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_let_go_of_is_remembered_and_let_go_of_when_asked_again() {
    let stage = kept(2).await;
    hand_over(&stage).await;
    stage.lists.desk().refuses([key(1)]);
    stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;
    hand_over(&stage).await;
    let kept = delivery(&stage, 1).await;

    stage.lists.desk().refuses([]);
    sync::resend::resend(&stage.hub, TENANT, DESK).await.unwrap();
    deliver(&stage, 4).await;
    hand_over(&stage).await;

    assert_eq!((kept.dead, kept.objects.len(), kept.objects[0].leaving), (true, 1, true));
    assert_eq!(stage.lists.desk().has()[&key(1)], None);
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_in_part_is_sent_again_some_hours_later() {
    let stage = kept(1).await;
    stage.lists.desk().takes_in_part([key(1)]);
    hand_over(&stage).await;
    stage.lists.desk().takes_in_part([]);
    let (early, late) = (delivery(&stage, 1).await, waiting(&stage).await);
    stage.jobs_after(7 * 3_600).await;

    deliver(&stage, 2).await;
    hand_over(&stage).await;

    let trouble = early.trouble.map(|it| it.code);
    assert_eq!((early.dead, trouble.as_deref(), late), (false, Some("desk.in_part"), 0));
    assert_eq!(stage.lists.desk().has()[&key(1)].as_deref(), Some("Prov1"));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_answers_for_waits_and_is_asked_for_again() {
    let stage = kept(2).await;
    stage.lists.desk().is_silent(true);
    let silent = hand_over(&stage).await;
    let trouble = stage.hub.store.window(TENANT, DESK).await.unwrap().trouble.map(|it| it.code);
    stage.lists.desk().is_silent(false);
    stage.jobs_after(600).await;

    let asked = due(&stage.hub).await.unwrap();
    let back = write(&stage.hub, &desk_due()).await.unwrap();

    assert_eq!((silent, trouble.as_deref(), asked, back), (Written::Later, Some("desk.silent"), 1, Written::Done));
    let first = stage.lists.desk().remembered().pop().unwrap().turned_down;
    assert_eq!(first.into_iter().collect::<Vec<_>>(), ["sitting 1"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_being_worked_on_is_turned_down_the_next_time() {
    let stage = kept(1).await;
    stage.lists.desk().refuses([key(1)]);
    let now = stage.hub.now();
    let lease = |subject: &mut state::Subject| {
        let delivery = subject.deliveries.get_mut(DESK).unwrap();
        delivery.mark(now, rules::delivery::Lane::Fresh);
        delivery.claim("somebody", stage.hub.now().checked_add(jiff::SignedDuration::from_secs(60)).unwrap());
    };
    stage.hub.store.change(TENANT, SubjectKey::person(id(1)), lease).await.unwrap();

    let busy = hand_over(&stage).await;
    let meanwhile = waiting(&stage).await;
    stage.jobs_after(200).await;
    hand_over(&stage).await;

    assert_eq!((busy, meanwhile, waiting(&stage).await), (Written::Later, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_between_any_two_writes_loses_neither_who_is_taken_nor_who_is_not() {
    for writes in 0..12 {
        let stage = kept(4).await;
        stage.lists.desk().refuses([key(2)]);
        stage.jobs_after(65).await;
        stage.table.allow(Some(writes));
        let cut_short = write(&stage.hub, &desk_due()).await;
        stage.table.allow(None);
        stage.jobs_after(600).await;

        write(&stage.hub, &desk_due()).await.unwrap();

        let dead = delivery(&stage, 2).await.dead;
        let has: BTreeMap<_, _> = stage.lists.desk().has();
        assert_eq!((dead, has.len(), waiting(&stage).await), (true, 3, 0), "cut after {writes}: {cut_short:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_in_the_table_for_all_that_share_a_limit() {
    let stage = kept(1).await;

    for n in 1..5 {
        rename(&stage, 1, &format!("Prov{n}{n}"));
        stage.read(REGISTER).await;
        let _ = sweep(&stage.hub, Duration::ZERO).await;
        for job in stage.jobs_after(1).await {
            let _ = sync::deliver::deliver_one(&stage.hub, &job).await;
        }
        stage.hub.store.change_window(TENANT, DESK, |it| it.named = None).await.unwrap();
        let window = stage.hub.store.window(TENANT, DESK).await.unwrap();
        assert!(window.open_since.is_some());
        stage
            .hub
            .store
            .change_window(TENANT, DESK, |it| it.open_since = Some(jiff::Timestamp::UNIX_EPOCH))
            .await
            .unwrap();
        write(&stage.hub, &desk_due()).await.unwrap();
    }

    assert_eq!(stage.lists.desk().calls(), 2, "two at once, and one each ten seconds");
}
