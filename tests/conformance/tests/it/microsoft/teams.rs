//! Class teams: in the making, archived, and back.

use jiff::SignedDuration;
use rules::outcome::Outcome;
use world::microsoft::TeamRole;

use super::stage::{Stage, class};

const TEAMS: &str = "teams = true";

fn codes(outcomes: &[Outcome]) -> Vec<&'static str> {
    outcomes
        .iter()
        .map(|it| match it {
            Outcome::WaitFor { code } => *code,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn posted(stage: &Stage) -> u64 {
    stage.server.counters().calls.get("POST teams").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_team_is_waited_for_while_it_is_in_the_making_and_asked_for_once() {
    let stage = Stage::of(|it| it.operation_time = SignedDuration::from_secs(40), TEAMS);
    let people = stage.people(&["Astrid", "Bo"]).await;

    let waited = stage.until_done(&class(&people[..1], &people[1..])).await;

    let team = stage.only_class().1.team.unwrap();
    assert_eq!(codes(&waited), ["microsoft.team_in_the_making"; 3]);
    assert_eq!((posted(&stage), team.specialization.as_str()), (1, "educationClass"));
    assert_eq!(team.members[&people[1].at_target], TeamRole::Owner);
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_class_that_is_too_young_for_a_team_gets_it_later() {
    let stage = Stage::of(|it| it.young_group = SignedDuration::from_secs(40), TEAMS);
    let people = stage.people(&["Astrid", "Bo"]).await;

    let waited = stage.until_done(&class(&people[..1], &people[1..])).await;

    assert_eq!(codes(&waited)[..3], ["microsoft.not_spread"; 3]);
    assert!(stage.only_class().1.team.is_some());
}

#[tokio::test]
async fn a_team_whose_making_failed_is_asked_for_again() {
    let stage = Stage::of(|_| {}, TEAMS);
    let people = stage.people(&["Astrid", "Bo"]).await;
    stage.server.fail_operations(1);

    stage.until_done(&class(&people[..1], &people[1..])).await;

    assert_eq!(posted(&stage), 2);
    assert!(stage.only_class().1.team.is_some());
}

#[tokio::test]
async fn a_team_that_another_process_asked_for_is_not_asked_for_twice_in_vain() {
    let stage = Stage::of(|it| it.operation_time = SignedDuration::from_secs(400), TEAMS);
    let people = stage.people(&["Astrid", "Bo"]).await;

    // Longer than this process waits before it asks again: it is told that there is one coming.
    let waited = stage.until_done(&class(&people[..1], &people[1..])).await;

    assert!(codes(&waited).iter().all(|it| *it == "microsoft.team_in_the_making"));
    assert!(stage.only_class().1.team.is_some());
}

#[tokio::test]
async fn a_class_that_ends_is_archived_and_is_the_same_when_it_comes_back() {
    let stage = Stage::of(|_| {}, TEAMS);
    let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
    stage.until_done(&class(&people[..1], &people[2..])).await;
    let (id, _) = stage.only_class();

    let gone = stage.remove(&class(&[], &[])).await;
    let archived = stage.only_class().1;
    stage.until_done(&class(&people[..2], &people[2..])).await;

    let (same, back) = stage.only_class();
    assert!(gone.is_success(), "{gone:?}");
    assert!(archived.is_archived() && !back.is_archived());
    assert_eq!((same, back.team.unwrap().members.len()), (id, 3));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn archiving_takes_its_time_and_is_not_asked_for_twice() {
    let stage = Stage::of(|_| {}, TEAMS);
    let people = stage.people(&["Astrid", "Bo"]).await;
    stage.until_done(&class(&people[..1], &people[1..])).await;
    stage.server.set_options(|it| it.operation_time = SignedDuration::from_secs(40));

    let gone = stage.remove(&class(&[], &[])).await;
    stage.clock.advance_seconds(60);

    let asked = stage.server.counters().calls.get("POST teams/{id}/archive").copied();
    assert!(gone.is_success() && stage.only_class().1.is_archived(), "{gone:?}");
    assert_eq!(asked, Some(1));
}

#[tokio::test]
async fn a_class_without_a_team_stays_as_it_is_when_it_ends() {
    let stage = Stage::usual();
    let people = stage.people(&["Astrid", "Bo"]).await;
    stage.until_done(&class(&people[..1], &people[1..])).await;
    let before = stage.only_class().1.history.len();

    let gone = stage.remove(&class(&[], &[])).await;

    assert!(gone.is_success(), "{gone:?}");
    assert_eq!(stage.only_class().1.history.len(), before);
}

#[tokio::test]
async fn a_class_that_we_made_is_deleted_or_kept_where_the_settings_say_so() {
    for (removed, left) in [("delete", 0), ("keep", 1)] {
        let stage = Stage::of(|_| {}, &format!("{TEAMS}\nremoved_classes = '{removed}'"));
        let people = stage.people(&["Astrid", "Bo"]).await;
        stage.until_done(&class(&people[..1], &people[1..])).await;

        let gone = stage.remove(&class(&[], &[])).await;

        let state = stage.server.state();
        assert!(gone.is_success(), "{removed}: {gone:?}");
        assert_eq!((state.groups.len(), state.groups.values().any(|it| it.is_archived())), (left, false), "{removed}");
    }
}

#[tokio::test]
async fn turning_teams_off_archives_none() {
    let stage = Stage::of(|_| {}, TEAMS);
    let people = stage.people(&["Astrid", "Bo"]).await;
    stage.until_done(&class(&people[..1], &people[1..])).await;

    // The last teacher goes: no team is wanted any more.
    let outcome = stage.deliver(&class(&people[..1], &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert!(stage.only_class().1.team.is_some_and(|it| !it.is_archived));
}
