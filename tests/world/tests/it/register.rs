use crate::client::{all, get, register};
use crate::{small_world, world_with};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use world::truth::{Change, Dialect};
use world::wire::send;

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_token_is_issued_for_basic_credentials_too() {
    let world = small_world().await;
    let headers = [
        // skolbro-register-norrbyholm:register-secret-of-norrbyholm
        ("authorization", "Basic c2tvbGJyby1yZWdpc3Rlci1ub3JyYnlob2xtOnJlZ2lzdGVyLXNlY3JldC1vZi1ub3JyYnlob2xt"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let url = world.urls().register_token;
    let answer = send("POST", &url, &headers, "grant_type=client_credentials").await.unwrap();
    assert_eq!(answer.json()["token_type"], "Bearer");
}

#[tokio::test]
async fn without_a_valid_token_the_answer_is_401() {
    let world = small_world().await;
    let (url, _) = register(&world).await;
    assert_eq!(get(&format!("{url}/persons"), "made-up").await.status, 401);
}

#[tokio::test]
async fn a_revoked_token_no_longer_works() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    assert_eq!(get(&format!("{url}/groups"), &token).await.status, 200);
    world.register().revoke_tokens();
    assert_eq!(get(&format!("{url}/groups"), &token).await.status, 401);
}

#[tokio::test]
async fn a_token_expires() {
    let world = world_with(|o| o.register.token_lifetime = Duration::ZERO).await;
    let (url, token) = register(&world).await;
    assert_eq!(get(&format!("{url}/groups"), &token).await.status, 401);
}

#[tokio::test]
async fn paging_yields_every_person_once() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let persons = all(&format!("{url}/persons"), &token).await;
    let distinct: BTreeSet<_> = persons.iter().map(|p| p["id"].to_string()).collect();
    let truth = world.register().with_truth(|truth| truth.persons.len());
    assert_eq!((persons.len(), distinct.len()), (truth, truth));
}

#[tokio::test]
async fn a_page_token_may_not_be_combined_with_a_filter() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let first = get(&format!("{url}/persons?limit=1"), &token).await.json();
    let more = first["pageToken"].as_str().unwrap();
    assert_eq!(more, "1");
    let combined = format!("{url}/persons?pageToken={more}&meta.modified.after=2020-01-01T00:00:00Z");
    let answer = get(&combined, &token).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["code"], "bad_request");
}

#[tokio::test]
async fn modified_after_is_exclusive_and_shows_only_what_changed() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let pupil = world.register().with_truth(|t| t.pupils().find(|p| p.dialect == Dialect::Strict).unwrap().id);
    world.register().apply(&[Change::PersonRenamed { person: pupil }]).await;
    let before = world.register().with_truth(|t| t.persons[&pupil].stamp.created);
    let changed = get(&format!("{url}/persons?meta.modified.after={before}"), &token).await.json();
    let ids: Vec<&Value> = changed["data"].as_array().unwrap().iter().map(|p| &p["id"]).collect();
    assert_eq!(ids, [&json!(pupil)]);
    let after = changed["data"][0]["meta"]["modified"].as_str().unwrap();
    let none = get(&format!("{url}/persons?meta.modified.after={after}"), &token).await.json();
    assert_eq!(none["data"], json!([]));
}

#[tokio::test]
async fn a_strict_pupil_has_the_standards_field_names() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let id = world.register().with_truth(|t| {
        let usual = t.pupils().find(|p| {
            p.dialect == Dialect::Strict
                && p.responsibles.len() == 1
                && p.principal_names.len() == 1
                && p.civic_number.is_some()
        });
        usual.unwrap().id
    });
    let pupil = get(&format!("{url}/persons/{id}"), &token).await.json();
    assert_eq!(
        keys(&pupil),
        [
            "birthDate",
            "civicNo",
            "eduPersonPrincipalNames",
            "emails",
            "enrolments",
            "familyName",
            "givenName",
            "id",
            "meta",
            "personStatus",
            "responsibles",
            "securityMarking",
            "sex",
        ]
    );
    assert_eq!(keys(&pupil["enrolments"][0]), ["cancelled", "enroledAt", "schoolType", "schoolYear", "startDate"]);
    assert!(pupil["meta"]["modified"].as_str().unwrap().ends_with('Z'));
    assert_eq!(pupil["civicNo"]["value"].as_str().unwrap().len(), 12);
}

#[tokio::test]
async fn the_quirky_school_is_served_with_its_quirks() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let (pupil, activity, duty) = world.register().with_truth(|t| {
        let quirky = |d: Dialect| d == Dialect::Quirky;
        (
            t.pupils().find(|p| quirky(p.dialect)).unwrap().id,
            t.activities.values().find(|a| quirky(a.dialect)).unwrap().id,
            t.duties.values().find(|d| quirky(d.dialect) && !d.assignments.is_empty()).unwrap().id,
        )
    });
    let pupil = get(&format!("{url}/persons/{pupil}"), &token).await.json();
    assert!(!pupil["meta"]["modified"].as_str().unwrap().ends_with('Z'));
    assert_eq!(pupil["civicNo"]["value"].as_str().unwrap().as_bytes()[6], b'-');
    let activity = get(&format!("{url}/activities/{activity}"), &token).await.json();
    assert_eq!(keys(&activity["teachers"][0]), ["person"]);
    let duty = get(&format!("{url}/duties/{duty}"), &token).await.json();
    assert_eq!(duty["assignmentRole"][0]["assignmentRoleType"], "Lärare");
    let at = get(&format!("{url}/organisations/{}", duty["dutyAt"]["id"].as_str().unwrap()), &token).await.json();
    assert_eq!(at["organisationType"], "Skola");
}

#[tokio::test]
async fn a_lookup_answers_with_a_bare_array() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let (id, number) = world.register().with_truth(|t| {
        let pupil = t.pupils().find(|p| p.civic_number.is_some()).unwrap();
        (pupil.id, pupil.civic_number.clone().unwrap())
    });
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = json!({"ids": [], "civicNos": [number]}).to_string();
    let found = send("POST", &format!("{url}/persons/lookup"), &headers, &body).await.unwrap().json();
    assert_eq!(found[0]["id"], json!(id));
}

#[tokio::test]
async fn deleted_entities_use_the_misspelt_key() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let group = world.register().with_truth(|t| t.activities.values().find(|a| a.groups.len() == 1).unwrap().groups[0]);
    world.register().apply(&[Change::GroupRemoved { group }]).await;
    let gone = get(&format!("{url}/deletedEntities?after=2020-01-01T00:00:00Z"), &token).await.json();
    assert_eq!(gone["data"]["groups"], json!([group]));
    assert_eq!(gone["data"]["activitites"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn capabilities_that_are_off_are_refused_each_in_its_own_way() {
    let world = world_with(|o| {
        o.register.incremental = false;
        o.register.deleted_entities = false;
        o.register.subscriptions = false;
    })
    .await;
    let (url, token) = register(&world).await;
    let status = async |path: &str| get(&format!("{url}/{path}"), &token).await.status;
    assert_eq!(status("persons?meta.modified.after=2020-01-01T00:00:00Z").await, 400);
    assert_eq!(status("deletedEntities?after=2020-01-01T00:00:00Z").await, 404);
    assert_eq!(status("subscriptions").await, 501);
}

#[tokio::test]
async fn a_subscriber_is_told_with_the_misspelt_key() {
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/hook", listener.local_addr().unwrap());
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = json!({"name": "hub", "target": target, "resourceTypes": [{"resource": "Person"}]});
    let made = send("POST", &format!("{url}/subscriptions"), &headers, &body.to_string()).await.unwrap();
    assert_eq!(made.status, 201);
    let heard = tokio::spawn(hear_once(listener));
    let person = world.register().with_truth(|t| t.pupils().next().unwrap().id);
    world.register().apply(&[Change::PersonRenamed { person }]).await;
    assert_eq!(heard.await.unwrap(), json!({"modifiedEntites": ["Person"], "deletedEntities": false}));
    assert_eq!(world.counters().register.doorbells_answered, 1);
}

/// Answers one request with 200 and gives back its JSON.
pub(crate) async fn hear_once(listener: tokio::net::TcpListener) -> Value {
    hear_one(&listener).await
}

/// The same, and goes on listening.
pub(crate) async fn hear_one(listener: &tokio::net::TcpListener) -> Value {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut text = String::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
        if let Some(value) = body.and_then(|body| serde_json::from_str(body).ok()) {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            return value;
        }
    }
}
