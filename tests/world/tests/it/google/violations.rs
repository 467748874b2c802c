//! What a well-behaved client does not do.

use super::*;
use jiff::SignedDuration;

#[tokio::test]
async fn a_token_is_not_used_again_after_it_was_refused() {
    let server = domain().await;
    let token = server.token_of(&server.admin());
    server.revoke_tokens();
    let url = format!("{}/v1/courses", server.classroom_url());

    call(&token, "GET", &url, &Value::Null).await;
    let once = server.violations();
    call(&token, "GET", &url, &Value::Null).await;

    assert_eq!(once, Vec::<String>::new());
    assert_eq!(server.violations(), ["GET courses: a token was used again after it was refused"]);
}

#[tokio::test]
async fn calls_that_were_on_their_way_may_come_with_a_token_that_was_refused() {
    let server = domain_with(|it| it.tolerated_token_uses = 1).await;
    let token = server.token_of(&server.admin());
    server.revoke_tokens();
    let url = format!("{}/v1/courses", server.classroom_url());
    let mut noted = Vec::new();

    for _ in 0..3 {
        call(&token, "GET", &url, &Value::Null).await;
        noted.push(server.violations().len());
    }

    assert_eq!(noted, [0, 0, 1]);
}

#[tokio::test]
async fn nobody_asks_without_a_token() {
    let server = domain().await;

    let answer = send("GET", &format!("{}/v1/courses", server.classroom_url()), &[], "").await.unwrap();

    assert_eq!(answer.status, 401);
    assert_eq!(server.violations(), ["GET courses: there is no token"]);
}

#[tokio::test]
async fn fields_and_parameters_that_are_not_there_are_refused_and_noted() {
    let server = domain().await;
    let inner = with(user("alva"), "name", json!({"givenName": "Alva", "familyName": "P", "middleName": "Q"}));

    let answers = [
        directory(&server, "POST", "/users", with(user("alva"), "employeeId", json!("1"))).await,
        directory(&server, "POST", "/users", inner).await,
        directory(&server, "GET", "/users?customer=my_customer&search=x", Value::Null).await,
        classroom(&server, "POST", "/courses", with(course("p:1", "lo"), "alias", json!("p:1"))).await,
    ];

    assert_eq!(answers.map(|it| it.status), [400; 4]);
    let expected = [
        "POST users: User has no employeeId",
        "POST users: User has no middleName",
        "GET users: there is no parameter search",
        "POST courses: Course has no alias",
    ];
    assert_eq!(server.violations(), expected);
}

#[tokio::test]
async fn an_error_that_does_not_pass_is_not_asked_for_again_at_once() {
    let server = domain().await;
    made_user(&server, "alva").await;
    directory(&server, "POST", "/users", user("alva")).await;

    directory(&server, "POST", "/users", user("alva")).await;

    assert_eq!(server.violations(), ["POST users: asked again at once after an error that does not pass"]);
}

#[tokio::test]
async fn it_may_be_asked_for_again_later_or_after_something_else() {
    let server = domain().await;
    made_user(&server, "alva").await;
    directory(&server, "POST", "/users", user("alva")).await;

    directory(&server, "GET", &format!("/users/{}", address("alva")), Value::Null).await;
    directory(&server, "POST", "/users", user("alva")).await;
    server.pass(SignedDuration::from_secs(1));
    directory(&server, "POST", "/users", user("alva")).await;

    assert_eq!(server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn what_passes_may_be_asked_for_again() {
    let server = with_a_course(|it| it.lags.user_to_direct_add = SignedDuration::from_mins(1)).await;

    for _ in 0..2 {
        assert_eq!(detail(&add(&server, "students", "alva").await), denied("CannotDirectAddUser"));
    }

    assert_eq!(server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn methods_that_are_not_there_and_bodies_that_are_none_are_noted() {
    let server = domain().await;
    let bearer = format!("Bearer {}", server.token_of(&server.admin()));
    let url = format!("{}/admin/directory/v1/users", server.directory_url());

    let elsewhere = directory(&server, "GET", "/schools", Value::Null).await;
    let text = send("POST", &url, &[("authorization", &bearer), ("content-type", "text/plain")], "x").await.unwrap();

    assert_eq!((elsewhere.status, text.status), (404, 400));
    let expected = [
        "GET elsewhere: there is no such method",
        "POST users: Content-Type is not application/json",
        "POST users: the body is no JSON object",
    ];
    assert_eq!(server.violations(), expected);
}
