//! The contract over the wire. Skipped, and listed as such, unless asked for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;
use queue::SqsQueue;

use crate::contract::{self, Opened, Place, Setup};

static OPENED: AtomicU32 = AtomicU32::new(0);

/// A server that speaks SQS, at the address in the environment.
struct Server {
    client: Client,
}

impl Server {
    fn from_environment() -> Self {
        let endpoint =
            std::env::var("SKOLBRO_SQS_ENDPOINT").expect("SKOLBRO_SQS_ENDPOINT names a server that speaks SQS");
        let settings = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(endpoint)
            .build();
        Self { client: Client::from_conf(settings) }
    }

    async fn create(&self, name: &str, fifo: bool, mut attributes: HashMap<QueueAttributeName, String>) -> String {
        if fifo {
            attributes.insert(QueueAttributeName::FifoQueue, "true".into());
        }
        let suffix = if fifo { ".fifo" } else { "" };
        let answer = self
            .client
            .create_queue()
            .queue_name(format!("{name}{suffix}"))
            .set_attributes(Some(attributes))
            .send()
            .await
            .expect("the queue is created");
        answer.queue_url.unwrap()
    }

    async fn arn(&self, url: &str) -> String {
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await
            .expect("the queue exists");
        answer.attributes.unwrap()[&QueueAttributeName::QueueArn].clone()
    }
}

#[async_trait]
impl Place for Server {
    async fn open(&self, setup: Setup) -> Opened {
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let name = format!("contract-{since_1970}-{number}");
        let dead = format!("{name}-dead");
        let dead = self.create(&dead, setup.fifo, HashMap::new()).await;
        let redrive = serde_json::json!({
            "deadLetterTargetArn": self.arn(&dead).await,
            "maxReceiveCount": setup.max_receive_count,
        });
        let visibility = setup.visibility.as_secs().to_string();
        let attributes = HashMap::from([
            (QueueAttributeName::VisibilityTimeout, visibility),
            (QueueAttributeName::RedrivePolicy, redrive.to_string()),
        ]);
        let live = self.create(&name, setup.fifo, attributes).await;
        Opened {
            queue: Arc::new(SqsQueue::new(self.client.clone(), live)),
            dead_letters: Arc::new(SqsQueue::new(self.client.clone(), dead)),
        }
    }
}

macro_rules! over_the_wire {
    ($($claim:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        #[ignore = "skipped: set SKOLBRO_SQS_ENDPOINT and run with --include-ignored"]
        async fn $claim() {
            contract::$claim(&Server::from_environment()).await;
        }
    )*};
}

contract::claims!(over_the_wire);
