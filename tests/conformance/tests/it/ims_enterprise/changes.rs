//! Changes: a list with one member becomes the whole group.

use roster::RecordKey;
use world::truth::Change;

use super::stage::{Hub, Stage};

fn document_reads(stage: &Stage) -> u64 {
    stage.server.requests().iter().filter(|(service, _)| !service.ends_with("Delta")).map(|(_, count)| count).sum()
}

/// Everything that can happen, one at a time.
fn happenings(stage: &Stage) -> Vec<Change> {
    let (class, pupil) = stage.class_and_pupil();
    stage.server.with_truth(|truth| {
        let school = truth.groups[&class].organisation;
        let here = |it: &&world::truth::Group| it.organisation == school && it.id != class;
        let other = truth.groups.values().filter(here).find(|it| it.kind == "Klass").unwrap().id;
        let teaching = truth.groups.values().filter(here).find(|it| it.kind == "Undervisning").unwrap().id;
        let activity = truth.activities.values().find(|it| it.groups == [teaching]).unwrap();
        let duty = truth.duties.values().rfind(|it| it.role == "Lärare" && it.period.end.is_none()).unwrap();
        vec![
            Change::PupilStarts { class },
            Change::PersonRenamed { person: pupil },
            Change::EmailChanged { person: pupil },
            Change::PersonProtected { person: pupil },
            Change::ProtectionLifted { person: pupil },
            Change::ClassMove { person: pupil, from: class, to: other },
            Change::TeacherReplaced { activity: activity.id, duty: duty.id },
            Change::TeachingGroupMade { class },
            Change::GroupRenamed { group: class },
            Change::TeacherEmployed { at: school },
            Change::DutyEnds { duty: duty.id },
            Change::PupilLeaves { person: pupil },
            Change::GroupRemoved { group: teaching },
            Change::PersonRemoved { person: pupil },
        ]
    })
}

#[tokio::test]
async fn whatever_changed_is_as_it_is_in_a_new_full_read() {
    let stage = Stage::new();
    let mut hub = Hub::afresh(&stage).await;

    for change in happenings(&stage) {
        stage.happens(change.clone());
        hub.read(&stage).await.unwrap();

        let afresh = Hub::afresh(&stage).await;
        let (had, has) = (&hub.records, &afresh.records);
        let apart: Vec<&RecordKey> = had.keys().chain(has.keys()).filter(|it| had.get(it) != has.get(it)).collect();
        assert!(apart.is_empty(), "{change:?}: {apart:?}");
    }
    assert_eq!(hub.full_reads, 1);
    assert_eq!(stage.server.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn when_nothing_happened_no_document_is_asked_for() {
    let stage = Stage::new();
    let mut hub = Hub::afresh(&stage).await;
    let before = (document_reads(&stage), hub.records.clone());
    stage.pass(30);

    hub.read(&stage).await.unwrap();

    assert_eq!((document_reads(&stage), hub.records), before);
}

#[tokio::test]
async fn windows_keep_to_the_rules_however_seldom_or_often_is_asked() {
    let stage = Stage::new();
    let mut hub = Hub::afresh(&stage).await;

    for minutes in [0, 1, 3, 5, 6, 60, 600, 1_300, 1_500, 50_000] {
        stage.pass(minutes);
        hub.read(&stage).await.unwrap();
    }

    assert_eq!(stage.server.contract_violations(), Vec::<String>::new());
    assert_eq!(hub.full_reads, 3);
}

#[tokio::test]
async fn what_happened_just_before_a_full_read_is_not_lost_and_nothing_is_between_windows() {
    let stage = Stage::new();
    let (_, pupil) = stage.class_and_pupil();
    let mut hub = Hub::afresh(&stage).await;

    for _ in 0..8 {
        stage.server.apply(&[Change::EmailChanged { person: pupil }]);
        stage.pass(3);
        hub.read(&stage).await.unwrap();
    }
    stage.pass(6);
    hub.read(&stage).await.unwrap();

    assert_eq!(hub.person(pupil), Hub::afresh(&stage).await.person(pupil));
    assert_eq!(hub.full_reads, 1);
}

#[tokio::test]
async fn what_the_register_forgets_to_tell_is_found_by_comparing_everything() {
    let stage = Stage::new();
    let (_, pupil) = stage.class_and_pupil();
    let mut hub = Hub::afresh(&stage).await;
    stage.server.alter_truth(|truth| truth.apply(&Change::PersonRemoved { person: pupil }));
    stage.pass(20);

    hub.read(&stage).await.unwrap();
    let before = hub.person(pupil).is_some();
    hub.cursor = None;
    hub.read(&stage).await.unwrap();

    assert_eq!((before, hub.person(pupil)), (true, None));
}
