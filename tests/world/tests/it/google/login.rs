//! The token endpoint.

use super::*;
use world::ServiceAccount;
use world::google::Delegation;

const SCOPES: &str = "https://www.googleapis.com/auth/admin.directory.user \
                      https://www.googleapis.com/auth/classroom.rosters";

fn claims(server: &GoogleServer) -> Value {
    let now = server.options().time.now().as_second();
    json!({
        "iss": ServiceAccount::invented().email, "sub": server.admin(), "scope": SCOPES, "aud": server.token_url(),
        "iat": now, "exp": now + 3600,
    })
}

async fn ask(server: &GoogleServer, assertion: &str) -> Answer {
    let form = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    send("POST", &server.token_url(), &headers, &form).await.unwrap()
}

async fn ask_with(server: &GoogleServer, claims: &Value) -> Answer {
    ask(server, &ServiceAccount::invented().assertion(claims)).await
}

fn error(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

async fn users_with(server: &GoogleServer, token: &str) -> Answer {
    let url = format!("{}/admin/directory/v1/users?customer=my_customer", server.directory_url());
    call(token, "GET", &url, &Value::Null).await
}

#[tokio::test]
async fn a_signed_assertion_buys_a_token_that_works() {
    let server = domain().await;

    let answer = ask_with(&server, &claims(&server)).await.json();

    let token = answer["access_token"].as_str().unwrap();
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(3599), &json!("Bearer")));
    assert_eq!(users_with(&server, token).await.status, 200);
}

#[tokio::test]
async fn the_real_audience_is_right_too() {
    let server = domain().await;
    let claims = with(claims(&server), "aud", json!("https://oauth2.googleapis.com/token"));

    assert_eq!(ask_with(&server, &claims).await.status, 200);
}

#[tokio::test]
async fn wrong_claims_are_an_invalid_grant() {
    let server = domain().await;
    let now = server.options().time.now().as_second();
    let wrong = [
        ("iss", json!("other@skolbro-prov.iam.gserviceaccount.example")),
        ("sub", json!("nobody@norrbyholm.example")),
        ("aud", json!("https://login.example/token")),
        ("iat", json!(now + 3_000)),
        ("exp", json!(now + 3_601)),
        ("exp", json!(now)),
        ("exp", Value::Null),
    ];
    for (claim, value) in wrong {
        let answer = ask_with(&server, &with(claims(&server), claim, value.clone())).await;
        assert_eq!(error(&answer), refused(400, "invalid_grant"), "{claim} {value}");
        assert!(answer.json()["error_description"].is_string());
    }
}

#[tokio::test]
async fn another_signature_is_an_invalid_grant() {
    let server = domain().await;
    let with_another_key = ServiceAccount::invented().with_another_key().assertion(&claims(&server));
    let unsigned = ServiceAccount::invented().assertion_with(&json!({"alg": "none"}), &claims(&server));

    for assertion in [with_another_key.as_str(), unsigned.as_str(), "no.assertion", ""] {
        assert_eq!(error(&ask(&server, assertion).await), refused(400, "invalid_grant"));
    }
}

#[tokio::test]
async fn a_scope_that_was_not_delegated_makes_an_unauthorized_client() {
    let server = domain().await;
    let scope = format!("{SCOPES} https://www.googleapis.com/auth/drive");

    let answer = ask_with(&server, &with(claims(&server), "scope", json!(scope))).await;

    assert_eq!(error(&answer), refused(401, "unauthorized_client"));
}

#[tokio::test]
async fn no_scope_and_another_grant_are_refused() {
    let server = domain().await;

    let without_scope = ask_with(&server, &with(claims(&server), "scope", json!(""))).await;
    let other = send("POST", &server.token_url(), &[], "grant_type=client_credentials").await.unwrap();

    assert_eq!(error(&without_scope), refused(400, "invalid_scope"));
    assert_eq!(error(&other), refused(400, "unsupported_grant_type"));
}

#[tokio::test]
async fn a_suspended_administrator_gets_no_token() {
    let server = domain().await;
    server.edit_user(&server.admin(), |it| it.suspended = true);

    assert_eq!(error(&ask_with(&server, &claims(&server)).await), refused(400, "invalid_grant"));
}

#[tokio::test]
async fn a_token_stops_working_after_an_hour() {
    let server = domain().await;
    let token = server.token_of(&server.admin());

    server.pass(jiff::SignedDuration::from_secs(3_599));
    let before = users_with(&server, &token).await.status;
    server.pass(jiff::SignedDuration::from_secs(1));
    let after = users_with(&server, &token).await;

    assert_eq!((before, reason(&after)), (200, refused(401, "authError")));
    assert!(after.header("www-authenticate").is_some_and(|it| it.starts_with("Bearer")));
}

#[tokio::test]
async fn an_unknown_token_is_told_in_the_shape_of_each_api() {
    let server = domain().await;

    let directory = users_with(&server, "invented").await;
    let classroom = call("invented", "GET", &format!("{}/v1/courses", server.classroom_url()), &Value::Null).await;

    assert_eq!(directory.json()["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(detail(&classroom), (401, "UNAUTHENTICATED".to_owned(), String::new()));
}

#[tokio::test]
async fn a_token_is_good_for_its_scopes_only() {
    let server = domain().await;
    let scope = "https://www.googleapis.com/auth/classroom.rosters";
    let answer = ask_with(&server, &with(claims(&server), "scope", json!(scope))).await.json();
    let token = answer["access_token"].as_str().unwrap();

    let directory = users_with(&server, token).await;
    let classroom = call(token, "GET", &format!("{}/v1/courses", server.classroom_url()), &Value::Null).await;

    assert_eq!(reason(&directory), refused(403, "insufficientPermissions"));
    assert_eq!(detail(&classroom), denied(""));
}

#[tokio::test]
async fn who_is_no_administrator_cannot_use_the_directory() {
    let server = domain().await;
    made_user(&server, "alva").await;

    let answer = users_with(&server, &server.token_of(&address("alva"))).await;

    assert_eq!(reason(&answer), refused(403, "forbidden"));
}

#[tokio::test]
async fn the_key_file_holds_the_key_whose_signatures_are_right() {
    let server = domain_with(|it| it.delegations.push(Delegation::of(ServiceAccount::of_project("other")))).await;

    let file: Value = serde_json::from_str(&server.service_account_json()).unwrap();

    assert_eq!((&file["type"], &file["token_uri"]), (&json!("service_account"), &json!(server.token_url())));
    assert_eq!(file["client_email"], ServiceAccount::invented().email);
    assert!(file["private_key"].as_str().unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

#[test]
fn a_key_is_not_written_into_logs() {
    let written = format!("{:?}", ServiceAccount::invented());

    assert_eq!(
        written,
        "ServiceAccount { email: \"synk@skolbro-prov.iam.gserviceaccount.example\", project: \"skolbro-prov\" }"
    );
}
