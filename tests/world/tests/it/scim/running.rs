//! On the loopback and in process: what is counted, and moods.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use world::{Moods, RateLimit};

#[tokio::test]
async fn calls_and_answers_are_counted() {
    let server = provider().await;
    made_user(&server, "alva").await;
    ask(&server, "POST", "/Users", &user("alva")).await;
    server.moods().set(Moods::down());
    get(&server, &format!("/Users/{NOBODY}")).await;

    let counters = server.counters();

    assert_eq!((counters.calls["POST Users"], counters.calls["GET Users"]), (2, 1));
    assert_eq!(counters.answers.into_iter().collect::<Vec<_>>(), [(201, 1), (409, 1), (503, 1)]);
}

#[tokio::test]
async fn an_answer_that_is_lost_has_done_its_work_and_is_not_counted() {
    let server = ScimServer::in_process(ScimOptions::new(Time::real()));
    server.moods().set(Moods { answer_lost: 1.0, ..Moods::calm() });
    let request = Request::post(format!("{}/Users", server.base_url()))
        .header("authorization", "Bearer scim-token-of-norrbyholm")
        .header("content-type", "application/scim+json")
        .body(Body::from(user("alva").to_string()))
        .unwrap();

    let answer = server.answer(request).await;

    assert!(answer.is_none() && server.counters().answers.is_empty());
    assert_eq!(server.state().users.len(), 1);
}

#[tokio::test]
async fn in_process_it_answers_for_its_own_host_only() {
    let server = ScimServer::in_process(ScimOptions::new(Time::real()));
    let asked = |address: String| {
        let request = Request::get(address).header("authorization", "Bearer scim-token-of-norrbyholm");
        server.answer(request.body(Body::empty()).unwrap())
    };

    let own = asked(format!("{}/Users", server.base_url())).await.unwrap();

    let body: Value = serde_json::from_slice(&to_bytes(own.into_body(), usize::MAX).await.unwrap()).unwrap();
    assert_eq!(body["totalResults"], 0);
    assert!(asked("https://other.example/scim/v2/Users".to_owned()).await.is_none());
}

#[tokio::test]
async fn a_quota_is_kept_with_and_without_saying_when_to_come_back() {
    for tells in [true, false] {
        let server = provider_with(|it| it.tells_retry_after = tells).await;
        server.moods().set(Moods { rate_limit: Some(RateLimit { per_second: 0.01, burst: 1.0 }), ..Moods::calm() });

        let answers = [get(&server, "/Users").await, get(&server, "/Users").await];

        assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 429]);
        assert_eq!(answers[1].header("retry-after").is_some(), tells);
    }
}
