//! The table: the embedded store in memory behind the real client, with time, faults and crashes in between.

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_smithy_runtime::client::retries::TokenBucket;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use skolbro::machine::embedded::{Embedded, config};
use state::faults::{Fault, Faulty};

use crate::effects::Effects;
use crate::mutation::Mutation;
use crate::trace::note;

/// The table's name.
pub(crate) const TABLE: &str = "skolbro";

/// A client for a new table in memory.
pub(crate) fn client(effects: &Effects, mutation: Option<Mutation>) -> Result<Client, String> {
    let inner = SharedHttpClient::new(Embedded::open(None)?);
    let decide = {
        let effects = effects.clone();
        Arc::new(move |operation: &str| fault(&effects, operation))
    };
    let transport =
        Timed { inner: SharedHttpClient::new(Faulty::new(inner, decide)), effects: effects.clone(), mutation };
    // The client's allowance of retries is shared by the whole process otherwise, and one run would feel another's.
    let partition = RetryPartition::custom("simulation").token_bucket(TokenBucket::new(500)).build();
    let config = config().http_client(transport).retry_config(RetryConfig::standard()).retry_partition(partition);
    Ok(Client::from_conf(config.build()))
}

fn fault(effects: &Effects, operation: &str) -> Fault {
    let writes = matches!(operation, "PutItem" | "DeleteItem" | "TransactWriteItems");
    let fault = if writes && effects.strikes(|it| it.table_conflict) {
        Fault::TransactionConflict
    } else if effects.strikes(|it| it.table_throttled) {
        Fault::Throttled
    } else if effects.strikes(|it| it.table_answer_lost) {
        Fault::AnswerLost
    } else {
        return Fault::None;
    };
    note!(effects.trace, "table {operation}: {fault:?}");
    fault
}

#[derive(Clone)]
struct Timed {
    inner: SharedHttpClient,
    effects: Effects,
    mutation: Option<Mutation>,
}

impl fmt::Debug for Timed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timed")
    }
}

impl HttpClient for Timed {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(TimedConnector { inner, effects: self.effects.clone(), mutation: self.mutation })
    }
}

#[derive(Debug)]
struct TimedConnector {
    inner: SharedHttpConnector,
    effects: Effects,
    mutation: Option<Mutation>,
}

impl HttpConnector for TimedConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if self.mutation == Some(Mutation::UnconditionalWrites) {
            leave_out_conditions(&mut request);
        }
        let (inner, effects) = (self.inner.clone(), self.effects.clone());
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            effects.before(&operation, 1, 12).await;
            let answer = inner.call(request).await;
            effects.after(&operation).await;
            answer
        })
    }
}

/// A store that does not look whether somebody else came between.
fn leave_out_conditions(request: &mut HttpRequest) {
    let Some(body) = request.body().bytes() else { return };
    let Ok(mut content) = serde_json::from_slice::<serde_json::Value>(body) else { return };
    let Some(fields) = content.as_object_mut() else { return };
    if fields.contains_key("Item") && fields.remove("ConditionExpression").is_some() {
        fields.remove("ExpressionAttributeValues");
        *request.body_mut() = content.to_string().into();
    }
}
