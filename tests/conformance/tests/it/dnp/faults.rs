//! On bad days.

use world::Moods;

use super::stage::{Stage, class, key, maths, pupil, pupil_of, school, teacher, turned_down};

#[tokio::test(start_paused = true)]
async fn whoever_is_refused_is_told_by_skolverkets_numbers_and_never_by_name() {
    let mut stage = Stage::of(|it| it.refused = [key("Bo")].into(), "");
    school().iter().for_each(|it| stage.keep(it));

    let handed = stage.sit().await;

    assert_eq!(turned_down(&handed), [("dnp.rejected", "3047 eppn".to_owned(), false)]);
    assert_eq!(
        stage.waiting(),
        2,
        "the class waits for what it is to say without Bo, and what is taught to it for the class"
    );
    assert!(!format!("{handed:?}").contains("bo@"));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_refused_stays_as_before() {
    let mut stage = Stage::usual();
    stage.keep(&pupil("Bo"));
    stage.sit().await;
    stage.server.set_options(|it| it.refused = [key("Bo")].into());
    stage.keep(&pupil_of("Bo", 7));
    stage.keep(&class("6A", &["Bo"]));

    let handed = stage.sit().await;

    assert_eq!(turned_down(&handed), [("dnp.rejected", "3047 eppn".to_owned(), true)]);
    assert_eq!((stage.waiting(), stage.server.state().groups.len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refused_employees_duty_is_refused_with_her() {
    let mut stage = Stage::of(|it| it.refused = [key("Rut")].into(), "");
    stage.keep(&teacher("Rut"));

    let handed = stage.sit().await;

    let codes: Vec<&str> = turned_down(&handed).iter().map(|it| it.0).collect();
    assert_eq!((codes.len(), codes.contains(&"dnp.person_rejected"), stage.waiting()), (2, true, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_what_it_refers_to_is_told_the_second_time() {
    let mut stage = Stage::usual();
    stage.keep(&class("6A", &[]));
    stage.keep(&maths("6A", "Rut"));

    let (first, second) = (stage.sit().await, stage.sit().await);

    assert_eq!(turned_down(&first), []);
    assert_eq!(turned_down(&second), [("dnp.rejected", "3074 teachers".to_owned(), false)]);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_too_large_is_halved_until_it_is_not() {
    let mut stage = Stage::of(|it| it.largest_body = 4_000, "");
    (0..40).for_each(|n| stage.keep(&pupil(&format!("Prov{n}"))));

    stage.sit_until_nothing_waits().await;

    assert_eq!(stage.server.state().persons.len(), 40);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_by_itself_is_told() {
    let mut stage = Stage::of(|it| it.largest_body = 100, "");
    stage.keep(&pupil("Astrid"));

    let handed = stage.sit().await;

    assert_eq!(turned_down(&handed)[0].0, "dnp.too_large");
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_too_often_waits_as_long_as_is_said() {
    let mut stage = Stage::of(|it| it.calls_per_second = 1, "");
    stage.open_the_door();
    school().iter().for_each(|it| stage.keep(it));

    stage.sit_until_nothing_waits().await;

    assert!(stage.server.counters().answers[&429] > 0);
    assert_eq!(stage.server.state().activities.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn passing_faults_of_objects_end_like_a_good_day() {
    let mut stage = Stage::of(|it| it.temporary_errors = 0.4, "");
    school().iter().for_each(|it| stage.keep(it));

    let first = stage.sit().await;
    stage.sit_until_nothing_waits().await;

    assert_eq!(first.trouble.map(|it| it.code), Some("dnp.put_off"));
    let state = stage.server.state();
    assert_eq!((state.persons.len(), state.duties.len(), state.groups.len(), state.activities.len()), (3, 1, 1, 1));
    assert_eq!(state.groups[&key("6A")]["groupMemberships"].as_array().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn lost_answers_and_revoked_tokens_end_like_a_good_day() {
    let mut stage = Stage::usual();
    let moods = Moods { answer_lost: 0.15, unavailable: 0.1, token_expired: 0.1, throttled: 0.1, ..Moods::calm() };
    stage.server.moods().set(moods);
    school().iter().for_each(|it| stage.keep(it));

    stage.sit_until_nothing_waits().await;

    let state = stage.server.state();
    assert_eq!((state.persons.len(), state.duties.len(), state.groups.len(), state.activities.len()), (3, 1, 1, 1));
    assert!(stage.server.counters().tokens > 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_is_told_and_nothing_is_answered() {
    let mut stage = Stage::usual();
    stage.keep(&pupil("Astrid"));
    stage.sit().await;
    stage.server.moods().set(Moods::down());
    stage.keep(&pupil_of("Astrid", 7));

    let handed = stage.sit().await;

    assert_eq!(handed.trouble.map(|it| (it.code, it.detail)), Some(("dnp.unavailable", "HTTP 503".to_owned())));
    assert_eq!(stage.waiting(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_organiser_who_is_not_known_gets_no_token() {
    let mut stage = Stage::of(|it| it.entity_id = Some("https://another.example".into()), "");
    stage.keep(&pupil("Astrid"));

    let handed = stage.sit().await;

    assert_eq!(handed.trouble.map(|it| it.code), Some("token.refused"));
}
