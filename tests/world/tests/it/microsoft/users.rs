//! Users.

use super::*;

#[tokio::test]
async fn a_user_is_made_and_read_by_its_id_and_its_name() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;

    let by_id = tenant.get(&format!("/users/{id}?$select=id,employeeId,accountEnabled,department")).await.json();
    let by_name = tenant.get("/users/ALVA@prov.example").await.json();

    let expected = json!({"id": id, "employeeId": "e-alva", "accountEnabled": true, "department": null});
    assert_eq!((by_id, &by_name["id"]), (expected, &json!(id)));
    assert!(by_name.get("employeeId").is_none() && tenant.server.state().users[&id].has_password);
}

#[tokio::test]
async fn what_is_required_must_be_there() {
    let tenant = tenant().await;

    for name in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"] {
        let mut body = user("alva");
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(refusal(&tenant.post("/users", body).await), refused(400, "Request_BadRequest"), "{name}");
    }

    assert!(tenant.server.state().users.is_empty());
}

#[tokio::test]
async fn values_that_the_directory_does_not_take_are_refused() {
    let tenant = tenant().await;

    for (name, value) in [
        ("userPrincipalName", json!("åsa@prov.example")),
        ("userPrincipalName", json!("a b@prov.example")),
        ("userPrincipalName", json!("asa")),
        ("employeeId", json!("12345678901234567")),
        ("displayName", json!("")),
        ("usageLocation", json!("Sverige")),
        ("accountEnabled", json!("yes")),
        ("mailNickname", json!("a@b")),
        ("passwordProfile", json!({"password": "enkelt"})),
    ] {
        let answer = tenant.post("/users", with(user("alva"), name, value.clone())).await;
        assert_eq!(answer.status, 400, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_domain_must_be_the_organisations() {
    let tenant = tenant_with(|it| it.verified_domains = Some(vec!["prov.example".to_owned()])).await;

    let elsewhere = with(user("alva"), "userPrincipalName", json!("alva@annan.example"));
    let answers = [tenant.post("/users", elsewhere).await.status, tenant.post("/users", user("alva")).await.status];

    assert_eq!(answers, [400, 201]);
}

#[tokio::test]
async fn a_name_and_an_address_belong_to_one_user() {
    let tenant = tenant().await;
    let [alva, bo] = tenant.made_users(["alva", "bo"]).await;

    let twin = tenant.post("/users", user("Alva")).await;
    let address = tenant.patch(&format!("/users/{bo}"), json!({"mail": "alva@prov.example"})).await;
    let own = tenant.patch(&format!("/users/{alva}"), json!({"mail": "alva@prov.example"})).await;

    assert_eq!(refusal(&twin), refused(400, "Request_BadRequest"));
    assert!(message(&twin).contains("userPrincipalName already exists"), "{}", message(&twin));
    assert!(message(&address).contains("proxyAddresses already exists"), "{}", message(&address));
    assert_eq!(own.status, 204);
}

#[tokio::test]
async fn a_change_is_204_and_null_takes_away() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;

    let answer = tenant.patch("/users/alva@prov.example", json!({"accountEnabled": false, "employeeId": null})).await;

    let state = tenant.server.state();
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!((state.users[&id].is_enabled(), state.users[&id].text("employeeId")), (false, None));
    assert_eq!(state.users[&id].history.len(), 2);
}

#[tokio::test]
async fn a_change_of_nothing_is_counted() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;

    tenant.patch(&format!("/users/{id}"), json!({"accountEnabled": true})).await;

    assert_eq!(tenant.server.counters().in_vain["PATCH users/{id}"], 1);
}

#[tokio::test]
async fn passwords_of_others_need_a_right_of_their_own() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;
    let change = json!({"passwordProfile": {"password": "Nytt-och-hemligt-8"}});

    let without = tenant.patch(&format!("/users/{id}"), change.clone()).await;
    tenant.server.set_options(|it| it.may_reset_passwords = true);
    let having = tenant.patch(&format!("/users/{id}"), change).await;

    assert_eq!((refusal(&without), having.status), (refused(403, "Authorization_RequestDenied"), 204));
}

#[tokio::test]
async fn who_is_deleted_is_in_no_group_and_can_be_restored() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;
    let group = tenant.made_group("personal").await;
    tenant.post(&format!("/groups/{group}/members/$ref"), tenant.reference(&id)).await;

    let deleted = tenant.delete(&format!("/users/{id}")).await.status;
    let gone = tenant.get(&format!("/users/{id}")).await;
    let kept = tenant.server.state().deleted_users.contains_key(&id);
    let restored = tenant.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await;

    assert_eq!((deleted, refusal(&gone), kept), (204, refused(404, "Request_ResourceNotFound"), true));
    assert_eq!((restored.status, tenant.get(&format!("/users/{id}")).await.status), (200, 200));
    assert!(tenant.group(&group).members.is_empty());
}

#[tokio::test]
async fn a_name_that_is_taken_again_cannot_be_restored() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;
    tenant.delete(&format!("/users/{id}")).await;
    tenant.made_user("alva").await;

    let answer = tenant.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await;

    assert_eq!(refusal(&answer), refused(400, "Request_BadRequest"));
}

#[tokio::test]
async fn what_another_directory_is_master_of_cannot_be_changed() {
    let tenant = tenant().await;
    let id = tenant.server.plant_user(with(user("bo"), "onPremisesSyncEnabled", json!(true)));
    tenant.server.allow_adoption(&id);

    let location = tenant.patch(&format!("/users/{id}"), json!({"usageLocation": "SE"})).await.status;
    let before = tenant.server.violations();
    let name = tenant.patch(&format!("/users/{id}"), json!({"displayName": "Bo P"})).await;
    let deleted = tenant.delete(&format!("/users/{id}")).await;

    assert_eq!((location, before), (204, Vec::<String>::new()));
    assert_eq!([name.status, deleted.status], [400, 400]);
    assert!(message(&name).contains("on-premises mastered"));
    assert_eq!(tenant.server.violations().len(), 2);
}

#[tokio::test]
async fn a_refusal_has_graphs_shape() {
    let tenant = tenant().await;

    let headers = [("client-request-id", "0f0f0f0f-0000-4000-8000-000000000001")];
    let answer = tenant.ask_with("GET", &format!("/users/{NOBODY}"), &headers, &Value::Null).await;

    let inner = answer.json()["error"]["innerError"].clone();
    assert_eq!(inner["client-request-id"], "0f0f0f0f-0000-4000-8000-000000000001");
    assert_eq!(inner["date"], "2026-09-21T14:13:20");
    assert_eq!(inner["request-id"].as_str(), answer.header("request-id"));
}
