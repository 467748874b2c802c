//! Google Workspace as a receiving system, asked as its documentation says and otherwise.

mod aliases;
mod batches;
mod by_hand;
mod contract;
mod course_changes;
mod courses;
mod groups;
mod invitations;
mod lags;
mod login;
mod members;
mod org_units;
mod quotas;
mod roster;
mod running;
mod user_lists;
mod users;
mod violations;

use serde_json::{Value, json};
use world::Time;
use world::google::{GoogleOptions, GoogleServer};
use world::wire::{Answer, send};

const DOMAIN: &str = "norrbyholm.example";

async fn domain() -> GoogleServer {
    domain_with(|_| {}).await
}

/// A domain whose clock stands still until time is let pass.
async fn domain_with(alter: impl FnOnce(&mut GoogleOptions)) -> GoogleServer {
    let mut options = GoogleOptions::new(Time::told_by(|| "2026-10-14T10:00:00Z".parse().unwrap()));
    alter(&mut options);
    GoogleServer::start(options, 0).await.unwrap()
}

/// A call with a token. A null body is none.
async fn call(token: &str, method: &str, url: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("authorization", bearer.as_str())];
    if !body.is_null() {
        headers.push(("content-type", "application/json; charset=UTF-8"));
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, url, &headers, &body).await.unwrap()
}

/// A call of the Directory API in the administrator's name.
async fn directory(server: &GoogleServer, method: &str, path: &str, body: Value) -> Answer {
    let url = format!("{}/admin/directory/v1{path}", server.directory_url());
    call(&server.token_of(&server.admin()), method, &url, &body).await
}

/// A call of the Classroom API in the administrator's name.
async fn classroom(server: &GoogleServer, method: &str, path: &str, body: Value) -> Answer {
    classroom_as(server, &server.admin(), method, path, body).await
}

async fn classroom_as(server: &GoogleServer, user: &str, method: &str, path: &str, body: Value) -> Answer {
    let url = format!("{}/v1{path}", server.classroom_url());
    call(&server.token_of(user), method, &url, &body).await
}

fn address(name: &str) -> String {
    format!("{name}@{DOMAIN}")
}

fn user(name: &str) -> Value {
    json!({
        "primaryEmail": address(name), "name": {"givenName": "Alva", "familyName": "Provsson"},
        "password": "invented-word", "orgUnitPath": "/Elever", "changePasswordAtNextLogin": true,
        "externalIds": [{"type": "organization", "value": format!("id-of-{name}")}],
    })
}

/// The body with one field otherwise.
fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn made_user(server: &GoogleServer, name: &str) -> String {
    let answer = directory(server, "POST", "/users", user(name)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn made_group(server: &GoogleServer, name: &str) -> String {
    let answer = directory(server, "POST", "/groups", json!({"email": address(name), "name": name})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn course(alias: &str, owner: &str) -> Value {
    json!({"id": alias, "name": "Matematik 4A", "section": "HT26", "ownerId": address(owner), "courseState": "ACTIVE"})
}

/// A domain with a teacher and two pupils, and a course `p:ma4a` that the teacher owns.
async fn with_a_course(alter: impl FnOnce(&mut GoogleOptions)) -> GoogleServer {
    let server = domain_with(alter).await;
    for name in ["lo", "alva", "bo"] {
        made_user(&server, name).await;
    }
    let answer = classroom(&server, "POST", "/courses", course("p:ma4a", "lo")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    server
}

async fn add(server: &GoogleServer, what: &str, name: &str) -> Answer {
    classroom(server, "POST", &format!("/courses/p:ma4a/{what}"), json!({"userId": address(name)})).await
}

async fn take(server: &GoogleServer, what: &str, name: &str) -> Answer {
    classroom(server, "DELETE", &format!("/courses/p:ma4a/{what}/{}", address(name)), Value::Null).await
}

/// Changes the course's fields that the body has.
async fn patch(server: &GoogleServer, body: Value) -> Answer {
    let mask: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    classroom(server, "PATCH", &format!("/courses/p:ma4a?updateMask={}", mask.join(",")), body.clone()).await
}

/// Status and reason of a refusal of the Directory API.
fn reason(answer: &Answer) -> (u16, String) {
    let error = &answer.json()["error"];
    assert_eq!(error["code"], answer.status, "{}", answer.body);
    assert_eq!(error["errors"][0]["message"], error["message"]);
    (answer.status, error["errors"][0]["reason"].as_str().unwrap_or_default().to_owned())
}

/// Status, code and detail of a refusal of Classroom.
fn detail(answer: &Answer) -> (u16, String, String) {
    let error = &answer.json()["error"];
    assert_eq!(error["code"], answer.status, "{}", answer.body);
    let message = error["message"].as_str().unwrap_or_default();
    let detail = message.strip_prefix('@').and_then(|it| it.split(' ').next()).unwrap_or_default();
    (answer.status, error["status"].as_str().unwrap_or_default().to_owned(), detail.to_owned())
}

fn refused(status: u16, reason: &str) -> (u16, String) {
    (status, reason.to_owned())
}

fn failed(detail: &str) -> (u16, String, String) {
    (400, "FAILED_PRECONDITION".to_owned(), detail.to_owned())
}

fn denied(detail: &str) -> (u16, String, String) {
    (403, "PERMISSION_DENIED".to_owned(), detail.to_owned())
}

fn not_found() -> (u16, String, String) {
    (404, "NOT_FOUND".to_owned(), String::new())
}

/// The values of a field of a list's items.
fn all<'a>(list: &'a Value, name: &str, field: &str) -> Vec<&'a str> {
    list[name].as_array().into_iter().flatten().filter_map(|it| it[field].as_str()).collect()
}

fn names(addresses: &[&str]) -> std::collections::BTreeSet<String> {
    addresses.iter().map(|it| address(it)).collect()
}
