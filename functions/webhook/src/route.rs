//! Who may ring: the address holds a token that only the source and the hub know, since neither Skolon nor SS 12000
//! signs what it posts.

use std::sync::Arc;

use outbound::SecretRef;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sources::Source;
use sources::doorbell::Doorbell;
use sync::Hub;

use crate::problem::Problem;

/// The parts of the address.
#[derive(Deserialize)]
pub(crate) struct Place {
    tenant: String,
    source: String,
    token: String,
}

/// A ring at a door that exists, with the right token.
#[derive(Debug)]
pub(crate) struct Ringing {
    pub(crate) tenant: String,
    pub(crate) source: String,
    pub(crate) connector: Arc<dyn Source>,
    kind: String,
}

impl Ringing {
    /// Admits a ring, or says that there is no such door – never which part of the address was wrong.
    pub(crate) async fn admit(hub: &Hub, place: Place) -> Result<Self, Problem> {
        hub.directory.refresh(&hub.store, hub.now()).await.map_err(|error| crate::refused(&error))?;
        let tenant = hub.directory.tenant(&place.tenant).map_err(|_| Problem::NoSuchDoor)?;
        let source = tenant.sources.get(&place.source).ok_or(Problem::NoSuchDoor)?;
        let reference = source.config.route_token.clone().ok_or(Problem::NoSuchDoor)?;
        let reference = SecretRef::deserialize(reference).map_err(|_| Problem::NoSuchDoor)?;
        let secret = hub.directory.factory().secrets().resolve(&reference).await.map_err(|error| {
            tracing::error!(code = error.code(), tenant = place.tenant, "A doorbell's token could not be read.");
            Problem::NotNow
        })?;
        if !same(secret.expose(), &place.token) {
            return Err(Problem::NoSuchDoor);
        }
        let (connector, kind) = (Arc::clone(&source.source), source.config.kind.clone());
        Ok(Self { tenant: place.tenant, source: place.source, connector, kind })
    }

    pub(crate) fn parse(&self, body: &[u8]) -> Result<Doorbell, Problem> {
        let parsed = sources::registry::doorbell(&self.kind, body).ok_or(Problem::NoSuchDoor)?;
        Ok(parsed?)
    }
}

/// Compares in a time that does not depend on where the difference is: digests are compared, and whoever guesses
/// cannot steer a digest.
fn same(expected: &str, given: &str) -> bool {
    Sha256::digest(expected.as_bytes()) == Sha256::digest(given.as_bytes())
}
