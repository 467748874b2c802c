use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};
use futures::future::join_all;

use super::*;
use crate::machine::TemporaryFolder;

const TABLE: &str = "skolbro";

async fn in_a_file(folder: &TemporaryFolder) -> Client {
    let client = open(Some(&folder.path().join("skolbro.db"))).unwrap();
    state::schema::create(&client, TABLE).await.unwrap();
    client
}

fn named(number: u32) -> AttributeValue {
    AttributeValue::S(format!("item-{number:03}"))
}

fn new_item(client: &Client, number: u32) -> PutItemFluentBuilder {
    client
        .put_item()
        .table_name(TABLE)
        .item("pk", named(number))
        .item("sk", AttributeValue::S("S".to_owned()))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
}

async fn stored(client: &Client) -> usize {
    let reads = (0..100).map(|number| {
        let key = client.get_item().table_name(TABLE).key("pk", named(number));
        key.key("sk", AttributeValue::S("S".to_owned())).send()
    });
    join_all(reads).await.into_iter().filter(|it| it.as_ref().is_ok_and(|it| it.item().is_some())).count()
}

#[tokio::test]
async fn puts_that_wait_together_are_all_carried_out() {
    let folder = TemporaryFolder::new().unwrap();
    let client = in_a_file(&folder).await;

    let answers = join_all((0..100).map(|number| new_item(&client, number).send())).await;

    assert!(answers.iter().all(|it| it.as_ref().unwrap().consumed_capacity().unwrap().capacity_units() == Some(1.0)));
    assert_eq!(stored(&client).await, 100);
}

#[tokio::test]
async fn a_condition_that_fails_among_them_fails_alone_and_says_what_is_there() {
    let folder = TemporaryFolder::new().unwrap();
    let client = in_a_file(&folder).await;
    new_item(&client, 7).send().await.unwrap();

    let answers = join_all((0..100).map(|number| new_item(&client, number).send())).await;

    let refused: Vec<_> = answers.into_iter().enumerate().filter_map(|(n, it)| Some((n, it.err()?))).collect();
    let (number, error) = &refused[0];
    let Some(PutItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
        panic!("{error:?}")
    };
    assert_eq!(failed.item().unwrap()["pk"], named(7));
    assert_eq!((*number, refused.len()), (7, 1));
    assert_eq!(stored(&client).await, 100);
}

#[tokio::test]
async fn two_puts_of_one_item_are_carried_out_one_after_the_other() {
    let folder = TemporaryFolder::new().unwrap();
    let client = in_a_file(&folder).await;

    let answers = join_all((0..20).map(|_| new_item(&client, 1).send())).await;

    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 1);
}
