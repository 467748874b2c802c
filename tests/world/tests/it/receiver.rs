use crate::client::{GROUP, UNIT, USER, group, unit, user, write};
use crate::small_world;
use serde_json::{Value, json};
use world::World;
use world::receiver::{Origin, ResourceType};
use world::wire::{Answer, send};

const TENANT: &str = "gleerups";

async fn post(world: &World, kind: &str, body: &Value) -> Answer {
    write(world, TENANT, "POST", kind, body).await
}

async fn with_a_class() -> World {
    let world = small_world().await;
    for (kind, body) in [("SchoolUnits", unit()), ("Users", user()), ("StudentGroups", group())] {
        assert_eq!(post(&world, kind, &body).await.status, 201, "{kind}");
    }
    world
}

fn only_violation(world: &World) -> String {
    let mut found = world.contract_violations();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[tokio::test]
async fn a_class_by_the_book_is_no_violation() {
    let world = with_a_class().await;
    assert_eq!(world.contract_violations(), Vec::<String>::new());
    let counters = world.receiver(TENANT).unwrap().counters();
    assert_eq!(counters.created[&ResourceType::StudentGroups], 1);
    assert_eq!(counters.requests["POST Users"], 1);
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_noted() {
    let world = small_world().await;
    let url = format!("{}/Users", world.urls().receivers[TENANT]);
    let answer = send("GET", &url, &[("x-api-key", "wrong")], "").await.unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(only_violation(&world), "gleerups: GET Users: wrong or missing X-API-Key");
}

#[tokio::test]
async fn breaches_of_form_are_refused_in_plain_text() {
    let world = small_world().await;
    let without = |name: &str| {
        let mut body = user();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let with = |name: &str, value: Value| {
        let mut body = unit();
        body[name] = value;
        body
    };
    let mut civic = user();
    civic["urn:scim:schemas:extension:sis:school:1.0:User"]["civicNo"] = json!("191212121212");
    let cases = [
        ("Users", without("userName"), "userName is missing"),
        ("Users", civic, "civicNo was sent to a receiver that has not asked for it"),
        ("SchoolUnits", with("externalId", json!(UNIT.to_uppercase())), "externalId is no lower-case UUID"),
        ("SchoolUnits", with("schoolUnitCode", json!("1234567")), "schoolUnitCode: eight digits were expected"),
        ("SchoolUnits", with("shoeSize", json!(43)), "unknown attribute shoeSize"),
        ("SchoolUnits", with("schemas", json!(["urn:other"])), "schemas are not those of the type"),
    ];
    let count = cases.len();
    for (kind, body, why) in cases {
        let answer = post(&world, kind, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (400, why));
    }
    assert_eq!(world.contract_violations().len(), count);
}

#[tokio::test]
async fn a_group_before_its_members_is_a_violation() {
    let world = small_world().await;
    post(&world, "SchoolUnits", &unit()).await;
    let answer = post(&world, "StudentGroups", &group()).await;
    assert_eq!(answer.status, 400);
    assert!(only_violation(&world).ends_with(&format!("refers to Users/{USER}, which is not here")));
}

#[tokio::test]
async fn deleting_a_member_before_the_group_is_changed_is_a_violation() {
    let world = with_a_class().await;
    write(&world, TENANT, "DELETE", &format!("Users/{USER}"), &Value::Null).await;
    assert_eq!(only_violation(&world), format!("gleerups: DELETE Users: deleted something still referenced, {USER}"));
}

#[tokio::test]
async fn deletes_in_the_right_order_are_none_and_a_second_is_404() {
    let world = with_a_class().await;
    for path in [format!("StudentGroups/{GROUP}"), format!("Users/{USER}"), format!("SchoolUnits/{UNIT}")] {
        assert_eq!(write(&world, TENANT, "DELETE", &path, &Value::Null).await.status, 204);
    }
    let again = write(&world, TENANT, "DELETE", &format!("Users/{USER}"), &Value::Null).await;
    assert_eq!(again.status, 404);
    assert_eq!(world.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_repeated_create_is_409_and_counted_but_no_violation() {
    let world = with_a_class().await;
    assert_eq!(post(&world, "Users", &user()).await.status, 409);
    assert_eq!(world.receiver(TENANT).unwrap().counters().repeated_creates, 1);
    assert_eq!(world.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_address_that_is_somebody_elses_is_409_in_any_case_of_letters() {
    let world = with_a_class().await;
    let mut other = user();
    other["externalId"] = json!("0f0f0f0f-0000-4000-8000-00000000000a");
    other["userName"] = json!("annan@prov.example");
    other["emails"][0]["value"] = json!("ALVA@prov.example");
    assert_eq!(post(&world, "Users", &other).await.status, 409);
}

#[tokio::test]
async fn a_put_to_the_collection_takes_the_id_from_the_body() {
    let world = with_a_class().await;
    let mut renamed = group();
    renamed["displayName"] = json!("4B");
    assert_eq!(write(&world, TENANT, "PUT", "StudentGroups", &renamed).await.status, 200);
    let read = write(&world, TENANT, "GET", &format!("StudentGroups/{GROUP}"), &Value::Null).await;
    assert_eq!(read.json()["displayName"], "4B");
    assert_eq!(world.receiver(TENANT).unwrap().history(ResourceType::StudentGroups, GROUP).len(), 2);
}

#[tokio::test]
async fn an_account_from_before_is_adopted_by_a_put_with_its_address() {
    let world = small_world().await;
    let tenant = world.receiver(TENANT).unwrap();
    let id = tenant.account_from_before("gammal", "Alva@Prov.example");
    post(&world, "SchoolUnits", &unit()).await;
    assert_eq!(post(&world, "Users", &user()).await.status, 409);
    assert_eq!(write(&world, TENANT, "PUT", &format!("Users/{id}"), &user()).await.status, 200);
    assert_eq!(post(&world, "StudentGroups", &group()).await.status, 201);
    let state = tenant.state();
    let held = state.find(ResourceType::Users, USER).unwrap();
    assert_eq!((held.id.as_str(), held.origin), (id.as_str(), Origin::Adopted));
    assert_eq!(world.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn taking_over_somebody_elses_account_is_a_violation() {
    let world = small_world().await;
    let id = world.receiver(TENANT).unwrap().account_from_before("annan", "annan@prov.example");
    post(&world, "SchoolUnits", &unit()).await;
    write(&world, TENANT, "PUT", &format!("Users/{id}"), &user()).await;
    assert!(only_violation(&world).ends_with("touched something that is not the sender's"));
}

#[tokio::test]
async fn listing_pages_from_start_index() {
    let world = small_world().await;
    let page = write(&world, TENANT, "GET", "Users?startIndex=2&count=3", &Value::Null).await.json();
    assert_eq!(page["totalResults"], 7);
    assert_eq!((page["startIndex"].clone(), page["itemsPerPage"].clone()), (json!(2), json!(3)));
    assert!(page["Resources"][0]["emails"][0]["value"].is_string());
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let world = with_a_class().await;
    let path = format!("Users/{USER}");
    assert_eq!(write(&world, "gleerups-test", "GET", &path, &Value::Null).await.status, 404);
}

#[tokio::test]
async fn an_account_removed_at_the_portal_is_in_no_group_any_more() {
    let world = with_a_class().await;
    let portal = world.receiver(TENANT).unwrap();

    assert!(portal.portal_removes_account(USER));

    let group = portal.state().find(ResourceType::StudentGroups, GROUP).cloned().unwrap();
    assert_eq!(group.body["studentMemberships"], json!([]));
}

#[tokio::test]
async fn a_member_taken_out_at_the_portal_keeps_the_account() {
    let world = with_a_class().await;
    let portal = world.receiver(TENANT).unwrap();

    assert!(portal.portal_takes_out(GROUP, USER));

    assert!(portal.state().find(ResourceType::Users, USER).is_some());
}
