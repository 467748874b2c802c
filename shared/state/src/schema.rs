//! The table's definition, for everything that is not deployed from `infra/template.yaml`.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};

use crate::error::StateError;

/// The index of what there is to do, by time.
pub const DUE: &str = "due";

/// The index of what a tenant or a source has, by kind.
pub const LISTING: &str = "listing";

/// Creates the table if it is not there.
///
/// # Errors
/// [`StateError::Unavailable`].
pub async fn create(client: &Client, table: &str) -> Result<(), StateError> {
    let existing = client.describe_table().table_name(table).send().await;
    if existing.is_ok() {
        return Ok(());
    }
    let failed = || StateError::build("CreateTable");
    let text = ScalarAttributeType::S;
    client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", text.clone()).map_err(failed())?)
        .attribute_definitions(attribute("sk", text.clone()).map_err(failed())?)
        .attribute_definitions(attribute("dpk", text.clone()).map_err(failed())?)
        .attribute_definitions(attribute("due", ScalarAttributeType::N).map_err(failed())?)
        .attribute_definitions(attribute("lpk", text.clone()).map_err(failed())?)
        .attribute_definitions(attribute("lsk", text).map_err(failed())?)
        .key_schema(element("pk", KeyType::Hash).map_err(failed())?)
        .key_schema(element("sk", KeyType::Range).map_err(failed())?)
        .global_secondary_indexes(index(DUE, "dpk", "due").map_err(failed())?)
        .global_secondary_indexes(index(LISTING, "lpk", "lsk").map_err(failed())?)
        .send()
        .await
        .map_err(StateError::from_sdk("CreateTable"))?;
    let expiry = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build().map_err(failed())?;
    let expiring = client.update_time_to_live().table_name(table).time_to_live_specification(expiry);
    expiring.send().await.map_err(StateError::from_sdk("UpdateTimeToLive"))?;
    Ok(())
}

type Built<T> = Result<T, aws_sdk_dynamodb::error::BuildError>;

fn attribute(name: &str, kind: ScalarAttributeType) -> Built<AttributeDefinition> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()
}

fn element(name: &str, kind: KeyType) -> Built<KeySchemaElement> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}

fn index(name: &str, partition: &str, sort: &str) -> Built<GlobalSecondaryIndex> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(element(partition, KeyType::Hash)?)
        .key_schema(element(sort, KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
}
