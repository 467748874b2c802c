//! The register and its readers against the official contract, where it is present.

use crate::client::{all, ask, get, register};
use crate::small_world;
use serde_json::{Value, json};
use world::register::BENT;
use world::truth::{Change, Resource};
use world::{Contract, World};

const LISTS: [(Resource, &str); 5] = [
    (Resource::Organisation, "organisations"),
    (Resource::Person, "persons"),
    (Resource::Group, "groups"),
    (Resource::Duty, "duties"),
    (Resource::Activity, "activities"),
];

/// Whether there is anything to hold the world to; says so when there is not.
fn is_present() -> bool {
    let present = Contract::official().unwrap().is_some();
    if !present {
        println!("skipped: the official contract is not present (SKOLBRO_CONTRACTS)");
    }
    present
}

#[tokio::test]
async fn everything_the_hub_asks_for_is_asked_and_answered_by_the_contract() {
    if !is_present() {
        return;
    }
    let world = small_world().await;
    walk(&world).await;
    world.play_school_day().await;
    empty_a_group(&world).await;
    walk(&world).await;
    assert_eq!(world.contract_violations(), Vec::<String>::new());
    assert_eq!(world.mistakes(), Vec::<String>::new());
}

#[tokio::test]
async fn every_exception_that_is_listed_is_needed() {
    if !is_present() {
        return;
    }
    let world = small_world().await;
    walk(&world).await;
    let mut listed = BENT.to_vec();
    listed.sort();
    assert_eq!(world.register().bent(), listed);
}

/// An activity whose only group is gone goes with it.
async fn empty_a_group(world: &World) {
    let group = world.register().with_truth(|t| t.activities.values().find(|a| a.groups.len() == 1).unwrap().groups[0]);
    world.register().apply(&[Change::GroupRemoved { group }]).await;
}

/// Each operation that the hub uses, in each way it does, and the filters that other readers use.
async fn walk(world: &World) {
    let (url, token) = register(world).await;
    for (resource, list) in LISTS {
        let records = all(&format!("{url}/{list}"), &token).await;
        let since = "meta.modified.after=2020-01-01T00:00:00Z";
        expect(200, &get(&format!("{url}/{list}?{since}&limit=10"), &token).await);
        expect(200, &get(&format!("{url}/{list}?expandReferenceNames=true"), &token).await);
        let first = records[0]["id"].as_str().unwrap();
        expect(200, &get(&format!("{url}/{list}/{first}"), &token).await);
        let ids: Vec<&Value> = records.iter().map(|it| &it["id"]).take(500).collect();
        expect(200, &ask("POST", &format!("{url}/{list}/lookup"), &token, &json!({"ids": ids})).await);
        let deleted = format!("deletedEntities?after=2020-01-01T00:00:00Z&entities={}&limit=10", resource.name());
        expect(200, &get(&format!("{url}/{deleted}"), &token).await);
    }
    expect(200, &get(&format!("{url}/groups?startDate.onOrBefore=2026-10-14&groupType=Klass"), &token).await);
    expect(200, &get(&format!("{url}/deletedEntities"), &token).await);
    subscribe(&url, &token).await;
}

async fn subscribe(url: &str, token: &str) {
    let kinds: Vec<Value> = LISTS.iter().map(|(resource, _)| json!({"resource": resource.name()})).collect();
    let wish = json!({"name": "hub", "target": "http://127.0.0.1:9/hook", "resourceTypes": kinds});
    let made = ask("POST", &format!("{url}/subscriptions"), token, &wish).await;
    expect(201, &made);
    let mine = format!("{url}/subscriptions/{}", made.json()["id"].as_str().unwrap());
    expect(200, &get(&format!("{url}/subscriptions"), token).await);
    expect(200, &get(&mine, token).await);
    expect(200, &ask("PATCH", &mine, token, &Value::Null).await);
    expect(204, &ask("DELETE", &mine, token, &Value::Null).await);
}

fn expect(status: u16, answer: &world::wire::Answer) {
    assert_eq!(answer.status, status, "{}", answer.body);
}
