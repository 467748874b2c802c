//! Groups and their members.

use super::*;

#[tokio::test]
async fn a_group_shows_its_members_with_their_addresses() {
    let (server, users, group) = with_a_group(|_| {}).await;

    let body = get(&server, &format!("/Groups/{group}")).await.json();

    let address = format!("{}/Users/{}", server.base_url(), users[0]);
    assert_eq!(body["members"][0], json!({"value": users[0], "$ref": address, "type": "User"}));
}

#[tokio::test]
async fn a_member_who_is_not_there_is_refused() {
    let (server, _, id) = with_a_group(|_| {}).await;
    let stranger = NOBODY.to_owned();

    let post = ask(&server, "POST", "/Groups", &group("4B", &[&stranger])).await;
    let put = ask(&server, "PUT", &format!("/Groups/{id}"), &group("4A", &[&stranger])).await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": stranger}]}]);
    let patched = patch(&server, &format!("/Groups/{id}"), add).await;

    let refusals = [post, put, patched].map(|answer| refusal(&answer));
    assert_eq!(refusals, [(); 3].map(|()| refused(400, "invalidValue")));
}

#[tokio::test]
async fn a_member_named_twice_is_one() {
    let server = provider().await;
    let id = made_user(&server, "alva").await;

    let group = ask(&server, "POST", "/Groups", &group("4A", &[&id, &id])).await;

    assert_eq!(group.json()["members"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_deleted_user_is_in_no_group_any_more() {
    let (server, users, group) = with_a_group(|_| {}).await;

    delete(&server, &format!("/Users/{}", users[0])).await;

    assert_eq!(members(&server, &group), [users[1].clone()]);
    assert_eq!(get(&server, &format!("/Groups/{group}")).await.header("etag"), Some("W/\"2\""));
}

#[tokio::test]
async fn a_groups_name_is_unique_only_where_the_provider_says_so() {
    for (unique, status) in [(false, 201), (true, 409)] {
        let server = provider_with(|it| it.unique_group_names = unique).await;
        made(&server, "/Groups", &group("4A", &[])).await;

        let answer = ask(&server, "POST", "/Groups", &group("4a", &[])).await;

        assert_eq!(answer.status, status);
    }
}
