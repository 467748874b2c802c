//! What goes wrong, and comes right again.

use sources::SourceErrorKind;
use world::graph_education::object_id;
use world::truth::Change;
use world::{GraphEducationOptions, Moods};

use super::stage::{Hub, Stage, differences};

const NOTHING: [String; 0] = [];

async fn loaded(stage: &Stage) -> Hub {
    let mut hub = Hub::default();
    hub.read(stage).await.unwrap();
    hub
}

#[tokio::test(start_paused = true)]
async fn delta_tokens_older_than_a_week_make_everything_be_read() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let group = stage.server.with_truth(|truth| truth.groups.values().find(|it| it.kind == "Klass").unwrap().id);
    stage.server.apply(&[Change::GroupRemoved { group }]);

    stage.server.expire_delta_tokens();
    hub.read(&stage).await.unwrap();

    assert_eq!((hub.full_reads, hub.group(object_id(group))), (2, None));
    assert_eq!(differences(&hub, &stage), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn an_access_token_that_ends_in_the_middle_is_renewed() {
    let stage = Stage::new();
    stage.server.moods().set(Moods { token_expired: 0.05, ..Moods::calm() });

    // Twice in a row is a refusal; a read begins anew then, as at the next poll.
    let mut hub = Hub::default();
    let mut tries = 0;
    while hub.read(&stage).await.is_err() {
        tries += 1;
        assert!(tries < 50);
    }

    assert!(stage.server.moods().suffered()["token_expired"] > 0);
    assert_eq!(differences(&hub, &stage), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn throttling_says_how_long_and_nothing_is_lost_by_it() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;

    stage.server.moods().set(Moods { throttled_with_retry_after: 1.0, retry_after: 42, ..Moods::calm() });
    let by_itself = hub.read(&stage).await.unwrap_err();
    stage.server.moods().set(Moods::calm());
    stage.server.throttle_parts(1);
    let in_a_batch = hub.read_everything(&stage).await.unwrap_err();
    hub.read(&stage).await.unwrap();

    assert_eq!([by_itself.kind, in_a_batch.kind], [42, 13].map(SourceErrorKind::Throttled));
    assert_eq!(differences(&hub, &stage), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn a_bad_day_ends_with_the_truth() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;
    let classes: Vec<_> = stage.server.with_truth(|truth| {
        truth.groups.values().filter(|it| it.kind == "Klass" && it.period.covers(truth.today)).map(|it| it.id).collect()
    });
    stage.server.moods().set(Moods::bad_day());

    for class in classes.into_iter().take(6) {
        stage.server.apply(&[Change::PupilStarts { class }, Change::GroupRenamed { group: class }]);
        let _ = hub.read(&stage).await;
    }
    stage.server.moods().set(Moods::calm());
    hub.read(&stage).await.unwrap();

    assert_eq!(differences(&hub, &stage), NOTHING);
    assert_eq!(stage.server.contract_violations(), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn classes_whose_members_may_no_longer_be_seen_stay_as_they_were() {
    let stage = Stage::new();
    let mut hub = loaded(&stage).await;

    stage.server.set_options(|options| options.may_see_members = false);
    let refused = hub.read_everything(&stage).await.unwrap_err();

    assert_eq!((refused.kind, refused.code), (SourceErrorKind::Refused, "graph_education.members_not_shown"));
    assert_eq!(differences(&hub, &stage), NOTHING);
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_missing_is_named_at_once() {
    let stage = Stage::with(GraphEducationOptions { may_read_groups: false, ..Default::default() }, "");

    let refused = Hub::default().read(&stage).await.unwrap_err();

    assert_eq!((refused.kind, refused.code), (SourceErrorKind::Refused, "graph_education.groups_refused"));
}
