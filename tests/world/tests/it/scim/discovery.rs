//! What is told of the provider.

use super::*;
use world::scim::{BulkLimits, ScimPatch};

#[tokio::test]
async fn the_provider_tells_what_it_can_do() {
    let server = provider_with(|it| {
        it.patch = ScimPatch::NotImplemented;
        it.etags = false;
        it.bulk = Some(BulkLimits { max_operations: 7, max_payload_size: 700 });
    })
    .await;

    let told = get(&server, "/ServiceProviderConfig").await.json();

    let supported = ["patch", "filter", "etag", "sort"].map(|it| told[it]["supported"].as_bool().unwrap());
    assert_eq!(supported, [false, true, false, false]);
    assert_eq!(told["bulk"], json!({"supported": true, "maxOperations": 7, "maxPayloadSize": 700}));
    assert_eq!(
        (&told["filter"]["maxResults"], &told["authenticationSchemes"][0]["type"]),
        (&json!(100), &json!("oauthbearertoken"))
    );
}

#[tokio::test]
async fn resource_types_and_schemas_are_told() {
    let server = provider().await;

    let types = get(&server, "/ResourceTypes").await.json();
    let schemas = get(&server, "/Schemas").await.json();
    let one = get(&server, &format!("/Schemas/{USER_SCHEMA}")).await.json();

    assert_eq!(types["Resources"][0]["schemaExtensions"][0]["schema"], ENTERPRISE);
    let ids: Vec<&str> = schemas["Resources"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [USER_SCHEMA, ENTERPRISE, GROUP_SCHEMA]);
    assert_eq!((&one["attributes"][0]["name"], &one["attributes"][0]["required"]), (&json!("userName"), &json!(true)));
}

#[tokio::test]
async fn a_provider_may_tell_nothing() {
    let server = provider_with(|it| it.discovery = false).await;

    assert_eq!(refusal(&get(&server, "/ServiceProviderConfig").await), refused(404, ""));
}
