//! Tokens.

use super::*;

#[tokio::test]
async fn a_token_lasts_for_as_long_as_it_says() {
    let tenant = tenant_with(|it| it.token_lifetime = std::time::Duration::from_secs(600)).await;

    let fresh = tenant.get("/users").await.status;
    tenant.pass(600);
    let old = tenant.get("/users").await;

    assert_eq!((fresh, refusal(&old)), (200, refused(401, "InvalidAuthenticationToken")));
    assert_eq!(login(&tenant.server, &[]).await.json()["expires_in"], 600);
}

#[tokio::test]
async fn revoked_tokens_are_401() {
    let tenant = tenant().await;

    tenant.server.revoke_tokens();

    assert_eq!(tenant.get("/users").await.status, 401);
}

#[tokio::test]
async fn the_secret_the_scope_and_the_grant_must_be_right() {
    let tenant = tenant().await;

    let wrong = [("client_secret", "x"), ("scope", "openid"), ("grant_type", "password")];
    let mut answers = Vec::new();
    for field in wrong {
        let answer = login(&tenant.server, &[field]).await;
        answers.push((answer.status, answer.json()["error"].as_str().unwrap().to_owned()));
    }

    let expected = [(401, "invalid_client"), (400, "invalid_scope"), (400, "unsupported_grant_type")];
    assert_eq!(answers, expected.map(|(status, error)| (status, error.to_owned())));
    assert_eq!(tenant.server.counters().tokens, 1);
}

#[tokio::test]
async fn another_tenant_is_not_known() {
    let tenant = tenant().await;
    tenant.server.set_options(|it| it.tenant = "annanstans.example".to_owned());
    let elsewhere = tenant.server.token_url();
    tenant.server.set_options(|it| it.tenant = "norrbyholm.example".to_owned());

    let answer =
        send("POST", &elsewhere, &[("content-type", "application/x-www-form-urlencoded")], "a=b").await.unwrap();

    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_request")));
}
