//! The provider as a Lambda function, behind an HTTP API.

use lambda_http::{Error, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let hub = runtime::start().await?;
    run(provider::router(hub)).await
}
