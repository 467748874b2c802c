//! Groups.

use super::*;

#[tokio::test]
async fn a_group_is_made_and_read_by_id_and_by_address() {
    let server = domain().await;

    let id = made_group(&server, "4a").await;

    let by_id = directory(&server, "GET", &format!("/groups/{id}"), Value::Null).await.json();
    let by_address = directory(&server, "GET", &format!("/groups/{}", address("4A")), Value::Null).await.json();
    assert_eq!(by_id, by_address);
    assert_eq!((&by_id["kind"], &by_id["directMembersCount"]), (&json!("admin#directory#group"), &json!("0")));
}

#[tokio::test]
async fn an_address_that_somebody_has_is_a_duplicate() {
    let server = domain().await;
    made_group(&server, "4a").await;
    made_user(&server, "alva").await;

    for taken in ["4a", "alva"] {
        let answer = directory(&server, "POST", "/groups", json!({"email": address(taken)})).await;
        assert_eq!(reason(&answer), refused(409, "duplicate"), "{taken}");
    }
}

#[tokio::test]
async fn what_a_group_needs_must_be_there_and_fit() {
    let server = domain().await;
    let wrong = [
        (json!({"name": "4A"}), refused(400, "required")),
        (json!({"email": "4a"}), refused(400, "invalid")),
        (json!({"email": "4a@soderby.example"}), refused(404, "notFound")),
        (json!({"email": address("4a"), "description": "x".repeat(4_097)}), refused(400, "invalid")),
    ];
    for (body, expected) in wrong {
        assert_eq!(reason(&directory(&server, "POST", "/groups", body).await), expected);
    }
}

#[tokio::test]
async fn a_group_is_renamed_and_moved_and_keeps_its_former_address() {
    let server = domain().await;
    let id = made_group(&server, "4a").await;

    directory(&server, "PATCH", &format!("/groups/{id}"), json!({"name": "5A", "email": address("5a")})).await;

    let group = &server.state().groups[&id];
    assert_eq!((group.name.as_str(), &group.email, &group.aliases), ("5A", &address("5a"), &names(&["4a"])));
}

#[tokio::test]
async fn a_put_leaves_alone_what_it_does_not_name() {
    let server = domain().await;
    let id = made_group(&server, "4a").await;
    let path = format!("/groups/{id}");
    directory(&server, "PATCH", &path, json!({"description": "Klass"})).await;

    directory(&server, "PUT", &path, json!({"email": address("4a"), "name": "4A"})).await;

    let group = &server.state().groups[&id];
    assert_eq!((group.name.as_str(), group.description.as_str()), ("4A", "Klass"));
}

#[tokio::test]
async fn a_former_address_is_free_once_the_alias_is_deleted() {
    let server = domain().await;
    let path = format!("/groups/{}", made_group(&server, "4a").await);
    directory(&server, "PATCH", &path, json!({"email": address("5a")})).await;

    let list = directory(&server, "GET", &format!("{path}/aliases"), Value::Null).await.json();
    let taken = directory(&server, "POST", "/groups", json!({"email": address("4a")})).await;
    let alias = format!("{path}/aliases/{}", address("4a"));
    let deleted = directory(&server, "DELETE", &alias, Value::Null).await.status;
    let again = directory(&server, "DELETE", &alias, Value::Null).await;

    assert_eq!(
        (all(&list, "aliases", "alias"), reason(&taken)),
        (vec![address("4a").as_str()], refused(409, "duplicate"))
    );
    assert_eq!((deleted, reason(&again)), (204, refused(404, "notFound")));
    assert_eq!(directory(&server, "POST", "/groups", json!({"email": address("4a")})).await.status, 200);
}

#[tokio::test]
async fn an_alias_is_added_and_leads_to_the_group() {
    let server = domain().await;
    let id = made_group(&server, "4a").await;

    directory(&server, "POST", &format!("/groups/{id}/aliases"), json!({"alias": address("fyran")})).await;

    let by_alias = directory(&server, "GET", &format!("/groups/{}", address("fyran")), Value::Null).await.json();
    assert_eq!(by_alias["id"], id);
}

#[tokio::test]
async fn a_former_address_may_be_free_at_once() {
    let server = domain_with(|it| it.former_group_addresses_stay = false).await;
    let path = format!("/groups/{}", made_group(&server, "4a").await);

    directory(&server, "PATCH", &path, json!({"email": address("5a")})).await;

    assert_eq!(directory(&server, "POST", "/groups", json!({"email": address("4a")})).await.status, 200);
}

#[tokio::test]
async fn a_deleted_group_is_gone() {
    let server = domain().await;
    let path = format!("/groups/{}", made_group(&server, "4a").await);

    let first = directory(&server, "DELETE", &path, Value::Null).await.status;
    let second = directory(&server, "DELETE", &path, Value::Null).await;

    assert_eq!((first, reason(&second)), (204, refused(404, "notFound")));
    assert_eq!(second.json()["error"]["message"], "Resource Not Found: groupKey");
}

#[tokio::test]
async fn groups_are_listed_all_or_those_of_a_user() {
    let server = domain().await;
    made_user(&server, "alva").await;
    for name in ["4a", "4b"] {
        made_group(&server, name).await;
    }
    directory(&server, "POST", &format!("/groups/{}/members", address("4b")), json!({"email": address("alva")})).await;

    let whole = directory(&server, "GET", "/groups?customer=my_customer", Value::Null).await.json();
    let own = directory(&server, "GET", &format!("/groups?userKey={}", address("alva")), Value::Null).await.json();

    assert_eq!(all(&whole, "groups", "email"), ["4a", "4b"].map(address));
    assert_eq!(all(&own, "groups", "email"), [address("4b")]);
}
