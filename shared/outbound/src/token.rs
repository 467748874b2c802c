//! OAuth 2.0 access tokens for calls from system to system.

mod fetch;
mod service_account;
mod transaction;

#[cfg(feature = "fuzzing")]
pub(crate) use fetch::read;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use roster::Clock;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::client::Outbound;
use crate::secret::{Secret, SecretError, SecretRef, Secrets};

pub use service_account::ServiceAccount;
pub use transaction::Transaction;

/// How client id and secret are sent (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CredentialStyle {
    /// As fields of the form.
    #[default]
    Body,
    /// As HTTP Basic.
    Basic,
}

/// The client credentials grant (RFC 6749 §4.4).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCredentials {
    /// The token endpoint.
    pub token_url: String,
    /// Who we are there.
    pub client_id: String,
    /// Where our secret is kept.
    pub client_secret: SecretRef,
    /// What we ask for, as that server spells it.
    #[serde(default)]
    pub scope: Option<String>,
    /// How the secret is sent.
    #[serde(default)]
    pub style: CredentialStyle,
}

/// What a bearer token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Fetched with the client credentials grant.
    Client(ClientCredentials),
    /// A token issued once and kept as a secret.
    Static(SecretRef),
}

/// No token. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token server says no, or its address is no address: somebody must act.
    #[error("token.refused: {0}")]
    Refused(String),
    /// The token server does not answer as it should; it passes.
    #[error("token.unavailable: {0}")]
    Unavailable(String),
    /// The secret is no key that a service account could sign with: somebody must act.
    #[error("token.key_unusable: {0}")]
    KeyUnusable(&'static str),
    /// The secret could not be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl TokenError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "token.refused",
            Self::Unavailable(_) => "token.unavailable",
            Self::KeyUnusable(_) => "token.key_unusable",
            Self::Secret(error) => error.code(),
        }
    }

    /// Whether the fault passes by itself; otherwise somebody must act.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Refused(_) | Self::KeyUnusable(_) => false,
            Self::Unavailable(_) => true,
            Self::Secret(error) => error.is_passing(),
        }
    }
}

/// Bearer tokens for one API: fetched when needed, kept until shortly before they expire.
pub struct Tokens {
    grant: Grant,
    outbound: Outbound,
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    fetches: AtomicU64,
    kept: Mutex<Kept>,
}

/// How tokens are come by.
#[derive(Debug)]
enum Grant {
    Credentials(Credentials),
    ServiceAccount(ServiceAccount),
    Transaction(Transaction),
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    /// Why the newest fetch failed, for those who waited for it.
    failure: Option<TokenError>,
}

pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// When it is no longer used; `None`: it is used until it is refused.
    pub(crate) fresh_until: Option<Timestamp>,
}

impl Tokens {
    /// Tokens by these credentials. `outbound` must be able to reach the token endpoint.
    #[must_use]
    pub fn new(credentials: Credentials, outbound: Outbound, secrets: Arc<dyn Secrets>, clock: Arc<dyn Clock>) -> Self {
        Self::by(Grant::Credentials(credentials), outbound, secrets, clock)
    }

    /// Tokens that a service account signs for. `outbound` must be able to reach the token endpoint.
    #[must_use]
    pub fn of_service_account(
        account: ServiceAccount,
        outbound: Outbound,
        secrets: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::by(Grant::ServiceAccount(account), outbound, secrets, clock)
    }

    /// Tokens of transactions. `outbound` must be able to reach where they are begun, and show the certificate.
    #[must_use]
    pub fn of_transaction(
        transaction: Transaction,
        outbound: Outbound,
        secrets: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::by(Grant::Transaction(transaction), outbound, secrets, clock)
    }

    fn by(grant: Grant, outbound: Outbound, secrets: Arc<dyn Secrets>, clock: Arc<dyn Clock>) -> Self {
        Self { grant, outbound, secrets, clock, fetches: AtomicU64::new(0), kept: Mutex::default() }
    }

    /// A token that is good now. Callers at the same time share one fetch, and its failure.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn bearer(&self) -> Result<Secret, TokenError> {
        let seen = self.fetches.load(Ordering::Acquire);
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.token.as_ref().filter(|it| self.is_fresh(it)) {
            return Ok(token.secret.clone());
        }
        if let Some(failure) = kept.failure.as_ref().filter(|_| self.fetches.load(Ordering::Acquire) != seen) {
            return Err(failure.clone());
        }
        let fetched = self.fetch().await;
        self.fetches.fetch_add(1, Ordering::Release);
        kept.failure = fetched.as_ref().err().cloned();
        let token = fetched?;
        let secret = token.secret.clone();
        kept.token = Some(token);
        Ok(secret)
    }

    /// Forgets the token, after it was refused (401).
    pub async fn forget(&self) {
        self.kept.lock().await.token = None;
    }

    fn is_fresh(&self, token: &Token) -> bool {
        token.fresh_until.is_none_or(|until| self.clock.now() < until)
    }

    async fn fetch(&self) -> Result<Token, TokenError> {
        match &self.grant {
            Grant::Credentials(Credentials::Client(client)) => {
                let secret = self.secrets.resolve(&client.client_secret).await?;
                fetch::fetch(&self.outbound, client, &secret, self.clock.now()).await
            }
            Grant::ServiceAccount(account) => {
                let key = self.secrets.resolve(&account.key).await?;
                service_account::fetch(&self.outbound, account, &key, self.clock.now()).await
            }
            Grant::Transaction(it) => {
                let certificate = self.secrets.resolve(&it.certificate).await?;
                transaction::fetch(&self.outbound, it, &certificate, self.clock.now()).await
            }
            Grant::Credentials(Credentials::Static(reference)) => {
                Ok(Token { secret: self.secrets.resolve(reference).await?, fresh_until: None })
            }
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("grant", &self.grant).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
