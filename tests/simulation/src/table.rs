//! The table: the embedded store in memory behind the real client, with time, faults and crashes in between.

mod broken;
mod late;

use std::fmt;
use std::sync::Arc;

use self::late::LateIndexes;
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
    let embedded = Embedded::open(None)?;
    let indexes = LateIndexes::of(SharedHttpConnector::new(embedded.clone()), effects.clone());
    let inner = SharedHttpClient::new(embedded);
    let decide = {
        let effects = effects.clone();
        Arc::new(move |operation: &str| fault(&effects, operation))
    };
    let inner = SharedHttpClient::new(Faulty::new(inner, decide));
    let transport = Timed { inner, indexes, effects: effects.clone(), mutation };
    // The client's allowance of retries is shared by the whole process otherwise, and one run would feel another's.
    let partition = RetryPartition::custom("simulation").token_bucket(TokenBucket::new(500)).build();
    let config = config().http_client(transport).retry_config(RetryConfig::standard()).retry_partition(partition);
    Ok(Client::from_conf(config.build()))
}

fn fault(effects: &Effects, operation: &str) -> Fault {
    let fault = if is_write(operation) && effects.strikes(|it| it.table_conflict) {
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

/// Whether an operation writes items one by one, or all or nothing.
fn is_write(operation: &str) -> bool {
    matches!(operation, "PutItem" | "DeleteItem" | "TransactWriteItems")
}

#[derive(Clone)]
struct Timed {
    inner: SharedHttpClient,
    indexes: LateIndexes,
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
        let (indexes, effects) = (self.indexes.clone(), self.effects.clone());
        SharedHttpConnector::new(TimedConnector { inner, indexes, effects, mutation: self.mutation })
    }
}

#[derive(Debug)]
struct TimedConnector {
    inner: SharedHttpConnector,
    indexes: LateIndexes,
    effects: Effects,
    mutation: Option<Mutation>,
}

impl HttpConnector for TimedConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Some(mutation) = self.mutation {
            broken::alter(&mut request, mutation);
        }
        let (inner, indexes, effects) = (self.inner.clone(), self.indexes.clone(), self.effects.clone());
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            effects.before(&operation, 1, 12).await;
            let asked = (operation == "Query").then(|| request.body().bytes().map(<[u8]>::to_vec)).flatten();
            if is_write(&operation) || operation == "BatchWriteItem" {
                indexes.before_write(&request).await;
            }
            let mut answer = inner.call(request).await;
            if let (Some(asked), Ok(answer)) = (asked, &mut answer) {
                indexes.answer(&asked, answer);
            }
            effects.after(&operation).await;
            answer
        })
    }
}
