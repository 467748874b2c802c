//! The certificate that the hub shows to servers that want one (mutual TLS).

use std::fmt;
use std::sync::Arc;

use reqwest::Identity;

use crate::error::{CallError, CallErrorKind};
use crate::federation::Pinned;
use crate::secret::{SecretRef, Secrets};

/// A certificate to show, kept as a secret: certificate (and those above it), then private key, in PEM.
#[derive(Clone)]
pub struct ClientCertificate {
    reference: SecretRef,
    secrets: Arc<dyn Secrets>,
    /// The only servers that it is shown to; `None`: any whom the platform trusts.
    pinned: Option<Pinned>,
}

/// A certificate to be shown.
pub(crate) enum Shown {
    /// To any server whom the platform trusts.
    ToAnybody(Identity),
    /// Only to servers known beforehand.
    ToPinned(Box<rustls::ClientConfig>),
}

impl ClientCertificate {
    /// The certificate that a reference names.
    #[must_use]
    pub fn new(reference: SecretRef, secrets: Arc<dyn Secrets>) -> Self {
        Self { reference, secrets, pinned: None }
    }

    /// The same, shown to these servers only.
    pub(crate) fn only_to(self, pinned: Pinned) -> Self {
        Self { pinned: Some(pinned), ..self }
    }

    /// Fetches it.
    ///
    /// # Errors
    /// `outbound.certificate_unusable`; `outbound.connect` when its keeper does not answer for the moment.
    pub(crate) async fn shown(&self, host: &str) -> Result<Shown, CallError> {
        let unusable = || CallError::new(CallErrorKind::CertificateUnusable, false, host);
        let secret = self.secrets.resolve(&self.reference).await.map_err(|error| {
            let passing = error.is_passing();
            let kind = if passing { CallErrorKind::Connect } else { CallErrorKind::CertificateUnusable };
            CallError::new(kind, false, host).because(error)
        })?;
        // What the client says of a certificate that is none is not passed on: nobody promised that it repeats nothing.
        let pem = secret.expose().as_bytes();
        match &self.pinned {
            None => Identity::from_pem(pem).map(Shown::ToAnybody).map_err(|_| unusable()),
            Some(pinned) => pinned.tls(pem).map(|it| Shown::ToPinned(Box::new(it))).ok_or_else(unusable),
        }
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientCertificate").field(&self.reference).finish()
    }
}
