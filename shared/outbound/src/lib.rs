//! Outgoing HTTP: limits, TLS, redirect and address policy, OAuth 2.0 tokens, secrets by reference. Which places settings may
//! name for files; and whose tokens those may show who come here, which their issuer's published keys tell.
//!
//! Every call that leaves the hub goes through [`Outbound`]: bounded in time and size, following no redirect, using
//! no proxy from the environment, reaching no address inside the network unless the configuration names it.
//! Nothing printed here holds a secret, a query string or a body.
//!
//! This crate must not know: sources, targets, tenants, AWS.

mod address;
mod answer;
mod certificate;
mod client;
mod dry_run;
mod error;
pub mod federation;
mod file_place;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod issued;
mod request;
mod resolver;
pub mod secret;
mod signature;
pub mod token;
mod transport;

#[cfg(test)]
mod tests;

pub use answer::{Answer, InvalidBody};
pub use certificate::ClientCertificate;
pub use client::{Outbound, OutboundSettings, TakeBytes};
pub use dry_run::WithheldCall;
pub use error::{CallError, CallErrorKind};
pub use file_place::{FilePlace, NoFilePlace};
pub use request::Request;
pub use reqwest::{Method, Url};
pub use secret::{EnvironmentSecrets, FixedSecrets, Secret, SecretError, SecretRef, Secrets};
pub use signature::SigningKey;
pub use token::{ClientCredentials, CredentialStyle, Credentials, ServiceAccount, TokenError, Tokens, Transaction};
pub use transport::{Carried, Transport};
