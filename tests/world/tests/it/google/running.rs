//! On the loopback and in process: what is counted, and moods.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use world::Moods;

fn in_process() -> GoogleServer {
    GoogleServer::in_process(GoogleOptions::new(Time::real()))
}

fn get(server: &GoogleServer, url: &str) -> Request<Body> {
    let bearer = format!("Bearer {}", server.token_of(&server.admin()));
    Request::get(url).header("authorization", bearer).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn in_process_the_three_hosts_have_their_own_names() {
    let server = in_process();

    assert_eq!(server.token_url(), "https://oauth2.googleapis.com/token");
    assert_eq!(server.directory_url(), "https://admin.googleapis.com");
    assert_eq!(server.classroom_url(), "https://classroom.googleapis.com");
    let answer = server.answer(get(&server, "https://classroom.googleapis.com/v1/courses")).await.unwrap();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert_eq!(&body[..], b"{}");
}

#[tokio::test]
async fn in_process_another_host_is_never_answered() {
    let server = in_process();

    assert!(server.answer(get(&server, "https://graph.example/v1/courses")).await.is_none());
}

#[tokio::test]
async fn an_api_is_not_at_the_host_of_the_other() {
    let server = in_process();

    let answer = server.answer(get(&server, "https://admin.googleapis.com/v1/courses")).await.unwrap();

    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn calls_answers_and_tokens_are_counted() {
    let server = domain().await;
    made_user(&server, "alva").await;
    directory(&server, "POST", "/users", user("alva")).await;
    server.moods().set(Moods::down());
    classroom(&server, "GET", "/courses", Value::Null).await;

    let counters = server.counters();

    assert_eq!((counters.calls["POST users"], counters.tokens), (2, 3));
    assert_eq!(counters.answers.into_iter().collect::<Vec<_>>(), [(200, 1), (409, 1), (503, 1)]);
}

#[tokio::test]
async fn an_answer_that_is_lost_has_done_its_work() {
    let server = in_process();
    server.moods().set(Moods { answer_lost: 1.0, ..Moods::calm() });
    let bearer = format!("Bearer {}", server.token_of(&server.admin()));
    let request = Request::post("https://admin.googleapis.com/admin/directory/v1/users")
        .header("authorization", bearer)
        .header("content-type", "application/json")
        .body(Body::from(user("alva").to_string()))
        .unwrap();

    let answer = server.answer(request).await;

    assert!(answer.is_none() && server.counters().answers.is_empty());
    assert!(server.state().user(&address("alva")).is_some());
}

#[tokio::test]
async fn what_came_over_the_api_is_told_from_what_was_there() {
    let server = domain().await;
    made_user(&server, "alva").await;

    let by_us: Vec<String> =
        server.state().users.values().filter(|it| it.provenance.by_us).map(|it| it.primary_email.clone()).collect();

    assert_eq!(by_us, [address("alva")]);
}
