//! The timer as a Lambda function, on a schedule of one minute.

use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let hub = runtime::start().await?;
    let handler = service_fn(|_: LambdaEvent<serde_json::Value>| async {
        let ticked = timer::tick(&hub).await?;
        Ok::<_, Error>(serde_json::json!({ "notices": ticked.notices, "jobs": ticked.jobs, "files": ticked.files }))
    });
    lambda_runtime::run(handler).await
}
