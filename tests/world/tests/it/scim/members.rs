//! Members in `PATCH` requests, and how providers differ.

use super::*;
use world::scim::MemberRemoval;

#[tokio::test]
async fn members_are_added_once_and_replaced() {
    let (server, users, group) = with_a_group(|_| {}).await;
    let path = format!("/Groups/{group}");
    let new = made_user(&server, "cia").await;

    let add = json!([{"op": "add", "path": "members", "value": [{"value": users[0]}, {"value": new}]}]);
    patch(&server, &path, add).await;
    let added = members(&server, &group);
    patch(&server, &path, json!([{"op": "replace", "path": "members", "value": [{"value": new}]}])).await;

    let [first, second] = users;
    assert_eq!((added, members(&server, &group)), (vec![first, second, new.clone()], vec![new]));
}

/// Who is left after a removal of the first of two members, and what it was answered.
async fn after_removal(how: MemberRemoval, by_value: bool) -> (usize, Answer) {
    let (server, users, group) = with_a_group(|it| it.member_removal = how).await;
    let operation = match by_value {
        true => json!({"op": "remove", "path": "members", "value": [{"value": users[0]}]}),
        false => json!({"op": "remove", "path": format!("members[value eq \"{}\"]", users[0])}),
    };
    let answer = patch(&server, &format!("/Groups/{group}"), json!([operation])).await;
    (members(&server, &group).len(), answer)
}

#[tokio::test]
async fn members_are_removed_by_filter_or_by_value_as_the_provider_has_it() {
    for (how, by_value) in
        [(MemberRemoval::ByFilter, false), (MemberRemoval::ByValue, true), (MemberRemoval::Both, true)]
    {
        let (left, answer) = after_removal(how, by_value).await;
        assert_eq!((answer.status, left), (200, 1), "{how:?}");
    }
}

#[tokio::test]
async fn a_filter_is_refused_where_members_are_removed_by_value() {
    let (left, answer) = after_removal(MemberRemoval::ByValue, false).await;

    assert_eq!((refusal(&answer), left), (refused(400, "invalidPath"), 2));
}

#[tokio::test]
async fn a_value_empties_the_group_where_it_means_nothing() {
    let (server, users, group) = with_a_group(|_| {}).await;

    let operation = json!([{"op": "remove", "path": "members", "value": [{"value": users[0]}]}]);
    patch(&server, &format!("/Groups/{group}"), operation).await;

    assert_eq!(members(&server, &group), Vec::<String>::new());
    assert_eq!(server.violations(), ["PATCH Groups: a remove of members with a value, which means nothing here"]);
}

#[tokio::test]
async fn removing_somebody_who_is_no_member_fails_at_some() {
    for (fails, status) in [(false, 200), (true, 400)] {
        let (server, _, group) = with_a_group(|it| it.removing_nobody_fails = fails).await;

        let operation = json!([{"op": "remove", "path": format!("members[value eq \"{NOBODY}\"]")}]);
        let answer = patch(&server, &format!("/Groups/{group}"), operation).await;

        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn too_many_members_at_once_are_refused() {
    let (server, users, group) = with_a_group(|it| it.largest_member_change = Some(1)).await;
    let value: Vec<Value> = users.iter().map(|id| json!({"value": id})).collect();

    let answer =
        patch(&server, &format!("/Groups/{group}"), json!([{"op": "add", "path": "members", "value": value}])).await;

    assert_eq!(refusal(&answer), refused(400, "tooMany"));
}
