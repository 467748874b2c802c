//! Faults that the embedded store never produces by itself, for tests: put between the client and the store.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// `TransactionConflictException`, nothing written.
    TransactionConflict,
    /// `ProvisionedThroughputExceededException`, nothing written.
    Throttled,
    /// The request is carried out, its answer is lost.
    AnswerLost,
    /// A read answers with what an earlier read of the same request answered.
    StaleRead,
}

/// Decides, from the operation's name (`PutItem`, …), what happens to a request.
pub type Decide = Arc<dyn Fn(&str) -> Fault + Send + Sync>;

/// A client's transport that injects faults.
#[derive(Clone)]
pub struct Faulty {
    inner: SharedHttpClient,
    decide: Decide,
    reads: Arc<Mutex<std::collections::HashMap<Vec<u8>, Vec<u8>>>>,
}

impl Faulty {
    /// Wraps a transport.
    #[must_use]
    pub fn new(inner: SharedHttpClient, decide: Decide) -> Self {
        Self { inner, decide, reads: Arc::default() }
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

impl HttpClient for Faulty {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector {
            inner: self.inner.http_connector(settings, components),
            faulty: self.clone(),
        })
    }
}

#[derive(Debug)]
struct FaultyConnector {
    inner: SharedHttpConnector,
    faulty: Faulty,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").and_then(|it| it.rsplit('.').next()).unwrap_or_default();
        let fault = (self.faulty.decide)(operation);
        let asked = operation.starts_with("Get").then(|| request.body().bytes().unwrap_or_default().to_vec());
        match (fault, asked) {
            (Fault::TransactionConflict, _) => refuse("TransactionConflictException"),
            (Fault::Throttled, _) => refuse("ProvisionedThroughputExceededException"),
            (Fault::StaleRead, Some(asked)) if self.remembered(&asked).is_some() => {
                let body = self.remembered(&asked).unwrap_or_default();
                HttpConnectorFuture::ready(answer(200, body))
            }
            (fault, asked) => self.pass(request, fault, asked),
        }
    }
}

impl FaultyConnector {
    fn remembered(&self, asked: &[u8]) -> Option<Vec<u8>> {
        self.faulty.reads.lock().unwrap_or_else(PoisonError::into_inner).get(asked).cloned()
    }

    fn pass(&self, request: HttpRequest, fault: Fault, asked: Option<Vec<u8>>) -> HttpConnectorFuture {
        let (call, reads) = (self.inner.call(request), Arc::clone(&self.faulty.reads));
        HttpConnectorFuture::new(async move {
            let response = call.await?;
            if fault == Fault::AnswerLost {
                return Err(ConnectorError::io("the answer was lost".into()));
            }
            let Some(asked) = asked.filter(|_| response.status().is_success()) else { return Ok(response) };
            let status = response.status().as_u16();
            let body = ByteStream::new(response.into_body()).collect().await;
            let body = body.map_err(|error| ConnectorError::io(Box::new(error)))?.to_vec();
            reads.lock().unwrap_or_else(PoisonError::into_inner).entry(asked).or_insert_with(|| body.clone());
            answer(status, body)
        })
    }
}

fn refuse(error: &str) -> HttpConnectorFuture {
    let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"injected"}}"#);
    HttpConnectorFuture::ready(answer(400, body.into_bytes()))
}

fn answer(status: u16, body: Vec<u8>) -> Result<HttpResponse, ConnectorError> {
    let status = status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
    Ok(HttpResponse::new(status, SdkBody::from(body)))
}
