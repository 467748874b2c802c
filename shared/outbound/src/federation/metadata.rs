//! What metadata say (draft MATF §6): entities, their issuers, their servers and the pins of those.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Url;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;

use super::error::FederationError;
use super::pinned::Pinned;
use super::signature::{FederationKey, verified};

/// How long metadata are kept that do not say so (Windermere's default), in seconds.
const USUAL_TTL: u64 = 3_600;

/// Verified metadata.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// Seconds after which they are asked for again.
    pub(super) cache_ttl: u64,
    pub(super) expires: Timestamp,
    entities: Vec<Entity>,
}

/// A server, as the metadata name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(super) base: Url,
    pub(crate) pinned: Pinned,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    cache_ttl: Option<u64>,
    entities: Vec<Entity>,
}

#[derive(Debug, Deserialize)]
struct Entity {
    entity_id: String,
    #[serde(default)]
    issuers: Vec<Issuer>,
    #[serde(default)]
    servers: Vec<Endpoint>,
}

#[derive(Debug, Deserialize)]
struct Issuer {
    x509certificate: String,
}

#[derive(Debug, Deserialize)]
struct Endpoint {
    base_uri: String,
    #[serde(default)]
    tags: BTreeSet<String>,
    #[serde(default)]
    pins: Vec<Pin>,
}

#[derive(Debug, Deserialize)]
struct Pin {
    alg: String,
    digest: String,
}

impl Metadata {
    /// Verifies and reads metadata.
    pub(crate) fn verified(bytes: &[u8], keys: &[FederationKey], now: Timestamp) -> Result<Self, FederationError> {
        let signed = verified(bytes, keys, now)?;
        Self::read(&signed.payload, signed.expires)
    }

    /// Reads what was signed.
    pub(crate) fn read(payload: &[u8], expires: Timestamp) -> Result<Self, FederationError> {
        let payload: Payload =
            serde_json::from_slice(payload).map_err(|_| FederationError::Unreadable("no metadata"))?;
        Ok(Self { cache_ttl: payload.cache_ttl.unwrap_or(USUAL_TTL), expires, entities: payload.entities })
    }

    /// The server of an entity that has these tags and no others.
    pub(crate) fn server(&self, entity_id: &str, tags: &BTreeSet<String>) -> Result<Server, FederationError> {
        let entity = self.entities.iter().find(|it| it.entity_id == entity_id);
        let entity = entity.ok_or(FederationError::EntityUnknown)?;
        let mut servers = entity.servers.iter().filter(|it| it.tags == *tags);
        let (Some(server), None) = (servers.next(), servers.next()) else { return Err(FederationError::ServerUnknown) };
        // Whatever the settings allow elsewhere: without TLS there are neither issuers nor keys to go by.
        let base = server.base_uri.parse().ok().filter(|base: &Url| base.scheme() == "https");
        let base = base.ok_or(FederationError::Unreadable("a base_uri that is no URL beginning with https"))?;
        Ok(Server { base, pinned: Pinned { issuers: entity.issuers()?, keys: server.keys()? } })
    }
}

impl Entity {
    fn issuers(&self) -> Result<Vec<Vec<u8>>, FederationError> {
        let of =
            |issuer: &Issuer| CertificateDer::from_pem_slice(issuer.x509certificate.as_bytes()).map(|it| it.to_vec());
        let issuers: Result<Vec<_>, _> = self.issuers.iter().map(of).collect();
        match issuers {
            Ok(issuers) if !issuers.is_empty() => Ok(issuers),
            _ => Err(FederationError::Unreadable("an issuer that is no certificate, or none at all")),
        }
    }
}

impl Endpoint {
    /// SHA-256 of the public keys that its certificate may have.
    fn keys(&self) -> Result<BTreeSet<[u8; 32]>, FederationError> {
        let known = self.pins.iter().filter(|it| it.alg == "sha256");
        let keys: Option<BTreeSet<_>> = known.map(|it| STANDARD.decode(&it.digest).ok()?.try_into().ok()).collect();
        keys.filter(|keys| !keys.is_empty()).ok_or(FederationError::Unreadable("a pin that is none, or none at all"))
    }
}
