use crate::client::{USER, get, register, unit, user, write};
use crate::small_world;
use serde_json::Value;
use std::time::{Duration, Instant};
use world::wire::send;
use world::{Moods, RateLimit, World};

const TENANT: &str = "gleerups";

fn in_mood(world: &World, alter: impl FnOnce(&mut Moods)) {
    let mut moods = Moods::calm();
    alter(&mut moods);
    world.set_moods(&moods);
}

async fn read(world: &World) -> world::wire::Answer {
    write(world, TENANT, "GET", "Users", &Value::Null).await
}

#[tokio::test]
async fn throttling_comes_with_and_without_retry_after() {
    let world = small_world().await;
    in_mood(&world, |m| m.throttled = 1.0);
    let answer = read(&world).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    in_mood(&world, |m| {
        m.throttled_with_retry_after = 1.0;
        m.retry_after = 9;
    });
    let answer = read(&world).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("9")));
}

#[tokio::test]
async fn faults_are_500_and_503_and_counted() {
    let world = small_world().await;
    in_mood(&world, |m| m.internal_error = 1.0);
    assert_eq!(read(&world).await.status, 500);
    world.set_moods(&Moods::down());
    assert_eq!(read(&world).await.status, 503);
    let suffered = world.receiver(TENANT).unwrap().moods().suffered();
    assert_eq!((suffered["internal_error"], suffered["unavailable"]), (1, 1));
}

#[tokio::test]
async fn a_rate_limit_lets_the_burst_through() {
    let world = small_world().await;
    in_mood(&world, |m| m.rate_limit = Some(RateLimit { per_second: 0.001, burst: 2.0 }));
    let statuses = [read(&world).await.status, read(&world).await.status, read(&world).await.status];
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let world = small_world().await;
    in_mood(&world, |m| m.latency = Duration::from_millis(40));
    let begun = Instant::now();
    assert_eq!(read(&world).await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn a_slow_answer_comes_all_the_same() {
    let world = small_world().await;
    in_mood(&world, |m| {
        m.slow = 1.0;
        m.slow_for = Duration::from_millis(40);
    });
    let begun = Instant::now();
    assert_eq!(read(&world).await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(40));
}

async fn try_post(world: &World, path: &str, body: &Value) -> std::io::Result<world::wire::Answer> {
    let url = format!("{}/{path}", world.urls().receivers[TENANT]);
    let headers = [("x-api-key", "key-for-gleerups"), ("content-type", "application/json")];
    send("POST", &url, &headers, &body.to_string()).await
}

#[tokio::test]
async fn a_reset_connection_has_done_nothing() {
    let world = small_world().await;
    in_mood(&world, |m| m.connection_reset = 1.0);
    assert!(try_post(&world, "SchoolUnits", &unit()).await.is_err());
    world.set_moods(&Moods::calm());
    assert_eq!(try_post(&world, "SchoolUnits", &unit()).await.unwrap().status, 201);
}

#[tokio::test]
async fn a_lost_answer_has_done_its_work() {
    let world = small_world().await;
    try_post(&world, "SchoolUnits", &unit()).await.unwrap();
    in_mood(&world, |m| m.answer_lost = 1.0);
    assert!(try_post(&world, "Users", &user()).await.is_err());
    world.set_moods(&Moods::calm());
    let read = write(&world, TENANT, "GET", &format!("Users/{USER}"), &Value::Null).await;
    assert_eq!(read.status, 200);
}

#[tokio::test]
async fn a_truncated_page_is_200_but_no_json() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    in_mood(&world, |m| m.truncated_page = 1.0);
    let answer = get(&format!("{url}/persons"), &token).await;
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<Value>(&answer.body).is_err());
}

#[tokio::test]
async fn a_token_can_expire_in_the_middle_of_a_read() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    in_mood(&world, |m| m.token_expired = 1.0);
    assert_eq!(get(&format!("{url}/persons"), &token).await.status, 401);
    world.set_moods(&Moods::calm());
    assert_eq!(get(&format!("{url}/persons"), &token).await.status, 401);
    let (_, fresh) = register(&world).await;
    assert_eq!(get(&format!("{url}/persons"), &fresh).await.status, 200);
}

/// A subscriber that counts what it hears.
async fn subscriber(world: &World) -> tokio::sync::mpsc::UnboundedReceiver<Value> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/", listener.local_addr().unwrap());
    let (url, token) = register(world).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let wanted = serde_json::json!({"name": "n", "target": target, "resourceTypes": [{"resource": "Person"}]});
    send("POST", &format!("{url}/subscriptions"), &headers, &wanted.to_string()).await.unwrap();
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            tell.send(crate::register::hear_one(&listener).await).unwrap();
        }
    });
    told
}

async fn rename_somebody(world: &World) {
    let person = world.register().with_truth(|t| t.pupils().next().unwrap().id);
    world.register().apply(&[world::truth::Change::PersonRenamed { person }]).await;
}

#[tokio::test]
async fn a_doorbell_can_ring_twice() {
    let world = small_world().await;
    let told = subscriber(&world).await;
    in_mood(&world, |m| m.doorbell_duplicated = 1.0);
    rename_somebody(&world).await;
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn a_doorbell_can_be_lost() {
    let world = small_world().await;
    let told = subscriber(&world).await;
    in_mood(&world, |m| m.doorbell_lost = 1.0);
    rename_somebody(&world).await;
    assert_eq!(told.len(), 0);
}

#[tokio::test]
async fn a_doorbell_can_come_after_the_next() {
    let world = small_world().await;
    let mut told = subscriber(&world).await;
    in_mood(&world, |m| m.doorbell_reordered = 1.0);
    let person = world.register().with_truth(|t| t.pupils().next().unwrap().id);
    world.register().apply(&[world::truth::Change::PersonRemoved { person }]).await;
    world.set_moods(&Moods::calm());
    rename_somebody(&world).await;
    let (first, second) = (told.recv().await.unwrap(), told.recv().await.unwrap());
    assert_eq!((first["deletedEntities"].clone(), second["deletedEntities"].clone()), (false.into(), true.into()));
}
