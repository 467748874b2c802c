//! Reading everything.

use world::graph_education::{Metadata, known_properties};

use super::stage::{Hub, Stage, differences, kinds};

const NOTHING: [String; 0] = [];

#[tokio::test(start_paused = true)]
async fn a_full_read_is_the_truth_and_asks_by_the_contract() {
    let (stage, mut hub) = (Stage::new(), Hub::default());

    hub.read(&stage).await.unwrap();

    assert_eq!(differences(&hub, &stage), NOTHING);
    assert_eq!(stage.server.contract_violations(), NOTHING);
    assert!(hub.unreadable.is_empty(), "{:?}", hub.unreadable);
    assert!(kinds().iter().all(|kind| hub.records.keys().any(|key| key.kind == *kind)));
}

#[tokio::test(start_paused = true)]
async fn a_full_read_costs_a_batch_for_ten_classes_and_no_call_per_person() {
    let stage = Stage::with(world::GraphEducationOptions::default(), "");
    let mut hub = Hub::default();

    hub.read(&stage).await.unwrap();

    let counters = stage.server.counters();
    let classes = hub.groups().count() as u64;
    let pages_of_users = counters.calls["education/users/delta"];
    assert_eq!(counters.in_batches["education/classes/{id}/members"], classes);
    assert!(!counters.in_batches.contains_key("education/users/{id}/schools"), "{counters:?}");
    // Each page is read in a process of its own here, so that each takes a census of its own.
    let censuses = pages_of_users + counters.calls["education/classes/delta"];
    let batches = classes.div_ceil(10) + counters.calls["education/classes/delta"] + censuses;
    assert!(counters.calls["$batch"] <= batches, "{counters:?}");
}

#[tokio::test(start_paused = true)]
async fn only_the_schools_of_the_allow_list_are_read() {
    let everything = Stage::new();
    let code =
        everything.server.with_directory(|it| it.schools().next().map(|(_, it)| it.external_id.clone())).unwrap();
    let stage = Stage::with(world::GraphEducationOptions::default(), &format!("schools = ['{code}']"));
    let mut hub = Hub::default();

    hub.read(&stage).await.unwrap();

    let school = hub.schools().next().unwrap().id;
    assert_eq!(hub.schools().count(), 1);
    assert!(hub.groups().count() > 0 && hub.groups().all(|it| it.organisation == school));
    let at_school = |it: &roster::Person| {
        it.enrolments.iter().all(|it| it.school_unit == school) && it.duties.iter().all(|it| it.organisation == school)
    };
    assert!(hub.persons().count() > 0 && hub.persons().all(at_school));
    assert_eq!(stage.server.contract_violations(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn only_the_classes_of_the_filter_are_read_and_asked_for_members() {
    let stage = Stage::with(world::GraphEducationOptions::default(), "classes.names = ['^[0-9][A-C]$']");
    let mut hub = Hub::default();

    hub.read(&stage).await.unwrap();

    let asked = stage.server.counters().in_batches["education/classes/{id}/members"];
    let all = stage.server.with_directory(|it| it.classes().count());
    assert_eq!(asked, hub.groups().count() as u64);
    assert!(hub.groups().count() > 0 && hub.groups().count() < all, "{all}");
}

#[test]
fn the_properties_asked_for_are_in_the_official_metadata() {
    let Some(metadata) = Metadata::present() else {
        println!("skipped: the official metadata is not present");
        return;
    };

    let unknown = |entity: &'static str| known_properties(entity).iter().filter(|it| !metadata.has(entity, it)).count();
    let deltas = ["educationSchool", "educationUser", "educationClass", "group"];

    assert_eq!(deltas.map(unknown), [0; 4]);
    assert!(deltas.iter().all(|entity| metadata.has_delta(entity)));
    assert!(metadata.has("educationSchool", "displayName") && !metadata.has("educationSchool", "mailNickname"));
}
