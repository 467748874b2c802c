//! On the loopback and in process: what is counted, and moods.

use super::*;
use axum::body::Body;
use axum::http::Request;
use world::Moods;

#[tokio::test]
async fn calls_and_answers_are_counted() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;
    tenant.get(&format!("/users/{id}")).await;
    tenant.server.moods().set(Moods::down());
    tenant.get("/users/alva@prov.example").await;

    let counters = tenant.server.counters();

    assert_eq!((counters.calls["POST users"], counters.calls["GET users/{id}"], counters.tokens), (1, 2, 1));
    assert_eq!(counters.answers.into_iter().collect::<Vec<_>>(), [(200, 1), (201, 1), (503, 1)]);
}

#[tokio::test]
async fn the_login_does_not_share_the_moods() {
    let tenant = tenant().await;
    tenant.server.moods().set(Moods::down());

    assert_eq!(login(&tenant.server, &[]).await.status, 200);
}

#[tokio::test]
async fn in_process_it_answers_for_both_of_its_hosts() {
    let server = MicrosoftServer::in_process(MicrosoftOptions::new(Time::real()));
    let form = "grant_type=client_credentials&client_id=skolbro-microsoft&client_secret=microsoft-secret-of-norrbyholm\
                &scope=https%3A%2F%2Fgraph.norrbyholm.example%2F.default";
    let request = Request::post(server.token_url()).header("content-type", "application/x-www-form-urlencoded");

    let token = server.answer(request.body(Body::from(form)).unwrap()).await.unwrap();
    let body = axum::body::to_bytes(token.into_body(), usize::MAX).await.unwrap();
    let token: Value = serde_json::from_slice(&body).unwrap();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let request = |url: String| Request::get(url).header("authorization", &bearer).body(Body::empty()).unwrap();
    let users = server.answer(request(format!("{}/users", server.base_url()))).await.unwrap();
    let elsewhere = server.answer(request("https://annan.example/v1.0/users".to_owned())).await;

    assert_eq!((users.status().as_u16(), elsewhere.is_none()), (200, true));
}

#[tokio::test]
async fn an_answer_that_is_lost_has_done_its_work() {
    let tenant = tenant().await;
    tenant.server.moods().set(Moods { answer_lost: 1.0, ..Moods::calm() });
    let bearer = format!("Bearer {}", tenant.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];

    let url = format!("{}/users", tenant.server.base_url());
    let answer = send("POST", &url, &headers, &user("alva").to_string()).await;

    assert!(answer.is_err());
    assert_eq!(tenant.server.state().users.len(), 1);
}
