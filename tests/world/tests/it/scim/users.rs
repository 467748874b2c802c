//! Creating, reading, replacing and deleting users; what must be unique.

use super::*;

#[tokio::test]
async fn a_created_user_has_an_id_a_place_and_a_version() {
    let server = provider().await;

    let answer = ask(&server, "POST", "/Users", &user("alva")).await;

    let body = answer.json();
    let place = format!("{}/Users/{}", server.base_url(), body["id"].as_str().unwrap());
    assert_eq!((answer.status, answer.header("location")), (201, Some(place.as_str())));
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    let meta = json!({"resourceType": "User", "location": place, "version": "W/\"1\"",
        "created": "2026-10-14T10:00:00Z", "lastModified": "2026-10-14T10:00:00Z"});
    assert_eq!((body["meta"].clone(), body["externalId"].clone()), (meta, json!("ext-alva")));
}

#[tokio::test]
async fn ids_are_the_same_in_every_run() {
    let (some, others) = (provider().await, provider().await);

    let ids = (made_user(&some, "alva").await, made_user(&others, "alva").await);

    assert_eq!(ids.0, ids.1);
}

#[tokio::test]
async fn a_user_is_read_by_its_id_and_nobody_else_is() {
    let server = provider().await;
    let id = made_user(&server, "alva").await;

    let answers = (get(&server, &format!("/Users/{id}")).await, get(&server, &format!("/Users/{NOBODY}")).await);

    assert_eq!(answers.0.json()["userName"], "alva");
    assert_eq!(refusal(&answers.1), refused(404, ""));
}

#[tokio::test]
async fn what_a_put_leaves_out_is_gone() {
    let server = provider().await;
    let id = made_user(&server, "alva").await;

    let shorter = json!({"schemas": [USER_SCHEMA], "userName": "alva", "id": NOBODY});
    let answer = ask(&server, "PUT", &format!("/Users/{id}"), &shorter).await;

    assert_eq!(answer.status, 200);
    assert_eq!(kept(&server, &id), json!({"schemas": [USER_SCHEMA], "id": id, "userName": "alva"}));
}

#[tokio::test]
async fn a_deleted_user_is_not_found_any_more() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    let answers = [delete(&server, &path).await.status, get(&server, &path).await.status];

    assert_eq!(answers, [204, 404]);
    assert_eq!(delete(&server, &path).await.status, 404);
}

#[tokio::test]
async fn a_user_name_is_taken_in_any_case_of_letters() {
    let server = provider().await;
    made_user(&server, "alva").await;

    let answer = ask(&server, "POST", "/Users", &user("ALVA")).await;

    assert_eq!(refusal(&answer), refused(409, "uniqueness"));
}

#[tokio::test]
async fn a_user_name_cannot_be_changed_to_one_that_is_taken() {
    let server = provider().await;
    made_user(&server, "alva").await;
    let path = format!("/Users/{}", made_user(&server, "bo").await);

    let put = ask(&server, "PUT", &path, &user("alva")).await;
    let patched = patch(&server, &path, json!([{"op": "replace", "path": "userName", "value": "Alva"}])).await;

    assert_eq!((refusal(&put), refusal(&patched)), (refused(409, "uniqueness"), refused(409, "uniqueness")));
}

#[tokio::test]
async fn a_user_name_is_free_again_after_a_deletion() {
    let server = provider().await;
    let id = made_user(&server, "alva").await;
    delete(&server, &format!("/Users/{id}")).await;

    let again = made_user(&server, "alva").await;

    assert_ne!(again, id);
}

#[tokio::test]
async fn an_external_id_is_unique_only_where_the_provider_says_so() {
    for (unique, status) in [(false, 201), (true, 409)] {
        let server = provider_with(|it| it.unique_external_ids = unique).await;
        made_user(&server, "alva").await;

        let answer = ask(&server, "POST", "/Users", &with(user("bo"), "externalId", json!("ext-alva"))).await;

        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn breaches_of_form_are_refused() {
    let server = provider().await;
    let cases = [
        (with(user("a"), "userName", Value::Null), "invalidValue"),
        (with(user("a"), "userName", json!(" ")), "invalidValue"),
        (with(user("a"), "active", json!("True")), "invalidValue"),
        (with(user("a"), "emails", json!("a@prov.example")), "invalidValue"),
        (with(user("a"), "emails", json!([{"value": "a", "primary": true}, {"primary": true}])), "invalidValue"),
        (with(user("a"), "name", json!({"firstName": "Alva"})), "invalidValue"),
        (with(user("a"), "schemas", json!([])), "invalidSyntax"),
        (with(user("a"), "schemas", json!([USER_SCHEMA, "urn:other"])), "invalidValue"),
        (with(user("a"), ENTERPRISE, json!({"department": "4A"})), "invalidSyntax"),
        (json!([]), "invalidSyntax"),
    ];
    for (body, kind) in cases {
        let answer = ask(&server, "POST", "/Users", &body).await;
        assert_eq!(refusal(&answer), refused(400, kind), "{body}");
    }
}

#[tokio::test]
async fn an_extension_that_is_named_is_kept() {
    let server = provider().await;
    let body = with(user("alva"), ENTERPRISE, json!({"department": "Norrskolan"}));

    let id = made(&server, "/Users", &with(body, "schemas", json!([USER_SCHEMA, ENTERPRISE]))).await;

    assert_eq!(kept(&server, &id)[ENTERPRISE]["department"], "Norrskolan");
}

#[tokio::test]
async fn a_password_is_never_shown() {
    let server = provider().await;

    let answer = ask(&server, "POST", "/Users", &with(user("alva"), "password", json!("hemligt"))).await;

    assert!(answer.status == 201 && !answer.body.contains("hemligt"));
}
