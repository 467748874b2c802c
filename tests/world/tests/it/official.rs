//! The register and its readers against the official contract, where it is present.

use crate::client::{all, ask, get, register};
use crate::{small_world, world_with};
use serde_json::{Value, json};
use world::register::{BENT, Vendor};
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

/// What vendors leave out, or do not offer, the contract leaves free: nothing of it is listed as an exception.
#[tokio::test]
async fn every_vendor_is_asked_and_answers_by_the_contract() {
    if !is_present() {
        return;
    }
    for vendor in [Vendor::Edlevo, Vendor::Ist, Vendor::SchoolSoft] {
        let world = world_with(|options| options.register = vendor.options()).await;
        lists(&world).await;
        report(&world).await;
        world.register().set_options(|it| it.granted = Some(["students"].into()));
        lists(&world).await;
        world.register().set_options(|it| it.archiving = true);
        let (url, token) = register(&world).await;
        for (_, list) in LISTS {
            expect(200, &get(&format!("{url}/{list}?limit=10"), &token).await);
        }
        assert_eq!(world.contract_violations(), Vec::<String>::new(), "{vendor:?}");
        assert_eq!(world.mistakes(), Vec::<String>::new(), "{vendor:?}");
    }
}

/// What is posted back is judged too: misspelt as it should not be.
#[tokio::test]
async fn a_report_that_is_not_by_the_contract_is_noticed() {
    if !is_present() {
        return;
    }
    let world = small_world().await;
    let (url, token) = register(&world).await;
    let entry = json!({"message": "x", "severityLevel": "Fatal", "timeOfOccurance": "yesterday"});
    ask("POST", &format!("{url}/log/"), &token, &entry).await;
    let entry = json!({"resourceType": "Person", "newCount": 1, "updatedCount": 1, "deletedCount": "none"});
    ask("POST", &format!("{url}/statistics/"), &token, &entry).await;
    let found = world.contract_violations();
    assert_eq!(found.len(), 3, "{found:#?}");
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
    lists(world).await;
    report(world).await;
    let (url, token) = register(world).await;
    for (resource, _) in LISTS {
        let deleted = format!("deletedEntities?after=2020-01-01T00:00:00Z&entities={}&limit=10", resource.name());
        expect(200, &get(&format!("{url}/{deleted}"), &token).await);
    }
    expect(200, &get(&format!("{url}/groups?startDate.onOrBefore=2026-10-14&groupType=Klass"), &token).await);
    expect(200, &get(&format!("{url}/deletedEntities"), &token).await);
    subscribe(&url, &token).await;
}

async fn report(world: &World) {
    let (url, token) = register(world).await;
    let at = "2026-10-14T08:00:00Z";
    for (resource, _) in LISTS {
        let entry = json!({
            "resourceType": resource.name(), "newCount": 1, "updatedCount": 0, "deletedCount": 0, "timeOfOccurance": at,
        });
        expect(201, &ask("POST", &format!("{url}/statistics/"), &token, &entry).await);
    }
    let entry = json!({
        "message": "endDate is not a date", "messageType": "ss12000.end_date_unreadable", "severityLevel": "Error",
        "resourceType": "Person", "resourceId": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001", "timeOfOccurance": at,
    });
    expect(201, &ask("POST", &format!("{url}/log/"), &token, &entry).await);
}

async fn lists(world: &World) {
    let (url, token) = register(world).await;
    for (_, list) in LISTS {
        let records = all(&format!("{url}/{list}"), &token).await;
        let since = "meta.modified.after=2020-01-01T00:00:00Z";
        expect(200, &get(&format!("{url}/{list}?{since}&limit=10"), &token).await);
        expect(200, &get(&format!("{url}/{list}?expandReferenceNames=true"), &token).await);
        let first = records[0]["id"].as_str().unwrap();
        expect(200, &get(&format!("{url}/{list}/{first}"), &token).await);
        let ids: Vec<&Value> = records.iter().map(|it| &it["id"]).take(500).collect();
        expect(200, &ask("POST", &format!("{url}/{list}/lookup"), &token, &json!({"ids": ids})).await);
    }
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
