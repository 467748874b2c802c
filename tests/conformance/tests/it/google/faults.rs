//! Limits, tokens, refusals, rehearsals.

use rules::outcome::Outcome;
use world::google::{ClassroomService, DirectoryQuotaRefusal};

use super::stage::{Fate, Stage, class, pupil};

#[tokio::test]
async fn too_much_is_a_pause_however_google_says_it() {
    for refusal in [
        DirectoryQuotaRefusal::UserRateLimitExceeded,
        DirectoryQuotaRefusal::QuotaExceeded,
        DirectoryQuotaRefusal::ResourceExhausted,
    ] {
        let stage =
            Stage::of(|it| (it.quotas.directory_per_user, it.quotas.directory_refusal) = (Some(1), refusal), "");
        stage.deliver(&pupil("Astrid")).await;

        let outcome = stage.deliver(&pupil("Bo")).await;

        assert!(matches!(outcome, Outcome::Throttled { after: Some(_), .. }), "{refusal:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_roll_of_which_part_was_too_much_is_whole_in_the_end() {
    let stage = Stage::of(|it| it.quotas.classroom_per_user = Some(20), "");
    let mut roll = Vec::new();
    for number in 0..30 {
        roll.push(stage.found(&format!("Elev{number}")).await);
    }
    let first = stage.deliver(&class(&roll, &[])).await;
    stage.later(61);

    let second = stage.persist(&class(&roll, &[])).await;

    assert!(matches!(first, Outcome::Throttled { .. }), "{first:?}");
    assert!(second.is_success(), "{second:?}");
    assert_eq!((stage.roll().0.len(), stage.server.violations()), (30, vec![]));
}

#[tokio::test]
async fn a_token_that_expired_is_fetched_anew() {
    let stage = Stage::usual();
    stage.found("Astrid").await;
    stage.later(7_200);

    stage.found("Bo").await;

    assert_eq!((stage.server.counters().tokens, stage.server.violations()), (2, vec![]));
}

#[tokio::test]
async fn a_token_that_is_refused_before_its_time_is_fetched_anew_at_once() {
    let stage = Stage::usual();
    let roll = [stage.found("Astrid").await, stage.found("Bo").await];
    for at in 0..2 {
        stage.expect_after(at, Fate::Status(401));
    }

    let outcome = stage.deliver(&class(&roll, &[])).await;

    assert!(outcome.is_success() && stage.all_happened(), "{outcome:?}");
    assert_eq!((stage.roll().0.len(), stage.server.counters().tokens), (2, 3));
}

#[tokio::test]
async fn scopes_that_are_not_delegated_stop_everything() {
    let stage = Stage::of(|it| it.delegations[0].scopes.truncate(1), "");

    let outcome = stage.deliver(&pupil("Astrid")).await;

    assert!(matches!(outcome, Outcome::TargetDown { code: "token.refused", .. }), "{outcome:?}");
}

#[tokio::test]
async fn classroom_that_is_switched_off_stops_everything() {
    for service in [ClassroomService::Disabled, ClassroomService::ApiDisabled] {
        let stage = Stage::of(|it| it.classroom = service, "");

        let outcome = stage.deliver(&class(&[], &[])).await;

        assert!(matches!(outcome, Outcome::TargetDown { code: "google.not_set_up", .. }), "{service:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn answers_that_fail_end_where_they_should() {
    let of = async |status: u16| {
        let stage = Stage::usual();
        stage.expect_after(0, Fate::Status(status));
        stage.deliver(&class(&[], &[])).await
    };

    assert!(matches!(of(302).await, Outcome::TargetDown { code: "google.redirected", .. }));
    assert!(matches!(of(403).await, Outcome::TargetDown { code: "google.refused", .. }));
    assert!(matches!(of(429).await, Outcome::Throttled { .. }));
    assert!(matches!(of(503).await, Outcome::Retry { code: "google.unavailable", .. }));
    assert!(matches!(of(400).await, Outcome::Rejected { code: "google.rejected", .. }));
}

#[tokio::test]
async fn a_rehearsal_looks_and_changes_nothing() {
    let stage = Stage::rehearsing(|_| {}, "users = 'create'", true);
    let users = stage.server.state().users.len();

    let outcomes = [stage.deliver(&pupil("Astrid")).await, stage.deliver(&class(&[], &[])).await];

    for outcome in outcomes {
        assert!(matches!(outcome, Outcome::TargetDown { code: "outbound.dry_run", .. }), "{outcome:?}");
    }
    assert_eq!((stage.server.state().users.len(), stage.server.state().courses.len()), (users, 0));
    let listed = stage.target.inventory(&targets::google::USERS, None).await.unwrap();
    assert_eq!(listed.map(|it| it.entries.len()), Some(users));
}
