//! Bulk requests.

use super::*;
use world::scim::BulkLimits;

async fn bulk(server: &ScimServer, operations: Value, fail_on_errors: Option<u64>) -> Answer {
    let mut body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
    if let Some(most) = fail_on_errors {
        body["failOnErrors"] = json!(most);
    }
    ask(server, "POST", "/Bulk", &body).await
}

fn post(bulk_id: &str, endpoint: &str, data: Value) -> Value {
    json!({"method": "POST", "path": format!("/{endpoint}"), "bulkId": bulk_id, "data": data})
}

fn statuses(answer: &Answer) -> Vec<String> {
    let operations = answer.json()["Operations"].as_array().unwrap().clone();
    operations.iter().map(|it| it["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn operations_are_answered_one_by_one_in_their_order() {
    let server = provider().await;
    let id = made_user(&server, "alva").await;
    let path = format!("/Users/{id}");
    let rename = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "displayName", "value": "Alva P"}]});

    let answer = bulk(
        &server,
        json!([
            post("1", "Users", user("bo")),
            post("2", "Users", user("bo")),
            {"method": "PATCH", "path": path, "data": rename},
            {"method": "PUT", "path": path, "data": user("alva"), "version": "W/\"1\""},
            {"method": "DELETE", "path": path},
        ]),
        None,
    )
    .await;

    assert_eq!(
        (answer.status, statuses(&answer)),
        (200, ["201", "409", "200", "412", "204"].map(str::to_owned).to_vec())
    );
    let operations = answer.json()["Operations"].clone();
    assert_eq!((&operations[0]["bulkId"], &operations[0]["version"]), (&json!("1"), &json!("W/\"1\"")));
    assert!(operations[0]["location"].as_str().unwrap().starts_with(&format!("{}/Users/", server.base_url())));
    assert_eq!(operations[1]["response"]["scimType"], "uniqueness");
    assert_eq!(server.counters().in_bulk["POST Users"], 2);
}

#[tokio::test]
async fn a_bulk_id_stands_for_what_is_made_before_or_after() {
    let server = provider().await;
    let group = group("4A", &[&"bulkId:bo".to_owned(), &"bulkId:alva".to_owned()]);

    let answer = bulk(
        &server,
        json!([post("alva", "Users", user("alva")), post("4A", "Groups", group), post("bo", "Users", user("bo"))]),
        None,
    )
    .await;

    assert_eq!(statuses(&answer), ["201", "201", "201"]);
    let state = server.state();
    let group = state.groups.values().next().unwrap();
    assert!(group.members().into_iter().eq(state.users.keys()));
    assert_eq!(answer.json()["Operations"][1]["bulkId"], "4A");
}

#[tokio::test]
async fn a_bulk_id_in_a_path_stands_for_the_resource() {
    let server = provider().await;

    let remove = json!({"method": "DELETE", "path": "/Users/bulkId:alva"});
    let answer = bulk(&server, json!([post("alva", "Users", user("alva")), remove]), None).await;

    assert_eq!((statuses(&answer), server.state().users.len()), (vec!["201".to_owned(), "204".to_owned()], 0));
}

#[tokio::test]
async fn a_bulk_id_of_nothing_is_409() {
    let server = provider().await;
    let group = |member: &str| group("4A", &[&format!("bulkId:{member}")]);

    let answer = bulk(
        &server,
        json!([
            post("failed", "Users", json!({})),
            post("1", "Groups", group("failed")),
            post("2", "Groups", group("nowhere")),
            post("3", "Groups", group("3")),
        ]),
        None,
    )
    .await;

    assert_eq!(statuses(&answer), ["400", "409", "409", "409"]);
}

#[tokio::test]
async fn after_so_many_errors_nothing_more_is_done() {
    let server = provider().await;

    let operations =
        json!([post("1", "Users", json!({})), post("2", "Users", json!({})), post("3", "Users", user("c"))]);
    let answers = (bulk(&server, operations.clone(), Some(2)).await, server.state().users.len());

    assert_eq!((statuses(&answers.0).len(), answers.1), (2, 0));
    assert_eq!(statuses(&bulk(&server, operations, None).await), ["400", "400", "201"]);
}

#[tokio::test]
async fn a_post_without_a_bulk_id_is_refused() {
    let server = provider().await;

    let answer = bulk(&server, json!([{"method": "POST", "path": "/Users", "data": user("alva")}]), None).await;

    assert_eq!(statuses(&answer), ["400"]);
}

#[tokio::test]
async fn over_the_limits_nothing_is_done() {
    let server = provider_with(|it| it.bulk = Some(BulkLimits { max_operations: 1, max_payload_size: 700 })).await;

    let many = bulk(&server, json!([post("1", "Users", user("a")), post("2", "Users", user("b"))]), None).await;
    let large =
        bulk(&server, json!([post("1", "Users", with(user("a"), "title", json!("x".repeat(700))))]), None).await;

    assert_eq!((refusal(&many), refusal(&large)), (refused(413, ""), refused(413, "")));
    assert_eq!(server.state().users.len(), 0);
}

#[tokio::test]
async fn a_provider_may_know_no_bulk_requests() {
    let server = provider_with(|it| it.bulk = None).await;

    let answer = bulk(&server, json!([post("1", "Users", user("a"))]), None).await;

    assert_eq!(refusal(&answer), refused(501, ""));
}
