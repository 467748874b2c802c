//! What goes over the wire, and how answers are understood. The contract itself is tested in `tests/it`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::{Outgoing, Queue, SqsQueue};

/// Answers with the given bodies in turn and remembers what was asked.
#[derive(Debug, Clone)]
struct Wire {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl Wire {
    fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.into_iter().collect())), requests: Arc::default() }
    }

    fn queue(&self, name: &str) -> SqsQueue {
        let settings = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-north-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(self.clone())
            .build();
        SqsQueue::new(Client::from_conf(settings), format!("http://sqs.test/000000000000/{name}"))
    }

    fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap().clone()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.requests.lock().unwrap().push(asked);
        let (status, body) = self.answers.lock().unwrap().pop_front().unwrap();
        let status = status.try_into().unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn all_well() -> (u16, Value) {
    (200, json!({"Successful": [], "Failed": []}))
}

fn refusing(ids: &[&str], code: &str, sender_fault: bool) -> (u16, Value) {
    let entry = |id: &&str| json!({"Id": id, "Code": code, "SenderFault": sender_fault});
    let failed: Vec<Value> = ids.iter().map(entry).collect();
    (200, json!({"Successful": [], "Failed": failed}))
}

fn bodies(request: &Value) -> Vec<&str> {
    let entries = request["Entries"].as_array().unwrap();
    let bodies = entries.iter().map(|entry| entry["MessageBody"].as_str());
    bodies.map(Option::unwrap).collect()
}

fn messages(bodies: &[&str]) -> Vec<Outgoing> {
    bodies.iter().map(|body| Outgoing::new(*body)).collect()
}

#[test]
fn the_name_is_the_last_segment_of_the_url() {
    let queue = Wire::answering([]).queue("notices.fifo");

    assert_eq!(queue.name(), "notices.fifo");
}

#[tokio::test]
async fn a_standard_queue_is_told_group_and_delay_in_started_seconds() {
    let wire = Wire::answering([all_well()]);
    let message = Outgoing::new("b").in_group("t1").deduplicated_by("ignored").delayed_by(Duration::from_millis(1_001));

    wire.queue("jobs").send(vec![message]).await.unwrap();

    assert_eq!(
        wire.requests()[0]["Entries"],
        json!([{"Id": "0", "MessageBody": "b", "MessageGroupId": "t1", "DelaySeconds": 2}])
    );
}

#[tokio::test]
async fn a_fifo_queue_is_told_the_digest_of_the_body_or_the_id_given() {
    let wire = Wire::answering([all_well()]);
    let message = Outgoing::new("abc").in_group("t1");

    wire.queue("notices.fifo").send(vec![message.clone(), message.deduplicated_by("d")]).await.unwrap();

    assert_eq!(
        wire.requests()[0]["Entries"],
        json!([
            {
                "Id": "0", "MessageBody": "abc", "MessageGroupId": "t1",
                "MessageDeduplicationId":
                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            },
            {"Id": "1", "MessageBody": "abc", "MessageGroupId": "t1", "MessageDeduplicationId": "d"}
        ])
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_was_refused_is_sent_again_in_its_order() {
    let wire = Wire::answering([
        refusing(&["2", "0"], "InternalError", false),
        refusing(&["1"], "ThrottlingException", true),
        all_well(),
    ]);

    let sent = wire.queue("jobs").send(messages(&["a", "b", "c"])).await;

    let requests = wire.requests();
    let rounds: Vec<_> = requests.iter().map(bodies).collect();
    assert_eq!(rounds, vec![vec!["a", "b", "c"], vec!["a", "c"], vec!["c"]]);
    assert!(sent.is_ok());
}

#[tokio::test(start_paused = true)]
async fn sending_gives_up_after_three_rounds_and_says_why() {
    let stubborn = || refusing(&["0"], "InternalError", false);
    let wire = Wire::answering([stubborn(), stubborn(), stubborn()]);

    let error = wire.queue("jobs").send(messages(&["a"])).await.unwrap_err();

    assert_eq!(error.code(), "queue.send_failed");
    assert_eq!(error.to_string(), "send on queue jobs: 1 entries refused, first with InternalError");
    assert_eq!(wire.requests().len(), 3);
}

#[tokio::test]
async fn what_is_the_senders_fault_is_not_sent_again() {
    let wire = Wire::answering([refusing(&["0"], "InvalidMessageContents", true)]);

    let error = wire.queue("jobs").send(messages(&["a", "b"])).await.unwrap_err();

    assert_eq!(error.code(), "queue.send_failed");
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_when_one_message_of_many_is_outside_the_limits() {
    let wire = Wire::answering([]);

    let error = wire.queue("jobs").send(messages(&["a", ""])).await.unwrap_err();

    assert_eq!(error.code(), "queue.body_empty");
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn receipts_that_no_longer_stand_are_no_error() {
    let wire = Wire::answering([
        refusing(&["0"], "ReceiptHandleIsInvalid", true),
        refusing(&["0"], "MessageNotInflight", true),
    ]);
    let queue = wire.queue("jobs");

    let deleted = queue.delete(vec!["r".into()]).await;
    let released = queue.release(vec!["r".into()], Duration::ZERO).await;

    assert!(deleted.is_ok() && released.is_ok());
}

#[tokio::test]
async fn a_release_is_told_in_started_seconds() {
    let wire = Wire::answering([all_well()]);

    wire.queue("jobs").release(vec!["r".into()], Duration::from_millis(500)).await.unwrap();

    assert_eq!(wire.requests()[0]["Entries"], json!([{"Id": "0", "ReceiptHandle": "r", "VisibilityTimeout": 1}]));
}

#[tokio::test]
async fn what_is_received_carries_id_receipt_group_and_count() {
    let wire = Wire::answering([(
        200,
        json!({"Messages": [{
            "MessageId": "m", "ReceiptHandle": "r", "Body": "b",
            "Attributes": {"ApproximateReceiveCount": "3", "MessageGroupId": "t1"}
        }]}),
    )]);

    let received = wire.queue("jobs").receive(10, Duration::from_secs(20)).await.unwrap();

    let expected = crate::Received {
        id: "m".into(),
        receipt: "r".into(),
        body: "b".into(),
        group: Some("t1".into()),
        receive_count: 3,
    };
    assert_eq!(received, vec![expected]);
    assert_eq!(wire.requests()[0]["WaitTimeSeconds"], 20);
}

#[tokio::test]
async fn a_depth_without_its_counts_is_an_error_and_not_zero() {
    let wire = Wire::answering([(200, json!({"Attributes": {"ApproximateNumberOfMessages": "1"}}))]);

    let error = wire.queue("jobs").depth().await.unwrap_err();

    assert_eq!(error.code(), "queue.depth_failed");
    assert_eq!(error.to_string(), "depth on queue jobs: the answer lacks ApproximateNumberOfMessagesNotVisible");
}

#[tokio::test]
async fn an_error_keeps_the_services_words_and_hides_the_raw_answer() {
    let wire = Wire::answering([(
        400,
        json!({
            "__type": "com.amazonaws.sqs#QueueDoesNotExist",
            "message": "The specified queue does not exist.",
            "Body": "secret words"
        }),
    )]);

    let error = wire.queue("jobs").purge().await.unwrap_err();

    let printed = format!("{error:?}");
    assert_eq!(error.code(), "queue.purge_failed");
    assert!(printed.contains("The specified queue does not exist."));
    assert!(!printed.contains("secret words"));
}
