//! A SCIM service provider, asked by the book and otherwise.

mod bulk;
mod by_hand;
mod discovery;
mod groups;
mod lags;
mod lists;
mod members;
mod patching;
mod protocol;
mod running;
mod users;
mod versions;

use serde_json::{Value, json};
use world::scim::ScimKind;
use world::wire::{Answer, send};
use world::{ScimOptions, ScimServer, Time};

const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

async fn provider() -> ScimServer {
    provider_with(|_| {}).await
}

async fn provider_with(alter: impl FnOnce(&mut ScimOptions)) -> ScimServer {
    let mut options = ScimOptions::new(Time::told_by(|| "2026-10-14T10:00:00Z".parse().unwrap()));
    alter(&mut options);
    ScimServer::start(options, 0).await.unwrap()
}

/// A request by the book. A null body is none.
async fn ask(server: &ScimServer, method: &str, path: &str, body: &Value) -> Answer {
    ask_with(server, method, path, &[], body).await
}

async fn ask_with(server: &ScimServer, method: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
    let bearer = format!("Bearer {}", server.options().bearer.unwrap());
    let mut headers = vec![("authorization", bearer.as_str()), ("accept", "application/scim+json")];
    headers.extend_from_slice(more);
    if !body.is_null() && !more.iter().any(|(name, _)| *name == "content-type") {
        headers.push(("content-type", "application/scim+json"));
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, &format!("{}{path}", server.base_url()), &headers, &body).await.unwrap()
}

async fn get(server: &ScimServer, path: &str) -> Answer {
    ask(server, "GET", path, &Value::Null).await
}

async fn delete(server: &ScimServer, path: &str) -> Answer {
    ask(server, "DELETE", path, &Value::Null).await
}

async fn patch(server: &ScimServer, path: &str, operations: Value) -> Answer {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    ask(server, "PATCH", path, &body).await
}

/// The list that a filter finds, or the refusal.
async fn find(server: &ScimServer, endpoint: &str, filter: &str) -> Answer {
    let filter = filter.replace(' ', "%20").replace('"', "%22").replace('[', "%5B").replace(']', "%5D");
    get(server, &format!("/{endpoint}?filter={filter}")).await
}

fn user(user_name: &str) -> Value {
    json!({
        "schemas": [USER_SCHEMA], "externalId": format!("ext-{user_name}"), "userName": user_name,
        "displayName": "Alva Prov", "name": {"givenName": "Alva", "familyName": "Prov"}, "active": true,
        "emails": [{"value": format!("{user_name}@prov.example"), "type": "work", "primary": true}],
    })
}

fn group(name: &str, members: &[&String]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    json!({"schemas": [GROUP_SCHEMA], "externalId": format!("ext-{name}"), "displayName": name, "members": members})
}

/// The body with one attribute otherwise.
fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// The id of what is made.
async fn made(server: &ScimServer, endpoint: &str, body: &Value) -> String {
    let answer = ask(server, "POST", endpoint, body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn made_user(server: &ScimServer, user_name: &str) -> String {
    made(server, "/Users", &user(user_name)).await
}

/// A provider, two users and a group with both of them.
async fn with_a_group(alter: impl FnOnce(&mut ScimOptions)) -> (ScimServer, [String; 2], String) {
    let server = provider_with(alter).await;
    let users = [made_user(&server, "alva").await, made_user(&server, "bo").await];
    let group = made(&server, "/Groups", &group("4A", &[&users[0], &users[1]])).await;
    (server, users, group)
}

/// What is kept of a user.
fn kept(server: &ScimServer, id: &str) -> Value {
    Value::clone(&server.state().users[id].body)
}

fn members(server: &ScimServer, group: &str) -> Vec<String> {
    server.state().all(ScimKind::Group)[group].members().into_iter().map(str::to_owned).collect()
}

/// Status and `scimType` of a refusal.
fn refusal(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{}", answer.body);
    assert_eq!(body["status"], answer.status.to_string());
    (answer.status, body["scimType"].as_str().unwrap_or_default().to_owned())
}

fn refused(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}
