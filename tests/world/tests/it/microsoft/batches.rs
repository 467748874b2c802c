//! Several requests in one.

use super::*;

async fn batch(tenant: &Tenant, requests: &[Value]) -> Answer {
    tenant.post("/$batch", json!({"requests": requests})).await
}

fn request(id: &str, method: &str, url: &str, body: Value) -> Value {
    json!({"id": id, "method": method, "url": url, "headers": {"Content-Type": "application/json"}, "body": body})
}

fn get(id: &str, url: &str) -> Value {
    json!({"id": id, "method": "GET", "url": url})
}

/// Ids and statuses in the order of the answers.
fn statuses(answer: &Answer) -> Vec<(String, u64)> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let responses = answer.json()["responses"].as_array().unwrap().clone();
    responses.iter().map(|it| (it["id"].as_str().unwrap().to_owned(), it["status"].as_u64().unwrap())).collect()
}

fn expected<const N: usize>(all: [(&str, u64); N]) -> Vec<(String, u64)> {
    all.map(|(id, status)| (id.to_owned(), status)).to_vec()
}

#[tokio::test]
async fn parts_are_carried_out_and_answered_in_no_order() {
    let tenant = tenant().await;

    let answer = batch(
        &tenant,
        &[request("1", "POST", "/users", user("alva")), get("2", "/users/bo@prov.example"), get("3", "users?$top=5")],
    )
    .await;

    assert_eq!(statuses(&answer), expected([("3", 200), ("2", 404), ("1", 201)]));
    let responses = answer.json()["responses"].clone();
    assert_eq!(responses[1]["body"]["error"]["code"], "Request_ResourceNotFound");
    assert_eq!(responses[2]["headers"]["Content-Type"], "application/json");
    assert_eq!(tenant.server.counters().in_batches["POST users"], 1);
    assert!(tenant.has_broken_nothing());
}

#[tokio::test]
async fn what_depends_on_a_failure_is_424() {
    let tenant = tenant().await;
    let after = |mut it: Value, id: &str| {
        it["dependsOn"] = json!([id]);
        it
    };

    let answer = batch(
        &tenant,
        &[
            request("1", "POST", "/users", user("alva")),
            after(get("2", "/users/bo@prov.example"), "1"),
            after(get("3", "/users/alva@prov.example"), "2"),
        ],
    )
    .await;

    assert_eq!(statuses(&answer), expected([("1", 201), ("2", 404), ("3", 424)]));
    assert!(tenant.has_broken_nothing());
}

#[tokio::test]
async fn half_a_sequence_and_a_circle_are_noted() {
    let tenant = tenant().await;
    let mut second = get("2", "/users");
    second["dependsOn"] = json!(["1"]);
    let mut circle = get("1", "/users");
    circle["dependsOn"] = json!(["1"]);

    let half = batch(&tenant, &[get("1", "/users"), second, get("3", "/users")]).await.status;
    let circle = batch(&tenant, &[circle]).await.status;

    assert_eq!((half, circle, tenant.server.violations().len()), (200, 400, 2));
}

#[tokio::test]
async fn twenty_are_the_most_and_ids_are_unique() {
    let tenant = tenant().await;
    let many = |count: usize| (0..count).map(|id| get(&id.to_string(), "/users")).collect::<Vec<_>>();

    let answers = [
        batch(&tenant, &many(20)).await.status,
        batch(&tenant, &many(21)).await.status,
        batch(&tenant, &[get("a", "/users"), get("A", "/users")]).await.status,
        batch(&tenant, &[]).await.status,
    ];

    assert_eq!(answers, [200, 400, 400, 400]);
    assert_eq!(tenant.server.violations().len(), 2);
}

#[tokio::test]
async fn a_body_says_what_it_is_and_a_url_is_relative() {
    let tenant = tenant().await;
    let untyped = json!({"id": "1", "method": "POST", "url": "/users", "body": user("alva")});
    let absolute = get("2", &format!("{}/users", tenant.server.base_url()));

    let answer = batch(&tenant, &[untyped, absolute]).await;

    assert_eq!(statuses(&answer), expected([("2", 400), ("1", 400)]));
    assert_eq!(tenant.server.violations().len(), 2);
}

#[tokio::test]
async fn parts_may_be_throttled_or_fail_for_themselves() {
    let tenant = tenant().await;

    tenant.server.befall_parts(1, 429);
    let throttled = batch(&tenant, &[get("1", "/users"), get("2", "/users")]).await;
    tenant.server.befall_parts(1, 503);
    let failed = batch(&tenant, &[get("1", "/users"), get("2", "/users")]).await;

    assert_eq!(statuses(&throttled), expected([("2", 429), ("1", 200)]));
    assert_eq!(throttled.json()["responses"][0]["headers"]["Retry-After"], "13");
    assert_eq!(statuses(&failed), expected([("2", 503), ("1", 200)]));
}
