//! Requests and answers against a contract that was invented for these tests.

use crate::client::{ask, get, register};
use crate::world_with;
use serde_json::{Value, json};
use std::sync::Arc;
use world::contract::{Answered, Asked};
use world::truth::Dialect;
use world::{Contract, Moods, World};

/// A register of nobody's: some of what the world serves, with rules that tests can break.
const INVENTED: &str = r##"
openapi: 3.0.3
paths:
  /persons:
    parameters:
      - $ref: '#/components/parameters/limit'
    get:
      parameters:
        - {in: query, name: changedSince, schema: {type: string, format: date-time}}
        - {in: query, name: order, schema: {$ref: '#/components/schemas/Order'}}
        - {in: query, name: colour, schema: {type: array, items: {type: string, enum: [red, blue]}}}
        - {in: query, name: size, explode: false, schema: {type: array, items: {type: integer}}}
        - {in: query, name: expandReferenceNames, schema: {type: boolean}}
      responses:
        '200': {$ref: '#/components/responses/People'}
  /persons/{id}:
    get:
      parameters:
        - {in: path, name: id, required: true, schema: {type: string, format: uuid}}
      responses:
        200: {description: found}
  /persons/lookup:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Wanted'}
      responses:
        default: {description: found}
  /groups:
    get:
      parameters:
        - {in: query, name: year, required: true, schema: {type: integer}}
      responses:
        '200': {description: found}
components:
  parameters:
    limit: {in: query, name: limit, schema: {type: integer, minimum: 1}}
  responses:
    People:
      description: found
      content:
        application/json:
          schema:
            type: object
            required: [data]
            properties:
              data: {type: array, items: {$ref: '#/components/schemas/Human'}}
              pageToken: {type: string, nullable: true}
  schemas:
    Order: {type: string, enum: [up, down]}
    Wanted:
      type: object
      required: [ids]
      properties:
        ids: {type: array, items: {type: string, format: uuid}}
    Human:
      type: object
      required: [id, meta]
      properties:
        id: {type: string, format: uuid}
        meta:
          type: object
          properties:
            modified: {type: string, format: date-time}
"##;

const SOMEBODY: &str = "0f0f0f0f-0000-4000-8000-000000000002";

fn invented() -> Contract {
    Contract::read(INVENTED).unwrap()
}

/// What the invented contract has against a request.
fn against(method: &str, path: &str, query: &[(&str, &str)], body: &str) -> Vec<String> {
    let query: Vec<(String, String)> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let content_type = Some("application/json; charset=utf-8").filter(|_| !body.is_empty());
    let asked = Asked { method, path, query: &query, content_type, body: body.as_bytes() };
    invented().of_request(&asked).iter().map(ToString::to_string).collect()
}

fn against_query(query: &[(&str, &str)]) -> Vec<String> {
    against("GET", "/persons", query, "")
}

fn against_lookup(body: &str) -> Vec<String> {
    against("POST", "/persons/lookup", &[], body)
}

fn against_answer(status: u16, body: &Value) -> Vec<String> {
    let answered = Answered { method: "GET", path: "/persons", status, body };
    invented().of_answer(&answered).iter().map(ToString::to_string).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_is_declared_may_be_asked() {
    let query = [
        ("limit", "20"),
        ("changedSince", "2026-10-14T06:00:00Z"),
        ("order", "up"),
        ("colour", "red"),
        ("colour", "blue"),
        ("size", "1,2,3"),
        ("expandReferenceNames", "true"),
    ];
    assert_eq!(against_query(&query), NOTHING);
}

#[test]
fn an_unknown_path_deviates() {
    assert_eq!(against("GET", "/shoes", &[], ""), ["path is not declared"]);
}

#[test]
fn a_path_with_more_or_less_than_is_declared_deviates() {
    let longer = format!("/persons/{SOMEBODY}/shoes");
    assert_eq!(against("GET", &longer, &[], ""), ["path is not declared"]);
    assert_eq!(against("GET", "/persons/", &[], ""), ["path is not declared"]);
}

#[test]
fn an_unknown_method_deviates() {
    assert_eq!(against("DELETE", "/persons", &[], ""), ["path is not declared for this method"]);
}

#[test]
fn a_fixed_path_goes_before_one_with_a_variable() {
    assert_eq!(against("GET", "/persons/lookup", &[], ""), ["path is not declared for this method"]);
}

#[test]
fn a_variable_of_the_path_is_judged_by_its_schema() {
    assert_eq!(against("GET", &format!("/persons/{SOMEBODY}"), &[], ""), NOTHING);
    assert_eq!(against("GET", "/persons/7", &[], ""), ["path id is no uuid"]);
}

#[test]
fn an_unknown_parameter_deviates() {
    assert_eq!(against_query(&[("shoes", "43")]), ["query shoes is not declared"]);
}

#[test]
fn a_missing_required_parameter_deviates() {
    assert_eq!(against("GET", "/groups", &[], ""), ["query year is missing"]);
}

#[test]
fn a_parameter_given_twice_deviates_unless_it_is_a_list() {
    assert_eq!(against_query(&[("order", "up"), ("order", "down")]), ["query order is given more than once"]);
}

#[test]
fn a_value_of_the_wrong_type_deviates() {
    assert_eq!(against_query(&[("limit", "many")]), ["query limit is no integer"]);
    assert_eq!(against_query(&[("expandReferenceNames", "1")]), ["query expandReferenceNames is no boolean"]);
    assert_eq!(against_query(&[("size", "1,many")]), ["query size is no integer"]);
}

#[test]
fn a_value_outside_its_bounds_deviates() {
    assert_eq!(against_query(&[("limit", "0")]), ["query limit must be >=1, but got 0"]);
}

#[test]
fn a_value_outside_its_enumeration_deviates() {
    assert_eq!(against_query(&[("order", "sideways")]), ["query order is none of the values there are"]);
    assert_eq!(
        against_query(&[("colour", "red"), ("colour", "green")]),
        ["query colour is none of the values there are"]
    );
}

#[test]
fn a_value_in_another_format_deviates() {
    assert_eq!(against_query(&[("changedSince", "2026-10-14T06:00:00")]), ["query changedSince is no date-time"]);
}

#[test]
fn a_body_by_its_schema_is_as_it_should_be() {
    assert_eq!(against_lookup(&json!({"ids": [SOMEBODY]}).to_string()), NOTHING);
}

#[test]
fn a_body_that_is_missing_or_no_json_or_not_asked_for_deviates() {
    assert_eq!(against_lookup(""), ["body is missing"]);
    assert_eq!(against_lookup("{\"ids\": ["), ["body is no JSON"]);
    assert_eq!(against("GET", "/persons", &[], "{}"), ["body is not declared"]);
}

#[test]
fn a_body_that_is_not_called_json_deviates() {
    let asked =
        Asked { method: "POST", path: "/persons/lookup", query: &[], content_type: None, body: b"{\"ids\": []}" };
    let found: Vec<String> = invented().of_request(&asked).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["body is not called JSON"]);
}

#[test]
fn a_body_against_its_schema_deviates_where_it_does() {
    assert_eq!(against_lookup("{}"), [" lacks ids"]);
    assert_eq!(against_lookup(r#"{"ids": ["7"]}"#), ["/ids/0 is no uuid"]);
    assert_eq!(against_lookup(r#"{"ids": "7"}"#), ["/ids is no array"]);
}

#[test]
fn null_is_allowed_where_it_is_said_and_nowhere_else() {
    let human = json!({"id": SOMEBODY, "meta": {"modified": "2026-10-14T06:00:00Z"}});
    assert_eq!(against_answer(200, &json!({"data": [human], "pageToken": null})), NOTHING);
    assert_eq!(against_answer(200, &json!({"data": null})), ["/data is no array"]);
}

#[test]
fn an_answer_against_its_schema_deviates_without_a_word_of_its_values() {
    let body = json!({"data": [{"id": "Alva Prov"}], "pageToken": 7});
    let mut found = against_answer(200, &body);
    found.sort();
    assert_eq!(found, ["/data/0 lacks meta", "/data/0/id is no uuid", "/pageToken is no null or string"]);
}

#[test]
fn a_status_that_is_not_declared_deviates() {
    assert_eq!(against_answer(201, &Value::Null), ["status 201 is not declared"]);
}

#[test]
fn a_document_that_refers_to_nothing_cannot_be_read() {
    let problem = |from: &str, to: &str| Contract::read(&INVENTED.replace(from, to)).err();
    assert_eq!(problem("Human:", "Somebody:").as_deref(), Some("#/components/schemas/Human is not there"));
    assert_eq!(problem("People:", "Crowd:").as_deref(), Some("#/components/responses/People is not there"));
}

#[test]
fn a_document_that_refers_to_another_cannot_be_read() {
    let elsewhere = INVENTED.replace("'#/components/schemas/Human'", "human.yaml");
    assert_eq!(Contract::read(&elsewhere).err().as_deref(), Some("human.yaml is not in this document"));
}

async fn held_to(document: &str) -> World {
    let contract = Arc::new(Contract::read(document).unwrap());
    world_with(|options| options.register.contract = Some(contract)).await
}

#[tokio::test]
async fn every_deviation_of_a_request_is_counted() {
    let world = held_to(INVENTED).await;
    let (url, token) = register(&world).await;
    get(&format!("{url}/persons?limit=0&shoes=43"), &token).await;
    ask("POST", &format!("{url}/persons/lookup"), &token, &json!({"ids": [7]})).await;
    assert_eq!(
        world.contract_violations(),
        [
            "register: GET /persons: query shoes is not declared",
            "register: GET /persons: query limit must be >=1, but got 0",
            "register: POST /persons/lookup: /ids/0 is no string",
        ]
    );
}

#[tokio::test]
async fn a_request_is_judged_whatever_becomes_of_it() {
    let world = held_to(INVENTED).await;
    let (url, token) = register(&world).await;
    world.set_moods(&Moods::down());
    get(&format!("{url}/shoes"), &token).await;
    assert_eq!(world.contract_violations(), ["register: GET /shoes: path is not declared"]);
}

#[tokio::test]
async fn tokens_are_not_the_contracts_business() {
    let world = held_to(INVENTED).await;
    register(&world).await;
    assert_eq!(world.contract_violations(), NOTHING);
}

#[tokio::test]
async fn what_is_bent_deliberately_is_no_mistake() {
    let world = held_to(INVENTED).await;
    let (url, token) = register(&world).await;
    get(&format!("{url}/persons"), &token).await;
    let bent: Vec<&str> = world.register().bent().iter().map(|bent| bent.field).collect();
    assert_eq!((world.mistakes(), bent), (Vec::new(), vec!["meta/modified"]));
}

#[tokio::test]
async fn what_is_not_listed_is_a_mistake_of_any_school() {
    let other = INVENTED.replace("modified: {type: string, format: date-time}", "modified: {type: integer}");
    let world = held_to(&other).await;
    let (url, token) = register(&world).await;
    get(&format!("{url}/persons?limit=1"), &token).await;
    assert_eq!(world.mistakes(), ["GET /persons: 200: /data/0/meta/modified is no integer"]);
}

#[tokio::test]
async fn what_one_school_may_bend_is_a_mistake_of_the_others() {
    let world =
        held_to(&INVENTED.replace("required: [id, meta]", "required: [id, meta, calendarEventsRequired]")).await;
    let (url, token) = register(&world).await;
    get(&format!("{url}/persons"), &token).await;
    let strict = world.register().with_truth(|t| t.persons.values().filter(|p| p.dialect == Dialect::Strict).count());
    assert_eq!(world.mistakes().len(), strict);
}
