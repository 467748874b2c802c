//! Federated TLS: servers that a federation's signed metadata name, with the certificates they show.
//!
//! Known from the draft Moa/MATF and from Skolfederation's Kontosynk: metadata are a JWS, signed with ES256 by keys that
//! were verified out of band. An entity's own issuers are the only trust anchors, and the key of the server's certificate
//! is pinned (RFC 7469). Both sides show certificates, over TLS 1.3.
//!
//! ```text
//! metadata (every `cache_ttl`) ─▶ signature, exp ─▶ entity_id, tags ─▶ base_uri, issuers, pins ─▶ client
//! ```
//! Metadata that cannot be fetched or verified leave what was known before in force until that expires. Expired metadata
//! are never used, and what verified metadata no longer name is no longer called.

mod error;
mod metadata;
mod pinned;
mod signature;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use roster::Clock;
use tokio::sync::Mutex;

pub use self::error::FederationError;
pub(crate) use self::metadata::Metadata;
use self::metadata::Server;
pub(crate) use self::pinned::Pinned;
pub use self::signature::FederationKey;
use crate::certificate::ClientCertificate;
use crate::client::{Outbound, OutboundSettings};
use crate::error::CallError;
use crate::request::Request;

/// How soon metadata are asked for again that could not be had.
const ASK_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// Metadata are asked for at most and at least this often, whatever they say.
const TTL: std::ops::RangeInclusive<u64> = 60..=86_400;

/// The largest metadata that are read. Skolfederation's are far below 1 MiB.
const MOST_METADATA: usize = 16 * 1024 * 1024;

/// A server within a federation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederationServer {
    /// Where the federation publishes its metadata.
    pub metadata_url: Url,
    /// The federation's keys, verified out of band.
    pub keys: Vec<FederationKey>,
    /// The entity, by its exact `entity_id`.
    pub entity_id: String,
    /// The tags of its server: these and no others.
    pub tags: BTreeSet<String>,
}

/// The way to a server within a federation.
#[derive(Debug)]
pub struct Federated {
    server: FederationServer,
    certificate: ClientCertificate,
    settings: OutboundSettings,
    dry_run: bool,
    publisher: Outbound,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

/// What is known of the server now.
#[derive(Debug, Default)]
struct Known {
    way: Option<Way>,
    /// When the metadata are asked for again.
    ask_at: Option<Timestamp>,
}

#[derive(Debug)]
struct Way {
    server: Server,
    outbound: Outbound,
    expires: Timestamp,
}

impl Federated {
    /// The way to `server`, to which `certificate` is shown.
    ///
    /// # Errors
    /// As [`Outbound::new`], and when the metadata's address may not be called.
    pub fn new(
        server: FederationServer,
        certificate: ClientCertificate,
        settings: &OutboundSettings,
        clock: Arc<dyn Clock>,
        dry_run: bool,
    ) -> Result<Self, CallError> {
        // The publisher is an ordinary server: what it gives is signed.
        let publisher = OutboundSettings { max_body: MOST_METADATA, ..settings.clone() };
        let publisher = Outbound::for_base(&publisher, &server.metadata_url)?;
        publisher.check(&server.metadata_url)?;
        let known = Mutex::new(Known::default());
        Ok(Self { server, certificate, settings: settings.clone(), dry_run, publisher, clock, known })
    }

    /// The client to call the server with, and the address below which its endpoints are.
    ///
    /// # Errors
    /// [`FederationError`]: then nothing may be sent.
    pub async fn way(&self) -> Result<(Outbound, Url), FederationError> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if known.way.as_ref().is_some_and(|way| way.expires <= now) {
            *known = Known::default();
        }
        if known.way.is_none() || known.ask_at.is_none_or(|at| at <= now) {
            self.ask(&mut known, now).await?;
        }
        let way = known.way.as_ref().ok_or(FederationError::Expired)?;
        Ok((way.outbound.clone(), way.server.base.clone()))
    }

    async fn ask(&self, known: &mut Known, now: Timestamp) -> Result<(), FederationError> {
        let metadata = match self.metadata(now).await {
            Ok(metadata) => metadata,
            Err(error) if known.way.is_some() => {
                tracing::warn!(
                    code = error.code(),
                    "The federation's metadata could not be had; the last ones are in force."
                );
                known.ask_at = Some(after(now, ASK_AGAIN));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let server = match metadata.server(&self.server.entity_id, &self.server.tags) {
            Ok(server) => server,
            Err(gone) => {
                *known = Known::default();
                return Err(gone);
            }
        };
        let outbound = match known.way.take() {
            Some(way) if way.server == server => way.outbound,
            _ => self.client(&server)?,
        };
        known.ask_at = Some(after(now, ttl(metadata.cache_ttl)));
        known.way = Some(Way { server, outbound, expires: metadata.expires });
        Ok(())
    }

    async fn metadata(&self, now: Timestamp) -> Result<Metadata, FederationError> {
        let answer = self.publisher.send(Request::get(self.server.metadata_url.clone())).await?;
        if !answer.is_success() {
            return Err(FederationError::Unavailable(answer.status));
        }
        Metadata::verified(&answer.body, &self.server.keys, now)
    }

    fn client(&self, server: &Server) -> Result<Outbound, FederationError> {
        let certificate = self.certificate.clone().only_to(server.pinned.clone());
        let settings = OutboundSettings { certificate: Some(certificate), ..self.settings.clone() };
        // Whoever is within the federation may not point into this network.
        let outbound = Outbound::new(&settings)?;
        outbound.check(&server.base)?;
        Ok(if self.dry_run { outbound.dry_run() } else { outbound })
    }
}

fn ttl(said: u64) -> SignedDuration {
    let seconds = said.clamp(*TTL.start(), *TTL.end());
    SignedDuration::try_from(Duration::from_secs(seconds)).unwrap_or(ASK_AGAIN)
}

fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
