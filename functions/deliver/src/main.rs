//! Deliver as a Lambda function, behind the two queues of one kind of target.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let hub = runtime::start().await?;
    let hub = &hub;
    let handler =
        service_fn(
            |event: LambdaEvent<SqsEvent>| async move { Ok::<_, Error>(deliver::batch(hub, event.payload).await) },
        );
    lambda_runtime::run(handler).await
}
