//! Speaking to the servers: tokens, pages, and a receiver filled by the book.

use serde_json::{Value, json};
use world::wire::{Answer, send};
use world::{Credentials, World};

pub(crate) async fn token(url: &str, credentials: &Credentials) -> String {
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        credentials.client_id, credentials.client_secret
    );
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = send("POST", url, &form, &body).await.unwrap();
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

pub(crate) async fn get(url: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    send("GET", url, &[("authorization", &bearer)], "").await.unwrap()
}

/// A request with a token and, unless it is null, a JSON body.
pub(crate) async fn ask(method: &str, url: &str, token: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let (headers, body) =
        if body.is_null() { (&headers[..1], String::new()) } else { (&headers[..], body.to_string()) };
    send(method, url, headers, &body).await.unwrap()
}

/// The register's token and a function's worth of its address.
pub(crate) async fn register(world: &World) -> (String, String) {
    let urls = world.urls();
    let token = token(&urls.register_token, world.register().credentials()).await;
    (urls.register, token)
}

pub(crate) async fn skolon(world: &World) -> (String, String) {
    let urls = world.urls();
    let token = token(&urls.skolon_token, world.skolon().credentials()).await;
    (format!("{}/v2/partner", urls.skolon), token)
}

/// All records of a list.
pub(crate) async fn all(url: &str, token: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = format!("{url}?limit=50");
    loop {
        let page = get(&next, token).await.json();
        found.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["pageToken"].as_str() {
            Some(more) => next = format!("{url}?limit=50&pageToken={more}"),
            None => return found,
        }
    }
}

pub(crate) async fn write(world: &World, tenant: &str, method: &str, path: &str, body: &Value) -> Answer {
    let url = format!("{}/{path}", world.urls().receivers[tenant]);
    let key = world.receiver(tenant).unwrap().options().api_key.clone();
    let headers = [("x-api-key", key.as_str()), ("content-type", "application/scim+json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, &url, &headers, &body).await.unwrap()
}

pub(crate) const UNIT: &str = "0f0f0f0f-0000-4000-8000-000000000001";
pub(crate) const USER: &str = "0f0f0f0f-0000-4000-8000-000000000002";
pub(crate) const GROUP: &str = "0f0f0f0f-0000-4000-8000-000000000003";

pub(crate) fn school(kind: &str) -> Value {
    json!([format!("urn:scim:schemas:extension:sis:school:1.0:{kind}")])
}

pub(crate) fn unit() -> Value {
    json!({
        "schemas": school("SchoolUnit"), "externalId": UNIT,
        "displayName": "Provskolan", "schoolUnitCode": "00990001",
    })
}

pub(crate) fn user() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:scim:schemas:extension:sis:school:1.0:User"],
        "externalId": USER, "userName": "alva@prov.example", "displayName": "Alva Prov",
        "name": {"givenName": "Alva", "familyName": "Prov"},
        "emails": [{"value": "alva@prov.example", "type": "Skola elev"}],
        "urn:scim:schemas:extension:sis:school:1.0:User": {"enrolments": [{"value": UNIT, "schoolYear": 4}]},
    })
}

pub(crate) fn group() -> Value {
    json!({
        "schemas": school("StudentGroup"), "externalId": GROUP, "displayName": "4A",
        "studentGroupType": "Klass", "owner": {"value": UNIT, "$ref": format!("SchoolUnits/{UNIT}")},
        "studentMemberships": [{"value": USER}],
    })
}
