//! Ingest as a Lambda function, behind the queue of notices.

use aws_lambda_events::sqs::SqsEvent;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};

/// What is kept of the time limit for finishing the page at hand.
const RESERVE: SignedDuration = SignedDuration::from_secs(60);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let hub = runtime::start().await?;
    let hub = &hub;
    let handler = service_fn(|event: LambdaEvent<SqsEvent>| async move {
        let limit = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
        let limit = Timestamp::from_millisecond(limit).unwrap_or(Timestamp::MAX);
        let deadline = limit.checked_sub(RESERVE).unwrap_or(limit);
        Ok::<_, Error>(ingest::batch(hub, event.payload, deadline).await)
    });
    lambda_runtime::run(handler).await
}
