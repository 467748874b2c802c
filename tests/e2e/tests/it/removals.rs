//! Removals: held when they look like a mistake, carried out when they do not.

use sync::messages::Reason;
use uuid::Uuid;
use world::Moods;
use world::skolon::SkolonChange;
use world::truth::Change;

use crate::stage::Stage;

fn some_pupils(stage: &Stage, count: usize) -> Vec<Uuid> {
    stage.world.register().with_truth(|truth| truth.pupils().map(|it| it.id).take(count).collect())
}

/// A third of the pupils vanish from the register without a word, as from a half-read file.
fn lose_a_third(stage: &Stage) -> usize {
    let pupils = some_pupils(stage, 30);
    stage.world.register().alter_truth(|truth| {
        for pupil in &pupils {
            truth.persons.remove(pupil);
            for group in truth.groups.values_mut() {
                group.memberships.retain(|it| it.person != *pupil);
            }
        }
    });
    pupils.len()
}

async fn compare(stage: &Stage) {
    let since = stage.machine.hub.now();
    stage.ring("demoskolan", "register", Reason::FullRead).await;
    stage
        .until("everything was compared", |status| {
            status.tenants["demoskolan"].sources["register"].full_read_at.is_some_and(|at| at >= since)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_of_the_pupils_gone_is_held_until_somebody_approves() {
    let stage = Stage::loaded(11).await;
    let users = |stage: &Stage| stage.world.receiver("gleerups").unwrap().counters().deleted.values().sum::<u64>();
    lose_a_third(&stage);

    compare(&stage).await;
    stage.quiet().await;
    let held = stage.tenant("demoskolan").await.holds;
    let deleted_while_held = users(&stage);
    sync::holds::approve(&stage.machine.hub, "demoskolan", &held[0].id).await.unwrap();

    stage.settled().await;
    assert_eq!((held.len(), deleted_while_held), (1, 0));
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_is_no_longer_held() {
    let stage = Stage::loaded(12).await;
    let before = stage.world.register().with_truth(|truth| (truth.persons.clone(), truth.groups.clone()));
    lose_a_third(&stage);
    compare(&stage).await;

    stage.world.register().alter_truth(|truth| (truth.persons, truth.groups) = before);
    compare(&stage).await;

    assert_eq!(stage.tenant("demoskolan").await.holds, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_breaks_off_removes_nobody() {
    let stage = Stage::loaded(13).await;
    lose_a_third(&stage);
    stage.world.register().moods().set(Moods { truncated_page: 1.0, ..Moods::calm() });

    stage.ring("demoskolan", "register", Reason::FullRead).await;
    stage
        .until("the read has failed", |status| status.tenants["demoskolan"].sources["register"].trouble.is_some())
        .await;

    assert_eq!(stage.tenant("demoskolan").await.holds, []);
    assert_eq!(stage.world.receiver("gleerups").unwrap().counters().deleted.values().sum::<u64>(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mark_of_protection_takes_the_person_away_everywhere() {
    let stage = Stage::loaded(14).await;
    let today = stage.world.register().with_truth(|truth| truth.today);
    let pupil = stage.world.register().with_truth(|truth| {
        let ordinary = truth.pupils().find(|it| {
            it.marking == world::truth::Marking::None && it.enrolments.iter().any(|e| e.period.covers(today))
        });
        ordinary.unwrap().id
    });

    stage.world.register().apply(&[Change::PersonProtected { person: pupil }]).await;

    stage.settled().await;
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_the_source_does_not_confirm_is_not_believed() {
    let stage = Stage::loaded(15).await;
    let user = stage.world.skolon().with_platform(|platform| *platform.users.keys().next().unwrap());
    let id = roster::Id::from_uuid(user);

    stage.ring("skolonkommun", "skolon", Reason::Erasure { kind: roster::RecordKind::Person, id }).await;

    stage.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_user_name_keeps_the_account_and_is_told_of() {
    let stage = Stage::loaded(16).await;
    let expected = stage.world.expected("gleerups").unwrap();
    let user = expected.user_ids().next().unwrap().to_owned();
    let refused = |status: &sync::status::Status| {
        status.tenants["demoskolan"].targets["gleerups"].refused.get("rules.user_name_missing").copied().unwrap_or(0)
    };
    let before = refused(&stage.status().await);
    stage.world.register().alter_truth(|truth| {
        let person = truth.persons.get_mut(&user.parse().unwrap()).unwrap();
        person.principal_names.clear();
        person.emails.clear();
    });

    compare(&stage).await;
    stage.quiet().await;

    let receiver = stage.world.receiver("gleerups").unwrap();
    assert!(receiver.state().find(world::receiver::ResourceType::Users, &user).is_some());
    assert_eq!(refused(&stage.status().await), before + 1);
}

/// The enrolments of a third of the pupils end at once; they stay in the register.
fn end_a_third(stage: &Stage) {
    let pupils = some_pupils(stage, 30);
    stage.world.register().alter_truth(|truth| {
        for person in pupils {
            truth.apply(&Change::PupilLeaves { person });
        }
    });
}

fn users_deleted(stage: &Stage) -> u64 {
    let deleted = stage.world.receiver("gleerups").unwrap().counters().deleted;
    deleted.get(&world::receiver::ResourceType::Users).copied().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolments_that_end_in_bulk_are_held_at_the_target() {
    let stage = Stage::loaded(13).await;
    end_a_third(&stage);

    compare(&stage).await;
    stage.quiet().await;

    let status = stage.tenant("demoskolan").await;
    let at_target = status.holds.iter().filter(|it| it.target.as_deref() == Some("gleerups")).count();
    assert_eq!((at_target, users_deleted(&stage) <= 20), (1, true), "{:?}", status.holds);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_at_a_target_goes_when_somebody_approves() {
    let stage = Stage::loaded(14).await;
    end_a_third(&stage);
    compare(&stage).await;
    stage.quiet().await;

    for hold in stage.tenant("demoskolan").await.holds {
        sync::holds::approve(&stage.machine.hub, "demoskolan", &hold.id).await.unwrap();
    }

    stage.settled().await;
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_held_and_is_wanted_again_is_back_in_the_groups() {
    let stage = Stage::loaded(17).await;
    let skolon = stage.world.skolon();
    let users: Vec<Uuid> = skolon.with_platform(|platform| platform.users.keys().copied().take(60).collect());
    skolon.apply(&users.iter().map(|user| SkolonChange::LicencesRevoked { user: *user }).collect::<Vec<_>>()).await;
    stage.quiet().await;
    let holds = stage.machine.hub.store.holds("skolonkommun").await.unwrap();
    // The first to go made the groups let go of the held ones too; nothing is made at the target when these come back.
    let held: Vec<Uuid> = holds.iter().flat_map(|it| &it.records).map(|it| it.id.uuid()).collect();

    let back = held.iter().map(|user| SkolonChange::LicenceAssigned { user: *user });
    skolon.apply(&back.collect::<Vec<_>>()).await;

    stage.settled().await;
    assert!(!held.is_empty());
    assert_eq!((stage.tenant("skolonkommun").await.holds.len(), stage.breaches()), (0, Vec::<String>::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_has_grown_since_it_was_shown_is_not_approved() {
    let stage = Stage::loaded(16).await;
    lose_a_third(&stage);
    compare(&stage).await;
    stage.quiet().await;
    let shown = stage.tenant("demoskolan").await.holds.remove(0);
    lose_a_third(&stage);
    compare(&stage).await;
    stage.quiet().await;

    let approved = sync::holds::approve(&stage.machine.hub, "demoskolan", &shown.id).await;

    let held = stage.tenant("demoskolan").await.holds.remove(0).count;
    let deleted = stage.world.receiver("gleerups").unwrap().counters().deleted.values().sum::<u64>();
    assert!(matches!(approved, Err(sync::SyncError::HoldChanged)), "{approved:?}");
    assert_eq!((shown.count, held, deleted), (30, 60, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_at_a_target_stays_when_it_is_wanted_again() {
    let stage = Stage::loaded(15).await;
    let before = stage.world.register().with_truth(|truth| (truth.persons.clone(), truth.groups.clone()));
    end_a_third(&stage);
    compare(&stage).await;
    stage.quiet().await;

    stage.world.register().alter_truth(|truth| {
        (truth.persons, truth.groups) = before;
    });
    compare(&stage).await;

    stage.settled().await;
    assert_eq!((stage.tenant("demoskolan").await.holds.len(), stage.breaches()), (0, Vec::<String>::new()));
}
