//! Users: made, changed, deleted and brought back.

use super::*;
use jiff::SignedDuration;

async fn get(server: &GoogleServer, key: &str) -> Answer {
    directory(server, "GET", &format!("/users/{key}"), Value::Null).await
}

async fn change(server: &GoogleServer, body: Value) -> Answer {
    directory(server, "PATCH", &format!("/users/{}", address("alva")), body).await
}

#[tokio::test]
async fn a_user_is_made_and_read_by_id_and_by_address() {
    let server = domain().await;

    let id = made_user(&server, "alva").await;

    let by_id = get(&server, &id).await.json();
    assert_eq!(by_id, get(&server, "ALVA%40norrbyholm.example").await.json());
    assert_eq!(by_id["name"]["fullName"], "Alva Provsson");
    assert_eq!(by_id["externalIds"][0]["value"], "id-of-alva");
    assert_eq!((&by_id["kind"], &by_id["password"]), (&json!("admin#directory#user"), &Value::Null));
    let kept = &server.state().users[&id];
    assert_eq!((kept.org_unit_path.as_str(), kept.suspended, kept.passwords), ("/Elever", false, 1));
}

#[tokio::test]
async fn an_address_that_somebody_has_is_a_duplicate() {
    let server = domain().await;
    made_user(&server, "alva").await;
    made_group(&server, "4a").await;

    for taken in ["alva", "ALVA", "4a"] {
        let answer = directory(&server, "POST", "/users", user(taken)).await;
        assert_eq!(reason(&answer), refused(409, "duplicate"), "{taken}");
        assert_eq!(answer.json()["error"]["message"], "Entity already exists.");
    }
}

#[tokio::test]
async fn what_a_user_needs_must_be_there_and_fit() {
    let server = domain().await;
    let wrong = [
        (400, "primaryEmail", Value::Null),
        (400, "primaryEmail", json!("alva..p@norrbyholm.example")),
        (400, "primaryEmail", json!("ålva@norrbyholm.example")),
        (404, "primaryEmail", json!("alva@soderby.example")),
        (400, "password", Value::Null),
        (400, "password", json!("seven77")),
        (400, "password", json!("x".repeat(101))),
        (400, "name", Value::Null),
        (400, "name", json!({"givenName": "Alva"})),
        (400, "name", json!({"givenName": "Alva", "familyName": "P".repeat(61)})),
        (400, "orgUnitPath", json!("/Okänd")),
    ];
    for (status, field, value) in wrong {
        let answer = directory(&server, "POST", "/users", with(user("alva"), field, value.clone())).await;
        let (told, why) = reason(&answer);
        assert!(told == status && ["invalid", "required", "notFound"].contains(&why.as_str()), "{field} {value}");
    }
    assert!(server.state().user(&address("alva")).is_none());
}

#[tokio::test]
async fn an_unknown_organizational_unit_is_named_as_invalid() {
    let server = domain().await;

    let answer = directory(&server, "POST", "/users", with(user("alva"), "orgUnitPath", json!("/Okänd"))).await;

    assert_eq!(reason(&answer), refused(400, "invalid"));
    assert_eq!(answer.json()["error"]["message"], "Invalid Input: INVALID_OU_ID");
}

#[tokio::test]
async fn a_user_is_suspended_and_moved_and_the_rest_stays() {
    let server = domain().await;
    let id = made_user(&server, "alva").await;

    let answer = change(&server, json!({"suspended": true, "orgUnitPath": "/Personal"})).await;

    assert_eq!((answer.status, &answer.json()["suspended"]), (200, &json!(true)));
    let kept = &server.state().users[&id];
    assert_eq!((kept.suspended, kept.org_unit_path.as_str()), (true, "/Personal"));
    assert_eq!((kept.given_name.as_str(), kept.external_ids()), ("Alva", vec!["id-of-alva"]));
}

#[tokio::test]
async fn a_put_leaves_alone_what_it_does_not_name() {
    let server = domain().await;
    let id = made_user(&server, "alva").await;

    directory(&server, "PUT", &format!("/users/{id}"), json!({"name": {"givenName": "Alma"}})).await;

    let kept = &server.state().users[&id];
    assert_eq!((kept.given_name.as_str(), kept.family_name.as_str()), ("Alma", "Provsson"));
    assert_eq!(kept.external_ids(), ["id-of-alva"]);
}

#[tokio::test]
async fn a_former_address_stays_an_alias() {
    let server = domain().await;
    let id = made_user(&server, "alva").await;

    change(&server, json!({"primaryEmail": address("alma")})).await;

    assert_eq!(get(&server, &address("alva")).await.json()["primaryEmail"], address("alma"));
    assert_eq!(server.state().users[&id].aliases, names(&["alva"]));
    assert_eq!(reason(&directory(&server, "POST", "/users", user("alva")).await), refused(409, "duplicate"));
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_comes_back_within_twenty_days() {
    let server = domain().await;
    let id = made_user(&server, "alva").await;

    let deleted = directory(&server, "DELETE", &format!("/users/{id}"), Value::Null).await.status;
    let gone = get(&server, &id).await;
    server.pass(SignedDuration::from_hours(19 * 24));
    let undeleted = directory(&server, "POST", &format!("/users/{id}/undelete"), json!({"orgUnitPath": "/"})).await;

    assert_eq!((deleted, undeleted.status, undeleted.body.as_str()), (204, 204, ""));
    assert_eq!(reason(&gone), refused(404, "notFound"));
    assert_eq!(gone.json()["error"]["message"], "Resource Not Found: userKey");
    assert_eq!(server.state().users[&id].org_unit_path, "/");
}

#[tokio::test]
async fn after_twenty_days_a_deleted_user_is_lost() {
    let server = domain().await;
    let id = made_user(&server, "alva").await;
    directory(&server, "DELETE", &format!("/users/{id}"), Value::Null).await;

    server.pass(SignedDuration::from_hours(20 * 24));
    let answer = directory(&server, "POST", &format!("/users/{id}/undelete"), json!({})).await;

    assert_eq!(reason(&answer), refused(404, "notFound"));
}

#[tokio::test]
async fn who_is_deleted_is_in_no_group_and_no_course() {
    let server = with_a_course(|_| {}).await;
    add(&server, "students", "alva").await;
    made_group(&server, "4a").await;
    let path = format!("/groups/{}/members", address("4a"));
    directory(&server, "POST", &path, json!({"email": address("alva")})).await;

    directory(&server, "DELETE", &format!("/users/{}", address("alva")), Value::Null).await;

    let state = server.state();
    assert!(state.member_addresses(&address("4a")).is_empty() && state.students_of("p:ma4a").is_empty());
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_counted_as_in_vain() {
    let server = domain().await;
    made_user(&server, "alva").await;

    change(&server, json!({"suspended": false})).await;
    change(&server, json!({"suspended": true})).await;

    assert_eq!(server.counters().in_vain["PATCH users/{userKey}"], 1);
}

#[tokio::test]
async fn an_answer_holds_only_the_fields_asked_for() {
    let server = domain().await;
    let id = made_user(&server, "alva").await;

    let answer = get(&server, &format!("{id}?fields=id,name(givenName,familyName),nothing")).await.json();

    assert_eq!(answer, json!({"id": id, "name": {"givenName": "Alva", "familyName": "Provsson"}}));
}
