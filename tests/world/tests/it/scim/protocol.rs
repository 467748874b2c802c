//! Who may ask, and in what form.

use super::*;

async fn with_authorization(server: &ScimServer, value: &str) -> Answer {
    let headers = [("authorization", value), ("accept", "application/scim+json")];
    send("GET", &format!("{}/Users", server.base_url()), &headers, "").await.unwrap()
}

#[tokio::test]
async fn only_the_token_that_is_known_is_admitted() {
    let server = provider().await;

    let answers =
        [with_authorization(&server, "Bearer wrong").await, with_authorization(&server, "Basic d3Jvbmc=").await];

    for answer in answers {
        assert_eq!(refusal(&answer), refused(401, ""));
        assert!(answer.header("www-authenticate").is_some());
    }
}

#[tokio::test]
async fn a_user_with_a_password_is_admitted_where_there_is_one() {
    let server = provider_with(|it| it.basic = Some(("skolbro".to_owned(), "hemligt".to_owned()))).await;

    let answers = [
        with_authorization(&server, "Basic c2tvbGJybzpoZW1saWd0").await.status,
        with_authorization(&server, "Bearer scim-token-of-norrbyholm").await.status,
        with_authorization(&server, "Basic c2tvbGJybzpmZWw=").await.status,
    ];

    assert_eq!(answers, [200, 200, 401]);
}

#[tokio::test]
async fn by_the_book_there_is_nothing_to_note() {
    let (server, users, group) = with_a_group(|_| {}).await;

    ask(&server, "PUT", &format!("/Users/{}", users[0]), &user("alva")).await;
    delete(&server, &format!("/Groups/{group}")).await;

    assert_eq!(server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn plain_json_is_noted_and_understood_by_some() {
    for (accepts, status) in [(true, 201), (false, 415)] {
        let server = provider_with(|it| it.accepts_plain_json = accepts).await;

        let plain = [("content-type", "application/json")];
        let answer = ask_with(&server, "POST", "/Users", &plain, &user("alva")).await;

        assert_eq!(answer.status, status);
        assert_eq!(server.violations(), ["POST Users: Content-Type is not application/scim+json"]);
    }
}

#[tokio::test]
async fn any_other_type_is_refused() {
    let server = provider().await;

    let answer = ask_with(&server, "POST", "/Users", &[("content-type", "text/xml")], &user("alva")).await;

    assert_eq!(refusal(&answer), refused(415, ""));
}

#[tokio::test]
async fn a_missing_accept_is_noted() {
    let server = provider().await;

    let bearer = [("authorization", "Bearer scim-token-of-norrbyholm")];
    let answer = send("GET", &format!("{}/Users", server.base_url()), &bearer, "").await.unwrap();

    assert_eq!((answer.status, server.violations()), (200, vec!["GET Users: there is no Accept".to_owned()]));
}

#[tokio::test]
async fn an_unknown_attribute_is_noted_and_left_out_or_refused() {
    for (refuses, status) in [(false, 201), (true, 400)] {
        let server = provider_with(|it| it.refuses_unknown_attributes = refuses).await;

        let answer = ask(&server, "POST", "/Users", &with(user("alva"), "shoeSize", json!(43))).await;

        assert_eq!((answer.status, answer.json().get("shoeSize")), (status, None));
        assert_eq!(server.violations(), ["POST Users: unknown attribute shoeSize"]);
    }
}

#[tokio::test]
async fn an_unknown_schema_is_noted() {
    let server = provider().await;

    ask(&server, "POST", "/Users", &with(user("alva"), "schemas", json!([USER_SCHEMA, "urn:other"]))).await;

    assert_eq!(server.violations(), ["POST Users: unknown schema urn:other"]);
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let server = provider_with(|it| it.largest_body = 300).await;
    let large = with(user("alva"), "title", json!("x".repeat(300)));
    let headers = [("authorization", "Bearer scim-token-of-norrbyholm"), ("content-type", "application/scim+json")];

    let too_large = ask(&server, "POST", "/Users", &large).await;
    let no_json = send("POST", &format!("{}/Users", server.base_url()), &headers, "{").await.unwrap();

    assert_eq!((refusal(&too_large), refusal(&no_json)), (refused(413, ""), refused(400, "invalidSyntax")));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_cannot_be_done_405() {
    let server = provider().await;

    let paths = [get(&server, "/Licences").await, get(&server, "/Users/a/b").await, get(&server, "/Bulk").await];

    assert_eq!(paths.map(|answer| answer.status), [404, 404, 405]);
    assert_eq!(delete(&server, "/Users").await.status, 405);
}
