//! Doorbells: who may ring, and what is believed.

use world::wire::{Answer, send};

use crate::stage::Stage;

async fn ring(stage: &Stage, path: &str, body: &str) -> Answer {
    let url = format!("{}/hooks/{path}", stage.url);
    send("POST", &url, &[("content-type", "application/json")], body).await.unwrap()
}

fn door(stage: &Stage) -> String {
    let token = skolbro::demo::DemoSecrets::of(&stage.world).variables()["ROUTE_TOKEN"].clone();
    format!("demoskolan/register/{token}")
}

async fn notices(stage: &Stage) -> u64 {
    stage.machine.hub.queues.notices.depth().await.unwrap().total()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_with_the_right_token_is_accepted_at_once() {
    let stage = Stage::asleep(41).await;

    let answer = ring(&stage, &door(&stage), r#"{"modifiedEntites":["Person"]}"#).await;

    assert_eq!((answer.status, notices(&stage).await), (202, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_no_door() {
    let stage = Stage::asleep(42).await;

    let answer = ring(&stage, "demoskolan/register/guessed", "{}").await;

    assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("webhook.no_such_door")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_knows_one_method() {
    let stage = Stage::asleep(46).await;
    let url = format!("{}/hooks/{}", stage.url, door(&stage));

    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECTED"] {
        assert_eq!(send(method, &url, &[("x-canary", "echo")], "{}").await.unwrap().status, 405, "{method}");
    }
    assert_eq!(notices(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_kept_by_a_cache() {
    let stage = Stage::asleep(47).await;
    let control = format!("{}/control/status", stage.url);

    let refusal = ring(&stage, "demoskolan/register/guessed", "{}").await;
    let status = send("GET", &control, &[("authorization", "Bearer stage")], "").await.unwrap();

    let kept = [&refusal, &status].map(|it| it.header("cache-control"));
    assert_eq!((kept, status.status), ([Some("no-store"); 2], 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_body_is_a_problem_document_and_enqueues_nothing() {
    let stage = Stage::asleep(43).await;

    let answer = ring(&stage, &door(&stage), "{\"modifiedEntites\":").await;

    assert_eq!((answer.status, answer.header("content-type")), (400, Some("application/problem+json")));
    assert_eq!(notices(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_body_is_a_problem_document_and_enqueues_nothing() {
    let stage = Stage::asleep(44).await;

    let answer = ring(&stage, &door(&stage), &format!("{{\"x\":\"{}\"}}", "x".repeat(70_000))).await;

    assert_eq!((answer.status, answer.json()["code"].as_str()), (413, Some("doorbell.too_large")));
    assert_eq!(notices(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_skolon_confirms_is_carried_out() {
    let stage = Stage::loaded(45).await;
    let receiver = stage.world.receiver("gleerups-skolon").unwrap();
    let users = receiver.state().all(world::receiver::ResourceType::Users).count();
    let expected = stage.world.expected("gleerups-skolon").unwrap();
    let user: uuid::Uuid = expected.user_ids().next().unwrap().parse().unwrap();

    stage.world.skolon().remove_user(user).await;

    stage.settled().await;
    assert_eq!(receiver.state().all(world::receiver::ResourceType::Users).count(), users - 1);
}
