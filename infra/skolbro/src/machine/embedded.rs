//! The embedded store behind the same client as AWS: a transport that hands each request to a database in process.
//!
//! Requests go through the client's own serialisation and errors through its own parsing; only the socket is missing.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::Database;
use tokio::sync::oneshot;

use together::Asked;

mod together;

/// A client for the database in a file, or in memory.
pub(super) fn open(file: Option<&Path>) -> Result<Client, String> {
    Ok(Client::from_conf(config().http_client(Embedded::open(file)?).build()))
}

/// What a client of the embedded store is made with, besides the transport.
#[must_use]
pub fn config() -> Builder {
    Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-north-1"))
        .allow_no_auth()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .endpoint_url("http://embedded.invalid")
}

/// Writes survive the end of the process at any moment, but are not forced to the disk one by one: should the power
/// fail, the last moments are lost together, and the sources' overlap brings them back. (The embedded store has no
/// setting for this; leaving its bulk mode has that effect.)
fn relax(database: &Database) -> Result<(), String> {
    database.enable_bulk_loading().map_err(|error| error.to_string())?;
    database.disable_bulk_loading().map_err(|error| error.to_string())
}

/// The database as a client's transport. Clones share the database.
#[derive(Clone)]
pub struct Embedded(Access);

#[derive(Clone)]
enum Access {
    /// In memory, on the caller's thread: in the same order every time.
    Here(Arc<Database>),
    /// In a file, on a thread of its own.
    Thread(Sender<Asked>),
}

impl Embedded {
    /// The database in a file, or a new one in memory.
    ///
    /// # Errors
    /// In words, when the file is no database or cannot be opened.
    pub fn open(file: Option<&Path>) -> Result<Self, String> {
        let database = match file {
            Some(path) => Database::new(&path.to_string_lossy()),
            None => Database::memory(),
        };
        let database = database.map_err(|error| error.to_string())?;
        relax(&database)?;
        Ok(Self(match file {
            Some(_) => Access::Thread(together::start(database).map_err(|error| error.to_string())?),
            None => Access::Here(Arc::new(database)),
        }))
    }
}

impl Access {
    async fn ask(&self, operation: &str, body: &[u8]) -> Result<Answer, ConnectorError> {
        match self {
            Self::Here(database) => Ok(carry_out(database, operation, body)),
            Self::Thread(thread) => {
                let (answer, answered) = oneshot::channel();
                let asked = Asked { operation: operation.to_owned(), body: body.to_vec(), answer };
                thread.send(asked).map_err(|_| stopped())?;
                answered.await.map_err(|_| stopped())
            }
        }
    }
}

fn stopped() -> ConnectorError {
    ConnectorError::other("The embedded store has stopped.".into(), None)
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded")
    }
}

impl HttpClient for Embedded {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let access = self.0.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default();
            let (status, body) = access.ask(operation, request.body().bytes().unwrap_or_default()).await?;
            let status = status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        })
    }
}

type Answer = (u16, String);

fn carry_out(database: &Database, operation: &str, body: &[u8]) -> Answer {
    match operation {
        "GetItem" => pass(body, |it| database.get_item(it)),
        "PutItem" => pass(body, |it| database.put_item(it)),
        "DeleteItem" => pass(body, |it| database.delete_item(it)),
        "Query" => pass(body, |it| database.query(it)),
        "BatchGetItem" => pass(body, |it| database.batch_get_item(it)),
        "BatchWriteItem" => pass(body, |it| database.batch_write_item(it)),
        "TransactWriteItems" => pass(body, |it| database.transact_write_items(it)),
        "CreateTable" => pass(body, |it| database.create_table(it)),
        "DescribeTable" => pass(body, |it| database.describe_table(it)),
        "UpdateTimeToLive" => pass(body, |it| database.update_time_to_live(it)),
        other => (400, problem("UnknownOperationException", other)),
    }
}

fn pass<Q, A>(body: &[u8], carry_out: impl FnOnce(Q) -> dynoxide::Result<A>) -> Answer
where
    Q: serde::de::DeserializeOwned,
    A: serde::Serialize,
{
    let request = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => return (400, problem("SerializationException", &error.to_string())),
    };
    match carry_out(request) {
        Ok(answer) => match serde_json::to_string(&answer) {
            Ok(body) => (200, body),
            Err(error) => (500, problem("InternalServerError", &error.to_string())),
        },
        Err(error) => (error.status_code(), error.to_json()),
    }
}

fn problem(kind: &str, message: &str) -> String {
    serde_json::json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": message }).to_string()
}

#[cfg(test)]
mod tests;
