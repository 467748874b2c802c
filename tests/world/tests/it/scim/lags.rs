//! Providers where what is made is not to be found at once.

use super::*;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const LAG: i64 = 30;

/// A provider, and what to add to for time to pass.
async fn provider_in_time(alter: impl FnOnce(&mut ScimOptions)) -> (ScimServer, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(1_790_000_000));
    let told = seconds.clone();
    let time = Time::told_by(move || Timestamp::from_second(told.load(Ordering::SeqCst)).unwrap());
    let mut options = ScimOptions::new(time);
    alter(&mut options);
    (ScimServer::start(options, 0).await.unwrap(), seconds)
}

async fn found(server: &ScimServer) -> [Value; 2] {
    let listed = get(server, "/Users").await.json();
    let filtered = find(server, "Users", "userName eq \"alva\"").await.json();
    [listed, filtered].map(|it| it["totalResults"].clone())
}

#[tokio::test]
async fn a_user_may_be_in_lists_later_than_it_is_made() {
    let (server, seconds) = provider_in_time(|it| it.lists_lag = SignedDuration::from_secs(LAG)).await;
    let id = made_user(&server, "alva").await;

    let at_once = found(&server).await;
    seconds.fetch_add(LAG, Ordering::SeqCst);
    let later = found(&server).await;

    assert_eq!((at_once, later), ([json!(0), json!(0)], [json!(1), json!(1)]));
    assert_eq!(get(&server, &format!("/Users/{id}")).await.status, 200);
}

#[tokio::test]
async fn a_name_is_taken_before_its_holder_is_found() {
    let (server, _) = provider_in_time(|it| it.lists_lag = SignedDuration::from_secs(LAG)).await;
    made_user(&server, "alva").await;

    let answers = (ask(&server, "POST", "/Users", &user("alva")).await.status, found(&server).await);

    assert_eq!(answers, (409, [json!(0), json!(0)]));
}

#[tokio::test]
async fn a_user_may_be_found_by_its_id_later_than_it_is_made() {
    let (server, seconds) = provider_in_time(|it| it.reads_lag = SignedDuration::from_secs(LAG)).await;
    let id = made_user(&server, "alva").await;
    let path = format!("/Users/{id}");
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Alva P"}]);

    let at_once = [get(&server, &path).await.status, patch(&server, &path, rename.clone()).await.status];
    let as_member = ask(&server, "POST", "/Groups", &group("4A", &[&id])).await;
    seconds.fetch_add(LAG, Ordering::SeqCst);
    let later = [get(&server, &path).await.status, patch(&server, &path, rename).await.status];

    assert_eq!((at_once, later), ([404, 404], [200, 200]));
    assert_eq!(refusal(&as_member), refused(400, "invalidValue"));
}

#[tokio::test]
async fn what_was_made_by_hand_has_always_been_there() {
    let (server, _) = provider_in_time(|it| it.lists_lag = SignedDuration::from_secs(LAG)).await;

    server.plant_user(user("alva"));

    assert_eq!(found(&server).await, [json!(1), json!(1)]);
}
