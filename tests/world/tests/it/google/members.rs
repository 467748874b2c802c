//! Members of groups.

use super::*;
use jiff::SignedDuration;
use world::google::ExistingMember;

fn members(name: &str) -> String {
    format!("/groups/{}/members", address(name))
}

fn member(group: &str, name: &str) -> String {
    format!("{}/{}", members(group), address(name))
}

async fn put(server: &GoogleServer, group: &str, name: &str) -> Answer {
    directory(server, "POST", &members(group), json!({"email": address(name), "role": "MEMBER"})).await
}

async fn class_with(alter: impl FnOnce(&mut GoogleOptions)) -> GoogleServer {
    let server = domain_with(alter).await;
    for name in ["alva", "bo"] {
        made_user(&server, name).await;
    }
    made_group(&server, "4a").await;
    server
}

#[tokio::test]
async fn a_member_is_added_and_removed() {
    let server = class_with(|_| {}).await;

    let added = put(&server, "4a", "alva").await.json();
    let there = server.state().member_addresses(&address("4a"));
    let removed = directory(&server, "DELETE", &member("4a", "alva"), Value::Null).await.status;

    assert_eq!(
        (&added["role"], &added["type"], &added["status"]),
        (&json!("MEMBER"), &json!("USER"), &json!("ACTIVE"))
    );
    assert_eq!((there, removed), (names(&["alva"]), 204));
    assert!(server.state().member_addresses(&address("4a")).is_empty());
}

#[tokio::test]
async fn who_is_a_member_already_is_a_duplicate_or_a_condition_not_met() {
    for (how, expected) in [
        (ExistingMember::Duplicate, refused(409, "duplicate")),
        (ExistingMember::ConditionNotMet, refused(412, "conditionNotMet")),
    ] {
        let server = class_with(|it| it.existing_member = how).await;
        put(&server, "4a", "alva").await;

        assert_eq!(reason(&put(&server, "4a", "alva").await), expected);
    }
}

#[tokio::test]
async fn a_member_a_group_and_a_membership_that_are_not_there_are_told_apart() {
    let server = class_with(|_| {}).await;

    let answers = [
        put(&server, "4a", "nobody").await,
        put(&server, "nothing", "alva").await,
        directory(&server, "DELETE", &member("4a", "alva"), Value::Null).await,
    ];

    let told = answers.map(|it| (it.status, it.json()["error"]["message"].as_str().unwrap().to_owned()));
    let expected = ["memberKey", "groupKey", "memberKey"].map(|it| (404, format!("Resource Not Found: {it}")));
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_role_is_given_changed_and_asked_for() {
    let server = class_with(|_| {}).await;
    put(&server, "4a", "alva").await;
    put(&server, "4a", "bo").await;

    directory(&server, "PATCH", &member("4a", "bo"), json!({"role": "MANAGER"})).await;
    let managers = directory(&server, "GET", &format!("{}?roles=MANAGER,OWNER", members("4a")), Value::Null).await;
    let wrong = directory(&server, "PATCH", &member("4a", "bo"), json!({"role": "TEACHER"})).await;

    assert_eq!(all(&managers.json(), "members", "email"), [address("bo")]);
    assert_eq!(reason(&wrong), refused(400, "invalid"));
}

#[tokio::test]
async fn members_are_listed_in_pages_of_at_most_two_hundred() {
    let server = class_with(|_| {}).await;
    put(&server, "4a", "alva").await;
    put(&server, "4a", "bo").await;

    let first = directory(&server, "GET", &format!("{}?maxResults=1", members("4a")), Value::Null).await.json();
    let token = first["nextPageToken"].as_str().unwrap();
    let path = format!("{}?maxResults=1&pageToken={token}", members("4a"));
    let second = directory(&server, "GET", &path, Value::Null).await.json();
    let too_many = directory(&server, "GET", &format!("{}?maxResults=201", members("4a")), Value::Null).await;

    assert_eq!(
        (all(&first, "members", "email"), all(&second, "members", "email")),
        (vec![address("alva").as_str()], vec![address("bo").as_str()])
    );
    assert!(second.get("nextPageToken").is_none());
    assert_eq!(reason(&too_many), refused(400, "invalidParameter"));
}

#[tokio::test]
async fn groups_can_be_members_but_not_of_themselves() {
    let server = class_with(|_| {}).await;
    made_group(&server, "4").await;

    let inner = put(&server, "4", "4a").await.json();
    let cycle = put(&server, "4a", "4").await;

    assert_eq!(inner["type"], "GROUP");
    assert_eq!(reason(&cycle), refused(412, "conditionNotMet"));
}

#[tokio::test]
async fn it_can_be_asked_whether_somebody_is_a_member() {
    let server = class_with(|_| {}).await;
    put(&server, "4a", "alva").await;

    let asked = async |name: &str| {
        let path = format!("/groups/{}/hasMember/{}", address("4a"), address(name));
        directory(&server, "GET", &path, Value::Null).await.json()["isMember"].clone()
    };

    assert_eq!((asked("alva").await, asked("bo").await), (json!(true), json!(false)));
    assert_eq!(directory(&server, "GET", &member("4a", "alva"), Value::Null).await.json()["email"], address("alva"));
}

#[tokio::test]
async fn a_conflict_may_have_been_accepted_and_be_carried_out_later() {
    let server = class_with(|it| it.delayed_members = Some(SignedDuration::from_mins(10))).await;

    let answer = put(&server, "4a", "alva").await;
    let at_once = server.state().member_addresses(&address("4a"));
    server.pass(SignedDuration::from_mins(10));

    assert_eq!((reason(&answer), at_once), (refused(409, "conflict"), names(&[])));
    assert_eq!(server.state().member_addresses(&address("4a")), names(&["alva"]));
}

#[tokio::test]
async fn somebody_from_outside_is_a_member_only_where_that_is_allowed() {
    for (allowed, status) in [(false, 404), (true, 200)] {
        let server = class_with(|it| it.external_members = allowed).await;

        let answer = directory(&server, "POST", &members("4a"), json!({"email": "bo@soderby.example"})).await;

        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_members_address_follows_the_users() {
    let server = class_with(|_| {}).await;
    put(&server, "4a", "alva").await;

    let renamed = json!({"primaryEmail": address("alma")});
    directory(&server, "PATCH", &format!("/users/{}", address("alva")), renamed).await;

    assert_eq!(server.state().member_addresses(&address("4a")), names(&["alma"]));
}
