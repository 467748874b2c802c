//! Who may ring: the address holds a token that only the source and the hub know, since neither Skolon nor SS 12000
//! signs what it posts. Of those that sign it is demanded too: it keeps strangers from making the hub count digests.

use std::sync::Arc;

use rules::config::SourceConfig;
use serde::Deserialize;
use sources::Source;
use sources::doorbell::Doorbell;
use sync::{Hub, doorbell};

use crate::problem::Problem;

/// The parts of the address.
#[derive(Deserialize)]
pub(crate) struct Place {
    tenant: String,
    source: String,
    token: String,
}

impl Place {
    /// The names of tenant and source, if there are such.
    pub(crate) fn known(&self, hub: &Hub) -> Option<(String, String)> {
        let tenant = hub.directory.tenant(&self.tenant).ok()?;
        tenant.sources.contains_key(&self.source).then(|| (self.tenant.clone(), self.source.clone()))
    }
}

/// A ring at a door that exists, with the right token.
#[derive(Debug)]
pub(crate) struct Ringing {
    pub(crate) tenant: String,
    pub(crate) source: String,
    pub(crate) connector: Arc<dyn Source>,
    pub(crate) config: SourceConfig,
}

impl Ringing {
    /// Admits a ring, or says that there is no such door – never which part of the address was wrong.
    pub(crate) async fn admit(hub: &Hub, place: Place) -> Result<Self, Problem> {
        hub.directory.refresh(&hub.store, hub.now()).await.map_err(|error| crate::refused(&error))?;
        let tenant = hub.directory.tenant(&place.tenant).map_err(|_| Problem::NoSuchDoor)?;
        let source = tenant.sources.get(&place.source).ok_or(Problem::NoSuchDoor)?;
        let token = doorbell::route_token(hub, &source.config).await.map_err(|error| {
            let (tenant, source) = (&place.tenant, &place.source);
            tracing::error!(code = error.code(), tenant, source, error = %error, "A doorbell's token cannot be used.");
            Problem::NotNow
        })?;
        if !token.is_some_and(|it| it.is(&place.token)) {
            return Err(Problem::NoSuchDoor);
        }
        let (connector, config) = (Arc::clone(&source.source), source.config.clone());
        Ok(Self { tenant: place.tenant, source: place.source, connector, config })
    }

    pub(crate) fn parse(&self, body: &[u8]) -> Result<Doorbell, Problem> {
        let parsed = sources::registry::doorbell(&self.config.kind, body).ok_or(Problem::NoSuchDoor)?;
        Ok(parsed?)
    }
}
