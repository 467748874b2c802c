//! How a receiver is reached: at an address, with a key; or through a federation, with a certificate.

use std::sync::Arc;

use outbound::federation::Federated;
use outbound::{CallError, ClientCertificate, Credentials, Outbound, OutboundSettings, Secret, SecretRef, Tokens, Url};

use super::client::Fault;
use super::config::{EgilConfig, FederationConfig};
use crate::registry::{ConfigProblem, TargetContext};

/// The way to a receiver.
#[derive(Debug)]
pub(super) enum Door {
    /// The key is kept after it was first fetched and until it is refused.
    WithKey { outbound: Outbound, base: Url, key: Box<Tokens> },
    /// The federation says where, and who may be there.
    Federated(Box<Federated>),
}

/// What a call is made with.
pub(super) struct Open {
    pub(super) outbound: Outbound,
    pub(super) base: Url,
    pub(super) key: Option<Secret>,
}

impl Door {
    pub(super) fn new(config: &EgilConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(&context.user_agent)
        };
        match (&config.federation, &config.api_key) {
            (None, Some(key)) => Self::with_key(config.base()?, key, settings, context),
            (None, None) => Err(ConfigProblem::with("api_key", "missing; or a federation")),
            (Some(federation), None) if config.base_url.is_none() => Self::federated(federation, settings, context),
            (Some(_), _) => Err(ConfigProblem::with("federation", "only instead of base_url and api_key")),
        }
    }

    fn with_key(
        base: Url,
        key: &SecretRef,
        settings: OutboundSettings,
        context: &TargetContext,
    ) -> Result<Self, ConfigProblem> {
        let wrong = |error: CallError| ConfigProblem::with("base_url", error.to_string());
        let outbound = Outbound::for_base(&settings, &base).map_err(wrong)?;
        outbound.check(&base).map_err(wrong)?;
        let outbound = if context.dry_run { outbound.dry_run() } else { outbound };
        let key = Tokens::new(
            Credentials::Static(key.clone()),
            outbound.clone(),
            Arc::clone(&context.secrets),
            Arc::clone(&context.clock),
        );
        Ok(Self::WithKey { outbound, base, key: Box::new(key) })
    }

    fn federated(
        federation: &FederationConfig,
        settings: OutboundSettings,
        context: &TargetContext,
    ) -> Result<Self, ConfigProblem> {
        let certificate = ClientCertificate::new(federation.certificate.clone(), Arc::clone(&context.secrets));
        let wrong = |error: CallError| FederationConfig::problem("metadata_url", error.to_string());
        let clock = Arc::clone(&context.clock);
        let server = federation.server()?;
        let federated = Federated::new(server, certificate, &settings, clock, context.dry_run).map_err(wrong)?;
        Ok(Self::Federated(Box::new(federated)))
    }

    pub(super) async fn open(&self) -> Result<Open, Fault> {
        match self {
            Self::WithKey { outbound, base, key } => {
                let key = key.bearer().await.map_err(Fault::Key)?;
                Ok(Open { outbound: outbound.clone(), base: base.clone(), key: Some(key) })
            }
            Self::Federated(federated) => {
                let (outbound, base) = federated.way().await.map_err(Fault::Federation)?;
                Ok(Open { outbound, base, key: None })
            }
        }
    }

    pub(super) async fn forget_key(&self) {
        if let Self::WithKey { key, .. } = self {
            key.forget().await;
        }
    }
}
