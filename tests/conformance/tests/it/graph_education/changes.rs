//! What happens at school reaches the hub.

use uuid::Uuid;
use world::GraphEducationOptions;
use world::graph_education::object_id;
use world::truth::{Change, Municipality};

use super::stage::{Hub, Stage, differences};

const NOTHING: [String; 0] = [];

/// Two classes of the same kind with members, neither of which ends soon.
fn two_classes(truth: &Municipality) -> (Uuid, Uuid) {
    let mut classes = truth
        .groups
        .values()
        .filter(|it| it.kind == "Klass" && it.period.covers(truth.today))
        .filter(|it| it.memberships.iter().filter(|it| it.period.covers(truth.today)).count() > 3);
    (classes.next().unwrap().id, classes.next().unwrap().id)
}

/// A pupil in a class who is in the directory.
fn pupil_in(stage: &Stage, class: Uuid) -> Uuid {
    let members = stage.server.with_truth(|truth| truth.groups[&class].memberships.clone());
    let known = |person: &Uuid| stage.server.with_directory(|it| it.users().any(|(id, _)| id == object_id(*person)));
    members.iter().map(|it| it.person).find(known).unwrap()
}

async fn loaded(stage: &Stage) -> Hub {
    let mut hub = Hub::default();
    hub.read(stage).await.unwrap();
    hub
}

#[tokio::test(start_paused = true)]
async fn a_poll_in_which_nothing_happened_is_four_calls() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let before: u64 = stage.server.counters().calls.values().sum();

    hub.read(&stage).await.unwrap();

    assert_eq!(stage.server.counters().calls.values().sum::<u64>() - before, 4);
    assert_eq!((hub.full_reads, differences(&hub, &stage)), (1, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_renamed_person_and_a_renamed_class_are_read_again() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let (class, _) = stage.server.with_truth(two_classes);
    let person = pupil_in(&stage, class);

    stage.server.apply(&[Change::PersonRenamed { person }, Change::GroupRenamed { group: class }]);
    hub.read(&stage).await.unwrap();

    assert_eq!((hub.full_reads, differences(&hub, &stage)), (1, vec![]));
    assert!(hub.group(object_id(class)).unwrap().name.ends_with(" ny"));
}

#[tokio::test(start_paused = true)]
async fn somebody_who_changes_class_is_seen_at_the_next_poll_though_no_delta_of_classes_tells_it() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let (from, to) = stage.server.with_truth(two_classes);
    let person = pupil_in(&stage, from);

    stage.server.apply(&[Change::ClassMove { person, from, to }]);
    hub.read(&stage).await.unwrap();

    assert_eq!((hub.full_reads, differences(&hub, &stage)), (1, vec![]));
    assert_eq!(stage.server.contract_violations(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_changes_class_is_seen_when_it_is_the_schools_turn() {
    let settings = "membership = 'rereading'\nschools_per_read = 1\nlisting_minutes = 0";
    let stage = Stage::with(GraphEducationOptions { may_read_groups: false, ..Default::default() }, settings);
    let mut hub = loaded(&stage).await;
    let (from, to) = stage.server.with_truth(two_classes);
    let person = pupil_in(&stage, from);
    let schools = stage.server.with_directory(|it| it.schools().count());

    stage.server.apply(&[Change::ClassMove { person, from, to }]);
    for _ in 0..schools {
        hub.read(&stage).await.unwrap();
    }

    assert_eq!((hub.full_reads, differences(&hub, &stage)), (1, vec![]));
    assert_eq!(stage.server.contract_violations(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn the_delta_of_groups_tells_a_deleted_class() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let (class, _) = stage.server.with_truth(two_classes);

    stage.server.apply(&[Change::GroupRemoved { group: class }]);
    hub.read(&stage).await.unwrap();

    assert_eq!((hub.full_reads, hub.group(object_id(class))), (1, None));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_class_that_no_delta_tells_is_found_by_the_listing() {
    let settings = "membership = 'rereading'\nlisting_minutes = 15";
    let stage = Stage::with(GraphEducationOptions { may_read_groups: false, ..Default::default() }, settings);
    let mut hub = loaded(&stage).await;
    let (class, _) = stage.server.with_truth(two_classes);
    stage.server.apply(&[Change::GroupRemoved { group: class }]);

    stage.pass(14);
    hub.read(&stage).await.unwrap();
    let too_early = hub.group(object_id(class)).is_some();
    stage.pass(1);
    hub.read(&stage).await.unwrap();

    assert!(too_early);
    assert_eq!((hub.full_reads, differences(&hub, &stage)), (2, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_user_is_gone_when_the_delta_tells_it() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let (class, _) = stage.server.with_truth(two_classes);
    let person = pupil_in(&stage, class);

    stage.server.hide_user(person, true);
    hub.read(&stage).await.unwrap();

    assert_eq!((hub.full_reads, differences(&hub, &stage)), (1, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_user_is_gone_although_no_delta_of_users_tells_it() {
    let stage = Stage::with(GraphEducationOptions { user_delta_tells_removed: false, ..Default::default() }, "");
    let mut hub = loaded(&stage).await;
    let (class, _) = stage.server.with_truth(two_classes);
    let person = pupil_in(&stage, class);

    stage.server.hide_user(person, true);
    hub.read(&stage).await.unwrap();

    assert_eq!((hub.full_reads, hub.person(object_id(person))), (1, None));
    assert_eq!(differences(&hub, &stage), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn a_whole_school_day_arrives_and_nothing_else() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let (class, other) = stage.server.with_truth(two_classes);
    let activity = stage.server.with_truth(|it| *it.activities.keys().next().unwrap());
    let duty = stage.server.with_truth(|it| it.duties.values().find(|it| it.role == "Lärare").unwrap().id);
    let unit = stage.server.with_truth(|it| it.groups[&class].organisation);

    for change in [
        Change::PupilStarts { class },
        Change::TeachingGroupMade { class: other },
        Change::TeacherEmployed { at: unit },
        Change::TeacherReplaced { activity, duty },
        Change::EmailChanged { person: pupil_in(&stage, other) },
        Change::PupilLeaves { person: pupil_in(&stage, class) },
        Change::PersonProtected { person: pupil_in(&stage, other) },
        Change::GroupRemoved { group: other },
    ] {
        stage.server.apply(std::slice::from_ref(&change));
        hub.read(&stage).await.unwrap();
        assert_eq!((hub.full_reads, differences(&hub, &stage)), (1, vec![]), "{change:?}");
    }
    assert_eq!(stage.server.contract_violations(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn a_delta_that_tells_more_than_is_documented_is_read_all_the_same() {
    let stage = Stage::with(GraphEducationOptions { class_delta_tells_members: true, ..Default::default() }, "");
    let mut hub = loaded(&stage).await;
    let (from, to) = stage.server.with_truth(two_classes);
    let person = pupil_in(&stage, from);

    stage.server.apply(&[Change::ClassMove { person, from, to }]);
    hub.read(&stage).await.unwrap();

    assert_eq!(differences(&hub, &stage), NOTHING);
}
