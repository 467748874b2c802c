//! From metadata to a server's answer.

use std::sync::Mutex;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use roster::ManualClock;

use super::server::{Member, serve};
use super::*;
use crate::secret::{FixedSecrets, SecretRef};

/// A publisher of metadata: what it gives next, and how often it was asked.
#[derive(Clone)]
struct Publisher(Arc<Mutex<(Option<Value>, usize)>>);

impl Publisher {
    fn gives(&self, metadata: Option<Value>) {
        self.0.lock().unwrap().0 = metadata;
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().1
    }

    async fn start(&self) -> Url {
        let this = self.clone();
        let answer = move || async move {
            let mut state = this.0.lock().unwrap();
            state.1 += 1;
            match &state.0 {
                Some(metadata) => (StatusCode::OK, metadata.to_string()),
                None => (StatusCode::BAD_GATEWAY, String::new()),
            }
        };
        crate::tests::server::serve(Router::new().route("/", get(answer))).await
    }
}

struct Stage {
    federation: Federation,
    publisher: Publisher,
    clock: ManualClock,
    server: Member,
    port: u16,
    way: Federated,
}

impl Stage {
    async fn new() -> Self {
        let (federation, server, us) = (Federation::new(), Member::new(), Member::new());
        let publisher = Publisher(Arc::default());
        let clock = ManualClock::at(now());
        let port = serve(&server, &us).await;
        let within = FederationServer {
            metadata_url: publisher.start().await,
            keys: vec![federation.key()],
            entity_id: ENTITY.to_owned(),
            tags: tags(&["egilv1"]),
        };
        let reference = SecretRef::Env("CERTIFICATE".into());
        let secrets = FixedSecrets::new().with(reference.clone(), us.identity());
        let certificate = ClientCertificate::new(reference, Arc::new(secrets));
        let settings = OutboundSettings { allow_private: true, ..OutboundSettings::new("skolbro-test") };
        let way = Federated::new(within, certificate, &settings, Arc::new(clock.clone()), false).unwrap();
        let stage = Self { federation, publisher, clock, server, port, way };
        stage.publish(&stage.server, &stage.server);
        stage
    }

    /// The server, by the certificate of `issuer` and the key of `pinned`.
    fn metadata(&self, issuer: &Member, pinned: &Member) -> Value {
        self.federation.signed(&json!({
            "cache_ttl": 600,
            "entities": [{
                "entity_id": ENTITY,
                "issuers": [{ "x509certificate": issuer.certificate.cert.pem() }],
                "servers": [{
                    "base_uri": format!("https://localhost:{}/", self.port),
                    "tags": ["egilv1"],
                    "pins": [pinned.pin()],
                }],
            }],
        }))
    }

    fn publish(&self, issuer: &Member, pinned: &Member) {
        self.publisher.gives(Some(self.metadata(issuer, pinned)));
    }

    /// What the server answers; otherwise the code of what went wrong.
    async fn call(&self) -> Result<String, &'static str> {
        let (outbound, base) = self.way.way().await.map_err(|error| error.code())?;
        let answer = outbound.send(Request::get(base)).await.map_err(|error| error.code())?;
        Ok(String::from_utf8(answer.body).unwrap())
    }
}

#[tokio::test]
async fn a_server_that_the_metadata_name_is_called_with_our_certificate() {
    assert_eq!(Stage::new().await.call().await, Ok("hej".to_owned()));
}

#[tokio::test]
async fn a_server_with_another_key_or_another_issuer_is_not_spoken_to() {
    let stage = Stage::new().await;
    let other = Member::new();

    for (issuer, pinned) in [(&stage.server, &other), (&other, &stage.server)] {
        stage.publish(issuer, pinned);
        stage.clock.advance_seconds(600);

        assert_eq!(stage.call().await, Err("outbound.tls"));
    }
}

#[tokio::test]
async fn metadata_are_asked_for_as_often_as_they_say() {
    let stage = Stage::new().await;
    stage.call().await.unwrap();
    stage.clock.advance_seconds(599);
    stage.call().await.unwrap();
    let before = stage.publisher.asked();

    stage.clock.advance_seconds(1);
    stage.call().await.unwrap();

    assert_eq!((before, stage.publisher.asked()), (1, 2));
}

#[tokio::test]
async fn the_last_metadata_are_in_force_until_they_expire() {
    let stage = Stage::new().await;
    stage.call().await.unwrap();
    stage.publisher.gives(None);

    stage.clock.advance_seconds(3_600);
    let meanwhile = stage.call().await;
    stage.clock.advance_seconds(86_400 - 3_600 - 60);
    let expired = stage.call().await;

    assert_eq!((meanwhile, expired), (Ok("hej".to_owned()), Err("federation.metadata_unavailable")));
}

#[tokio::test]
async fn whoever_is_no_longer_named_is_no_longer_called() {
    let stage = Stage::new().await;
    stage.call().await.unwrap();
    stage.publisher.gives(Some(stage.federation.signed(&json!({ "entities": [] }))));
    stage.clock.advance_seconds(600);

    let first = stage.call().await;
    stage.publisher.gives(None);

    assert_eq!((first, stage.call().await), (Err("federation.entity_unknown"), Err("federation.metadata_unavailable")));
}

#[tokio::test]
async fn nobody_within_the_federation_may_point_into_this_network() {
    let stage = Stage::new().await;
    let (server, certificate) = (stage.way.server.clone(), stage.way.certificate.clone());
    let settings = OutboundSettings::new("skolbro-test");
    let way = Federated::new(server, certificate, &settings, Arc::new(stage.clock.clone()), false).unwrap();

    let refused = Stage { way, ..stage }.call().await;

    assert_eq!(refused, Err("outbound.address_refused"));
}
