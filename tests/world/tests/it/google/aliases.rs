//! Aliases of courses, and who sees them.

use super::*;
use world::ServiceAccount;
use world::google::Delegation;

/// A token of another project, bought with its own assertion.
async fn token_of_another_project(server: &GoogleServer) -> String {
    let account = ServiceAccount::of_project("other");
    server.set_options(|it| it.delegations.push(Delegation::of(account.clone())));
    let now = server.options().time.now().as_second();
    let claims = json!({
        "iss": account.email, "sub": server.admin(), "aud": server.token_url(), "iat": now, "exp": now + 60,
        "scope": "https://www.googleapis.com/auth/classroom.courses",
    });
    let form =
        format!("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={}", account.assertion(&claims));
    let answer = send("POST", &server.token_url(), &[], &form).await.unwrap();
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_alias_of_a_project_is_its_own() {
    let server = with_a_course(|_| {}).await;
    classroom(&server, "POST", "/courses", course("d:sv4a", "lo")).await;
    let token = token_of_another_project(&server).await;
    let get = async |alias: &str| {
        call(&token, "GET", &format!("{}/v1/courses/{alias}", server.classroom_url()), &Value::Null).await
    };

    let (of_project, of_domain) = (get("p:ma4a").await, get("d:sv4a").await);

    assert_eq!((detail(&of_project), of_domain.status), (not_found(), 200));
}

#[tokio::test]
async fn two_projects_can_have_the_same_alias() {
    let server = with_a_course(|_| {}).await;
    let token = token_of_another_project(&server).await;

    let url = format!("{}/v1/courses", server.classroom_url());
    let answer = call(&token, "POST", &url, &course("p:ma4a", "lo")).await;

    assert_eq!((answer.status, server.state().courses.len()), (200, 2));
}

#[tokio::test]
async fn aliases_are_listed_added_and_removed() {
    let server = with_a_course(|_| {}).await;
    let aliases = async || {
        let list = classroom(&server, "GET", "/courses/p:ma4a/aliases", Value::Null).await.json();
        all(&list, "aliases", "alias").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };

    classroom(&server, "POST", "/courses/p:ma4a/aliases", json!({"alias": "d:ma4a"})).await;
    let two = aliases().await;
    let again = classroom(&server, "POST", "/courses/p:ma4a/aliases", json!({"alias": "d:ma4a"})).await;
    classroom(&server, "DELETE", "/courses/p:ma4a/aliases/d:ma4a", Value::Null).await;

    assert_eq!((two, aliases().await), (vec!["d:ma4a".to_owned(), "p:ma4a".to_owned()], vec!["p:ma4a".to_owned()]));
    assert_eq!(again.status, 409);
    assert_eq!(detail(&classroom(&server, "GET", "/courses/d:ma4a", Value::Null).await), not_found());
}

#[tokio::test]
async fn an_alias_of_a_deleted_course_is_free() {
    let server = with_a_course(|_| {}).await;
    patch(&server, json!({"courseState": "ARCHIVED"})).await;
    classroom(&server, "DELETE", "/courses/p:ma4a", Value::Null).await;

    assert_eq!(classroom(&server, "POST", "/courses", course("p:ma4a", "lo")).await.status, 200);
}
