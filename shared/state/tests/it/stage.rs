use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls;
use jiff::Timestamp;
use roster::{Fact, Id, Organisation, OrganisationType, RecordKey, RecordKind, SubjectKey, Validity};
use rules::delivery::Lane;
use state::faults::{Decide, Faulty};
use state::{Store, Subject, schema};

/// A table of its own on a store in memory.
pub(crate) async fn store() -> Store {
    store_with(None).await
}

/// The same, with faults.
pub(crate) async fn faulty(decide: Decide) -> Store {
    store_with(Some(decide)).await
}

async fn store_with(decide: Option<Decide>) -> Store {
    let config = embedded().await;
    let plain = Client::from_conf(config.clone());
    schema::create(&plain, "skolbro").await.unwrap();
    let Some(decide) = decide else { return Store::new(plain, "skolbro") };
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
    let transport = aws_smithy_http_client::Builder::new().tls_provider(provider).build_https();
    let client = Client::from_conf(config.to_builder().http_client(Faulty::new(transport, decide)).build());
    Store::new(client, "skolbro")
}

/// How to reach a store in memory of one's own.
pub(crate) async fn embedded() -> aws_sdk_dynamodb::Config {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-north-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "test"))
        .endpoint_url(url)
        .build()
}

pub(crate) fn once(operation: &'static str, fault: state::faults::Fault) -> Decide {
    let left = std::sync::atomic::AtomicBool::new(true);
    Arc::new(move |it| {
        if it == operation && left.swap(false, std::sync::atomic::Ordering::SeqCst) {
            fault
        } else {
            state::faults::Fault::None
        }
    })
}

pub(crate) fn id(n: u32) -> Id {
    Id::derived(&["test", &n.to_string()])
}

pub(crate) fn key(n: u32) -> SubjectKey {
    SubjectKey::organisation(id(n))
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) fn provenance(n: u32) -> (String, RecordKey) {
    ("register".to_owned(), RecordKey { kind: RecordKind::Organisation, id: id(n) })
}

pub(crate) fn organisation(n: u32, name: &str) -> Fact {
    Fact::Organisation(Organisation {
        id: id(n),
        name: name.to_owned(),
        kind: OrganisationType::SchoolUnit,
        parent: None,
        school_unit_code: None,
        school_types: vec![],
        municipality_code: None,
        organisation_number: None,
        validity: Validity::ALWAYS,
    })
}

/// Names a subject and marks it at a target.
pub(crate) fn name(subject: &mut Subject, n: u32, name: &str, second: i64) {
    subject.set_fact(provenance(n), Some(organisation(n, name)));
    subject.deliveries.entry("gleerups".to_owned()).or_default().mark(at(second), Lane::Fresh);
}
