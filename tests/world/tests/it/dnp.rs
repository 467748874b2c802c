//! Skolverket's tests: tokens, jobs and limits, as the documents have them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use world::wire::{Answer, send};
use world::{DnpOptions, DnpServer, Time};

use crate::client::{ask, get};

const UNIT: &str = "fb22448b-b724-5e53-8a2c-d8b339206901";
const PUPIL: &str = "0f0f0f0f-0000-4000-8000-000000000002";
const CLASS: &str = "0f0f0f0f-0000-4000-8000-000000000003";

/// A service whose time stands still until it is told otherwise, and its only caller.
struct Caller {
    server: DnpServer,
    token: String,
    now: Arc<Mutex<Timestamp>>,
}

impl Caller {
    async fn with(alter: impl FnOnce(&mut DnpOptions)) -> Self {
        let now = Arc::new(Mutex::new("2026-11-27T08:00:00Z".parse().unwrap()));
        let told = Arc::clone(&now);
        let mut options = DnpOptions::new(Time::told_by(move || *told.lock().unwrap()));
        options.school_units.insert(UNIT.to_owned());
        alter(&mut options);
        let server = DnpServer::start(options, 0).await.unwrap();
        let token = given(&server, "provisioning-api", &json!("https://norrbyholm.example")).await.json();
        let token = token["access_token"]["value"].as_str().unwrap_or_default().to_owned();
        Self { server, token, now }
    }

    fn later(&self, seconds: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        ask("POST", &format!("{}/{path}", self.server.base_url()), &self.token, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        get(&format!("{}/{path}", self.server.base_url()), &self.token).await
    }

    /// What a job says of its objects when it is completed.
    async fn job(&self, list: &str, objects: Value) -> Vec<(String, Value)> {
        let accepted = self.post(&format!("{list}/bulk"), &json!({"data": objects})).await;
        self.later(5);
        let path = format!("{list}/bulk/jobs/{}", accepted.json()["jobId"].as_str().unwrap());
        let job = self.get(&path).await.json();
        let said = |it: &Value| (it["response"]["status"].as_str().unwrap().to_owned(), it["response"].clone());
        job["responses"].as_array().unwrap().iter().map(said).collect()
    }
}

async fn given(server: &DnpServer, kind: &str, key: &Value) -> Answer {
    let access = json!([{"type": kind, "locations": [server.base_url()]}]);
    let body = json!({"access_token": [{"access": access, "flags": ["bearer"]}], "client": {"key": key}});
    send("POST", &server.token_url(), &[("content-type", "application/json")], &body.to_string()).await.unwrap()
}

fn pupil() -> Value {
    json!({
        "id": PUPIL, "givenName": "Alva", "familyName": "Prov", "civicNo": {"value": "201212129801"},
        "eduPersonPrincipalNames": ["alva@prov.example"],
        "enrolments": [{"enroledAt": {"id": UNIT}, "schoolType": "GR", "schoolYear": 6}],
    })
}

fn class() -> Value {
    json!({
        "id": CLASS, "displayName": "6A", "groupType": "Klass", "schoolType": "GR", "organisation": {"id": UNIT},
        "groupMemberships": [{"person": {"id": PUPIL}}],
    })
}

#[tokio::test]
async fn a_token_is_given_to_whom_the_federation_or_the_certificate_tells_for_this_api_only() {
    let caller = Caller::with(|it| it.certificate = Some("c2VydmVy".into())).await;
    let status = async |kind: &str, key: Value| given(&caller.server, kind, &key).await.status;

    assert_eq!(status("provisioning-api", json!({"proof": "mtls", "cert#S256": "c2VydmVy"})).await, 200);
    assert_eq!(status("provisioning-api", json!({"proof": "mtls", "cert#S256": "another"})).await, 401);
    assert_eq!(status("provisioning-api", json!("https://another.example")).await, 401);
    assert_eq!(status("ss12000-client", json!("https://norrbyholm.example")).await, 400);
}

#[tokio::test]
async fn a_job_is_not_completed_before_its_time() {
    let caller = Caller::with(|_| {}).await;
    let accepted = caller.post("persons/bulk", &json!({"data": [pupil()]})).await;
    let path = format!("persons/bulk/jobs/{}/isCompleted", accepted.json()["jobId"].as_str().unwrap());

    let before = caller.get(&path).await.json();
    caller.later(5);
    let after = caller.get(&path).await.json();

    assert_eq!((accepted.status, before, after), (202, json!(false), json!(true)));
    assert!(caller.server.state().persons.contains_key(PUPIL));
}

#[tokio::test]
async fn an_object_that_is_there_is_replaced_only_where_that_is_asked_for() {
    let caller = Caller::with(|_| {}).await;

    let (first, second) =
        (caller.job("persons", json!([pupil()])).await, caller.job("persons", json!([pupil()])).await);

    assert_eq!((first[0].0.as_str(), second[0].0.as_str()), ("Success", "Error"));
}

#[tokio::test]
async fn a_group_is_taken_without_pupils_who_are_not_known() {
    let caller = Caller::with(|_| {}).await;

    let said = caller.job("groups", json!([class()])).await;

    assert_eq!((said[0].0.as_str(), &said[0].1["warnings"][0]["attributeValue"]), ("Warning", &json!(PUPIL)));
    assert_eq!(caller.server.state().groups[CLASS]["groupMemberships"], json!([]));
}

#[tokio::test]
async fn what_refers_to_nobody_or_says_too_much_is_refused_by_its_attribute() {
    let caller = Caller::with(|_| {}).await;
    let mut talkative = pupil();
    talkative["shoeSize"] = json!(38);
    let duty = json!({"id": CLASS, "person": {"id": PUPIL}, "dutyAt": {"id": UNIT}, "dutyRole": "Lärare"});

    let (person, duty) = (caller.job("persons", json!([talkative])).await, caller.job("duties", json!([duty])).await);

    let attribute = |said: &[(String, Value)]| said[0].1["errors"][0]["attributeName"].clone();
    assert_eq!((attribute(&person), attribute(&duty)), (json!("unknown"), json!("person")));
}

#[tokio::test]
async fn the_sixth_call_of_a_second_comes_too_often() {
    let caller = Caller::with(|_| {}).await;
    for _ in 0..5 {
        caller.get("persons/bulk/jobs/none").await;
    }

    let sixth = caller.get("persons/bulk/jobs/none").await;
    caller.later(1);
    let seventh = caller.get("persons/bulk/jobs/none").await;

    assert_eq!((sixth.status, seventh.status), (429, 404));
    assert_eq!(sixth.header("x-ratelimit-reset"), Some("1.000"));
}

#[tokio::test]
async fn kinds_out_of_their_order_and_bodies_that_are_too_large_are_breaches() {
    let caller = Caller::with(|it| it.largest_body = 400).await;

    caller.post("persons/bulk", &json!({"data": [pupil()]})).await;
    caller.post("groups/bulk", &json!({"data": [class()]})).await;
    let large = caller.post("persons/bulk", &json!({"data": [pupil(), pupil()]})).await;

    assert_eq!(large.status, 413);
    assert_eq!(
        caller.server.violations(),
        ["groups were sent while a job of persons was not completed", "a body is larger than 200 KB"]
    );
}
