//! On good days.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use super::stage::{Stage, UNIT, class, key, pupil, pupil_of, school, teacher};

fn keep_all(stage: &mut Stage) {
    school().iter().for_each(|it| stage.keep(it));
}

fn counts(stage: &Stage) -> [usize; 4] {
    let state = stage.server.state();
    [state.persons.len(), state.duties.len(), state.groups.len(), state.activities.len()]
}

#[tokio::test(start_paused = true)]
async fn a_school_is_handed_over_kind_by_kind_in_one_sitting() {
    let mut stage = Stage::usual();
    keep_all(&mut stage);

    let handed = stage.sit().await;

    assert_eq!((counts(&stage), stage.waiting(), handed.trouble), ([3, 1, 1, 1], 0, None));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
    assert_eq!(stage.server.counters().answers.get(&429), None);
    let duty = stage.server.state().duties.into_values().next().unwrap();
    assert_eq!((duty["person"]["id"].as_str(), duty["dutyAt"]["id"].as_str()), (Some(&*key("Rut")), Some(UNIT)));
}

#[tokio::test(start_paused = true)]
async fn what_goes_is_deleted_in_the_reverse_order_after_what_comes() {
    let mut stage = Stage::usual();
    keep_all(&mut stage);
    stage.sit().await;
    school().iter().for_each(|it| stage.keep_gone(it));
    stage.keep(&pupil("Siv"));

    stage.sit().await;

    assert_eq!((counts(&stage), stage.waiting()), ([1, 0, 0, 0], 0));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_that_was_never_there_is_gone() {
    let mut stage = Stage::usual();
    stage.keep(&pupil("Astrid"));
    stage.keep_gone(&pupil("Astrid"));

    let handed = stage.sit().await;

    assert_eq!((stage.waiting(), stage.calls("POST persons/bulk"), handed.trouble), (0, 0, None));
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_back_before_being_told_as_gone_stays() {
    let mut stage = Stage::usual();
    stage.keep(&pupil("Astrid"));
    stage.sit().await;
    stage.keep_gone(&pupil("Astrid"));
    stage.keep(&pupil_of("Astrid", 7));

    stage.sit().await;

    assert_eq!(counts(&stage), [1, 0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn many_are_handed_over_in_several_jobs_without_coming_too_often() {
    let mut stage = Stage::usual();
    let names: Vec<String> = (0..1_400).map(|n| format!("Prov{n}")).collect();
    names.iter().for_each(|name| stage.keep(&pupil(name)));

    let sittings = stage.sit_until_nothing_waits().await;

    assert_eq!((counts(&stage)[0], sittings), (1_400, 1));
    assert_eq!((stage.server.violations(), stage.server.counters().answers.get(&429)), (vec![], None));
    assert!(stage.calls("POST persons/bulk") >= 3);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_takes_longer_than_a_sitting_is_asked_about_in_the_next_one_and_not_sent_again() {
    let mut stage = Stage::of(|it| it.job_takes = SignedDuration::from_secs(90), "");
    keep_all(&mut stage);

    let first = stage.sit().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let second = stage.sit().await;

    assert_eq!((first.answers.len(), first.trouble, first.remembered.under_way.len()), (0, None, 1));
    assert_eq!((second.answers.len(), stage.calls("POST persons/bulk")), (3, 1));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_changes_while_its_job_is_under_way_is_sent_again_after_that() {
    let mut stage = Stage::of(|it| it.job_takes = SignedDuration::from_secs(50), "");
    stage.keep(&pupil("Astrid"));
    stage.sit().await;
    stage.keep(&pupil_of("Astrid", 7));

    stage.sit_until_nothing_waits().await;

    let year = stage.server.state().persons[&key("Astrid")]["enrolments"][0]["schoolYear"].clone();
    assert_eq!((year, stage.calls("POST persons/bulk")), (Value::from(7), 2));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_never_completed_is_forgotten_after_half_an_hour_and_sent_again() {
    let mut stage = Stage::of(|it| it.job_takes = SignedDuration::from_hours(10), "");
    stage.keep(&pupil("Astrid"));
    stage.sit().await;
    tokio::time::sleep(Duration::from_secs(31 * 60)).await;

    let handed = stage.sit().await;

    assert_eq!(handed.trouble.map(|it| it.code), Some("dnp.job_not_completed"));
    assert_eq!(stage.calls("POST persons/bulk"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_group_with_a_pupil_whom_the_service_lost_is_told_twice_and_then_to_be_sent_again() {
    let mut stage = Stage::usual();
    keep_all(&mut stage);
    stage.sit().await;
    stage.server.forget("persons", &key("Bo"));
    stage.keep(&class("6A", &["Astrid", "Bo", "Siv"]));

    let first = stage.sit().await;
    let second = stage.sit().await;

    assert_eq!((first.answers.len(), first.trouble), (0, None));
    assert!(matches!(
        second.answers.values().next(),
        Some(targets::files::LineAnswer::InPart(it)) if it.code == "dnp.taken_in_part"
    ));
    assert_eq!(second.warnings.keys().collect::<Vec<_>>(), ["Group 3060 groupMemberships.person"]);
}

#[tokio::test(start_paused = true)]
async fn what_needs_somebody_who_comes_later_is_tried_once_more() {
    let mut stage = Stage::usual();
    stage.keep(&class("6A", &[]));
    stage.keep(&super::stage::maths("6A", "Rut"));
    stage.sit().await;
    stage.keep(&teacher("Rut"));

    let second = stage.sit().await;

    assert_eq!((counts(&stage), stage.waiting(), second.trouble), ([1, 1, 1, 1], 0, None));
}
