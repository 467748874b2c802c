//! Entity tags.

use super::*;

async fn rename(server: &ScimServer, path: &str, tag: &str) -> Answer {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "displayName", "value": tag}]});
    ask_with(server, "PATCH", path, &[("if-match", tag)], &body).await
}

#[tokio::test]
async fn a_stale_version_is_refused() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    let answers = [rename(&server, &path, "W/\"1\"").await, rename(&server, &path, "W/\"1\"").await];

    assert_eq!((answers[0].status, answers[0].header("etag")), (200, Some("W/\"2\"")));
    assert_eq!(refusal(&answers[1]), refused(412, ""));
    let put = ask_with(&server, "PUT", &path, &[("if-match", "W/\"1\"")], &user("alva")).await;
    let deleted = ask_with(&server, "DELETE", &path, &[("if-match", "W/\"1\"")], &Value::Null).await;
    assert_eq!((put.status, deleted.status), (412, 412));
}

#[tokio::test]
async fn any_version_will_do_for_a_star() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    assert_eq!(rename(&server, &path, "*").await.status, 200);
}

#[tokio::test]
async fn a_write_that_changes_nothing_keeps_the_version() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    let answer = ask(&server, "PUT", &path, &user("alva")).await;

    assert_eq!((answer.status, answer.header("etag")), (200, Some("W/\"1\"")));
    assert_eq!(server.counters().in_vain["PUT Users"], 1);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let server = provider().await;
    let path = format!("/Users/{}", made_user(&server, "alva").await);

    let answer = ask_with(&server, "GET", &path, &[("if-none-match", "W/\"1\"")], &Value::Null).await;

    assert_eq!((answer.status, answer.body.as_str()), (304, ""));
}

#[tokio::test]
async fn a_provider_without_versions_takes_any_write() {
    let server = provider_with(|it| it.etags = false).await;
    let created = ask(&server, "POST", "/Users", &user("alva")).await;
    let path = format!("/Users/{}", created.json()["id"].as_str().unwrap());

    let answer = rename(&server, &path, "W/\"9\"").await;

    assert_eq!((answer.status, answer.header("etag")), (200, None));
    assert_eq!(created.json()["meta"].get("version"), None);
}
