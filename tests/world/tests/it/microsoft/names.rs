//! Names and paths that Graph does not have.

use super::*;

#[tokio::test]
async fn a_property_that_graph_has_not_is_refused_and_noted() {
    let tenant = tenant().await;

    let answer = tenant.post("/users", with(user("alva"), "personalNumber", json!("x"))).await;

    assert_eq!(refusal(&answer), refused(400, "Request_BadRequest"));
    assert_eq!(tenant.server.violations(), ["POST users: sends personalNumber, which Graph has not"]);
}

#[tokio::test]
async fn a_property_that_the_service_keeps_is_refused_and_noted() {
    let tenant = tenant().await;
    let id = tenant.made_user("alva").await;

    let answer = tenant.patch(&format!("/users/{id}"), json!({"proxyAddresses": ["smtp:a@prov.example"]})).await;

    assert_eq!(answer.status, 400);
    assert_eq!(tenant.server.violations(), ["PATCH users/{id}: sends proxyAddresses, which cannot be written here"]);
}

#[tokio::test]
async fn a_path_or_a_parameter_that_is_not_there_is_refused_and_noted() {
    let tenant = tenant().await;

    let answers = [tenant.get("/pupils").await.status, tenant.get("/users?$sort=mail").await.status];

    assert_eq!((answers, tenant.server.violations().len()), ([400, 400], 2));
}

#[tokio::test]
async fn a_method_that_does_not_fit_is_405() {
    let tenant = tenant().await;

    assert_eq!(tenant.ask("PUT", "/users", &json!({})).await.status, 405);
}

#[tokio::test]
async fn a_body_needs_its_content_type_and_must_be_json() {
    let tenant = tenant().await;

    let untyped = tenant.ask_with("POST", "/users", &[("content-type", "text/plain")], &user("alva")).await;
    let broken = tenant.ask("POST", "/users", &json!(7)).await;

    assert_eq!([refusal(&untyped), refusal(&broken)], [refused(400, "BadRequest"), refused(400, "BadRequest")]);
    assert_eq!(tenant.server.violations().len(), 1);
}
