//! Answers that are lost, limits, tokens, and a directory that shows what was written to it only after a while.

use jiff::SignedDuration;
use rules::outcome::Outcome;
use rules::view::{Reference, View};
use world::microsoft::MicrosoftOptions;

use super::stage::{Fate, Stage, class, ids, pupil};

const TEAMS: &str = "teams = true";

/// A service in which everything takes its time.
fn slow(options: &mut MicrosoftOptions) {
    options.reads_lag = SignedDuration::from_secs(20);
    options.lists_lag = SignedDuration::from_secs(60);
    options.young_group = SignedDuration::from_secs(45);
    options.group_to_team_lag = SignedDuration::from_hours(24);
    options.operation_time = SignedDuration::from_secs(30);
}

/// A stage with people, a view of a class with some of them, and one with others.
async fn scene(options: fn(&mut MicrosoftOptions), more: &str) -> (Stage, Vec<Reference>, View, View) {
    let stage = Stage::of(options, more);
    let names: Vec<String> = (0..24).map(|n| format!("Elev{n}")).collect();
    let people = stage.people(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let first = class(&people[2..], &people[..1]);
    let second = class(&people[3..], &people[1..2]);
    (stage, people, first, second)
}

/// Befalls each call in turn, until a delivery gets through without it: everything must end as it should.
async fn at_every_step(fate: Fate, options: fn(&mut MicrosoftOptions), more: &str) -> usize {
    for step in 0..60 {
        let (stage, people, first, second) = scene(options, more).await;
        stage.befall(step, fate);

        stage.until_done(&first).await;
        let (id, _) = stage.only_class();
        stage.until_done(&second).await;

        let spared = stage.is_spared();
        let (same, now) = stage.only_class();
        assert_eq!(same, id, "{fate:?} at {step}: {more}");
        assert_eq!(
            now.members,
            ids(&people[1..2]).into_iter().chain(ids(&people[3..])).collect(),
            "{fate:?} at {step}"
        );
        assert_eq!(now.owners, ids(&people[1..2]), "{fate:?} at {step}: {more}");
        assert_eq!(now.team.is_some(), more.contains(TEAMS), "{fate:?} at {step}: {more}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{fate:?} at {step}: {more}");
        if spared {
            return step;
        }
    }
    panic!("no delivery got through");
}

#[tokio::test]
async fn an_answer_that_is_lost_at_any_step_makes_nothing_twice_and_leaves_nobody_behind() {
    for more in ["", TEAMS] {
        let steps = at_every_step(Fate::AnswerLost, |_| {}, more).await;

        assert!(steps >= 6, "{steps}");
    }
}

#[tokio::test]
async fn the_same_in_a_directory_that_shows_what_was_written_only_after_a_while() {
    for more in ["", TEAMS] {
        let steps = at_every_step(Fate::AnswerLost, slow, more).await;

        assert!(steps >= 6, "{steps}");
    }
}

#[tokio::test]
async fn the_same_where_whoever_is_in_a_team_cannot_be_added_again() {
    at_every_step(Fate::AnswerLost, |it| it.refuses_team_members_twice = true, TEAMS).await;
}

#[tokio::test]
async fn a_service_in_trouble_at_any_step_is_asked_again() {
    for fate in [Fate::Status(503), Fate::Status(509), Fate::Throttled(7)] {
        at_every_step(fate, |_| {}, TEAMS).await;
    }
}

#[tokio::test]
async fn a_directory_that_shows_what_was_written_only_after_a_while_gets_one_class_and_one_team() {
    let (stage, people, first, _) = scene(slow, TEAMS).await;

    let waited = stage.until_done(&first).await;

    assert!(waited.iter().all(|it| matches!(it, Outcome::WaitFor { .. })), "{waited:?}");
    assert_eq!(stage.only_class().1.members.len(), people.len() - 1);
    assert_eq!(stage.server.counters().calls["POST education/classes"], 1);
}

#[tokio::test]
async fn answers_that_fail_end_where_they_should() {
    let of = async |fate: Fate, twice: bool| {
        let stage = Stage::usual();
        stage.plant("Astrid");
        stage.plant("Bo");
        stage.deliver(&pupil("Bo")).await;
        stage.befall(0, fate);
        if twice {
            stage.befall(1, fate);
        }
        stage.deliver(&pupil("Astrid")).await
    };

    assert!(of(Fate::Status(401), false).await.is_success());
    assert!(matches!(of(Fate::Status(401), true).await, Outcome::TargetDown { code: "microsoft.refused", .. }));
    assert!(matches!(of(Fate::Status(302), false).await, Outcome::TargetDown { code: "microsoft.redirected", .. }));
    assert!(matches!(
        of(Fate::Status(403), false).await,
        Outcome::TargetDown { code: "microsoft.users_forbidden", .. }
    ));
    assert!(matches!(of(Fate::Status(504), false).await, Outcome::Retry { code: "microsoft.unavailable", .. }));
    assert!(matches!(of(Fate::Status(400), false).await, Outcome::Rejected { code: "microsoft.rejected", .. }));
    let Outcome::Throttled { after, .. } = of(Fate::Throttled(30), false).await else { panic!("not throttled") };
    assert_eq!(after.map(|it| it.as_secs()), Some(30));
}

#[tokio::test]
async fn a_limit_that_does_not_say_how_long_is_a_limit_all_the_same() {
    let stage = Stage::usual();
    stage.plant("Astrid");
    stage.accounts().await;
    stage.befall(1, Fate::Status(429));

    let outcome = stage.deliver(&pupil("Astrid")).await;

    assert_eq!(outcome, Outcome::Throttled { after: None, scope: "target".into() });
}

#[tokio::test]
async fn one_part_of_a_batch_that_is_throttled_is_made_up_for() {
    let (stage, people, first, _) = scene(|_| {}, "").await;
    stage.server.befall_parts(1, 429);

    let waited = stage.until_done(&first).await;

    assert!(matches!(waited[..], [Outcome::Throttled { .. }]), "{waited:?}");
    assert_eq!(stage.only_class().1.owners, ids(&people[..1]));
}

#[tokio::test]
async fn tokens_that_expire_or_are_withdrawn_are_fetched_anew() {
    let stage = Stage::usual();
    stage.people(&["Astrid"]).await;
    stage.clock.advance_seconds(3_600);
    stage.people(&["Bo"]).await;
    stage.server.revoke_tokens();

    stage.people(&["Eva"]).await;

    assert_eq!(stage.server.counters().tokens, 3);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let stage = Stage::dry("users = 'create'");

    let person = stage.deliver(&pupil("Astrid")).await;
    let group = stage.deliver(&class(&[], &[])).await;

    for outcome in [person, group] {
        assert!(matches!(outcome, Outcome::TargetDown { code: "outbound.dry_run", .. }), "{outcome:?}");
    }
    let state = stage.server.state();
    assert_eq!((state.users.len(), state.groups.len()), (0, 0));
}

#[tokio::test]
async fn a_whole_school_keeps_within_what_microsoft_allows() {
    let stage = Stage::of(|it| it.quotas = world::MicrosoftQuotas::real(), TEAMS);
    let people = stage.people(&["Astrid", "Bo", "Eva"]).await;

    let waited = stage.until_done(&class(&people[..2], &people[2..])).await;

    assert!(!waited.iter().any(|it| matches!(it, Outcome::Throttled { .. })), "{waited:?}");
}
