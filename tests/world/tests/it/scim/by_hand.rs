//! What people do at the provider, and whoever meddles with it.

use super::*;

#[tokio::test]
async fn what_was_made_by_hand_is_told_from_what_came_over_the_api() {
    let server = provider().await;
    let ours = made_user(&server, "alva").await;
    let theirs = server.plant_user(user("bo"));

    let state = server.state();

    assert_eq!((state.users[&ours].by_us, state.users[&theirs].by_us), (true, false));
    assert_eq!(state.by_us(ScimKind::User).map(|(id, _)| id.clone()).collect::<Vec<_>>(), [ours]);
    assert_eq!(state.with_external_id(ScimKind::User, "ext-bo").unwrap().0, &theirs);
}

#[tokio::test]
async fn meddling_with_what_was_made_by_hand_is_noted() {
    let server = provider().await;
    let id = server.plant_user(user("bo"));
    let path = format!("/Users/{id}");

    let put = ask(&server, "PUT", &path, &user("bo")).await;
    let patched = patch(&server, &path, json!([{"op": "replace", "path": "active", "value": false}])).await;
    let deleted = delete(&server, &path).await;

    assert_eq!([put.status, patched.status, deleted.status], [200, 200, 204]);
    let noted = ["PUT", "PATCH", "DELETE"].map(|method| format!("touched foreign: {method} Users/{id}"));
    assert_eq!(server.violations(), noted);
}

#[tokio::test]
async fn reading_what_was_made_by_hand_is_no_meddling() {
    let server = provider().await;
    let id = server.plant_group(group("Personal", &[]));

    get(&server, &format!("/Groups/{id}")).await;
    let refused = ask(&server, "PUT", &format!("/Groups/{id}"), &json!({"schemas": [GROUP_SCHEMA]})).await;

    assert_eq!((refused.status, server.violations()), (400, Vec::<String>::new()));
}

#[tokio::test]
async fn what_may_be_adopted_may_be_touched() {
    let server = provider().await;
    let id = server.plant_user(user("bo"));
    assert!(server.allow_adoption(ScimKind::User, &id));

    ask(&server, "PUT", &format!("/Users/{id}"), &user("bo.prov")).await;

    assert_eq!(server.violations(), Vec::<String>::new());
    assert_eq!(kept(&server, &id)["userName"], "bo.prov");
}

#[tokio::test]
async fn a_user_made_by_hand_has_its_name() {
    let server = provider().await;
    server.plant_user(with(user("bo"), "id", json!("fjärran")));

    let answer = ask(&server, "POST", "/Users", &user("BO")).await;

    assert_eq!(refusal(&answer), refused(409, "uniqueness"));
    assert_eq!(find(&server, "Users", "userName eq \"bo\"").await.json()["Resources"][0]["id"], "fjärran");
}

#[tokio::test]
async fn an_edit_by_hand_changes_what_is_found_and_its_version() {
    let server = provider().await;
    let id = made_user(&server, "alva").await;

    assert!(server.edit(ScimKind::User, &id, json!({"userName": "alva2", "externalId": null})));

    let found = find(&server, "Users", "userName eq \"alva2\"").await.json();
    assert_eq!(
        (&found["Resources"][0]["id"], &found["Resources"][0]["meta"]["version"]),
        (&json!(id), &json!("W/\"2\""))
    );
    assert_eq!(find(&server, "Users", "externalId eq \"ext-alva\"").await.json()["totalResults"], 0);
    assert!(!server.edit(ScimKind::User, NOBODY, json!({})));
}

#[tokio::test]
async fn a_user_removed_by_hand_is_in_no_group_any_more() {
    let (server, users, group) = with_a_group(|_| {}).await;

    assert!(server.remove(ScimKind::User, &users[0]));

    assert_eq!(members(&server, &group), [users[1].clone()]);
    assert!(!server.remove(ScimKind::User, &users[0]));
}

#[tokio::test]
async fn a_member_made_up_by_hand_does_not_stand_in_the_way() {
    let (server, users, group) = with_a_group(|_| {}).await;
    server.edit(ScimKind::Group, &group, json!({"members": [{"value": NOBODY}]}));

    let add = json!([{"op": "add", "path": "members", "value": [{"value": users[0]}]}]);
    let answer = patch(&server, &format!("/Groups/{group}"), add).await;

    assert_eq!((answer.status, members(&server, &group).len()), (200, 2));
}
