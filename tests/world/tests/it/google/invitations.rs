//! Invitations to courses.

use super::*;

async fn invite(server: &GoogleServer, name: &str, role: &str) -> Answer {
    let body = json!({"courseId": "p:ma4a", "userId": address(name), "role": role});
    classroom(server, "POST", "/invitations", body).await
}

async fn accept(server: &GoogleServer, name: &str, invitation: &Value) -> Answer {
    let path = format!("/invitations/{}:accept", invitation["id"].as_str().unwrap());
    classroom_as(server, &address(name), "POST", &path, Value::Null).await
}

#[tokio::test]
async fn who_is_invited_accepts_and_nobody_else() {
    let server = with_a_course(|_| {}).await;
    let invitation = invite(&server, "alva", "STUDENT").await.json();

    let other = accept(&server, "bo", &invitation).await;
    let own = accept(&server, "alva", &invitation).await;

    assert_eq!((detail(&other), own.status), (denied(""), 200));
    assert_eq!(server.state().students_of("p:ma4a"), names(&["alva"]));
    assert!(server.state().invitations.is_empty());
}

#[tokio::test]
async fn a_user_is_invited_once_and_not_to_what_they_are() {
    let server = with_a_course(|_| {}).await;
    invite(&server, "alva", "STUDENT").await;

    let again = invite(&server, "alva", "TEACHER").await;

    assert_eq!(detail(&again), (409, "ALREADY_EXISTS".to_owned(), String::new()));
    assert_eq!(detail(&invite(&server, "lo", "TEACHER").await), failed(""));
    assert_eq!(detail(&invite(&server, "bo", "OWNER").await), failed("IneligibleOwner"));
}

#[tokio::test]
async fn nobody_becomes_the_owner_while_another_is_invited_to() {
    let server = with_a_course(|_| {}).await;
    add(&server, "teachers", "bo").await;
    add(&server, "teachers", "alva").await;
    invite(&server, "bo", "OWNER").await;

    assert_eq!(detail(&patch(&server, json!({"ownerId": address("alva")})).await), failed("PendingInvitationExists"));
}

#[tokio::test]
async fn invitations_are_listed_and_taken_back() {
    let server = with_a_course(|_| {}).await;
    let invitation = invite(&server, "alva", "STUDENT").await.json();

    let list = classroom(&server, "GET", "/invitations?courseId=p:ma4a", Value::Null).await.json();
    let of_nothing = classroom(&server, "GET", "/invitations", Value::Null).await;
    let path = format!("/invitations/{}", invitation["id"].as_str().unwrap());
    let statuses =
        [classroom(&server, "DELETE", &path, Value::Null).await, classroom(&server, "GET", &path, Value::Null).await];

    assert_eq!(list["invitations"], json!([invitation]));
    assert_eq!((of_nothing.status, statuses.map(|it| it.status)), (400, [200, 404]));
}
