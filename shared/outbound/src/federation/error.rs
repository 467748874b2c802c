//! Why there is no way to a federated server.

use crate::error::CallError;

/// Why there is no way to a federated server.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// The metadata's publisher gave no answer, or its address or the server's may not be called.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The publisher answered with this status.
    #[error("the federation's metadata were not given: HTTP {0}")]
    Unavailable(u16),
    /// The metadata have another form.
    #[error("the federation's metadata cannot be read: {0}")]
    Unreadable(&'static str),
    /// None of the configured keys has signed the metadata.
    #[error("the federation's metadata are not signed by a key that is configured")]
    NotSigned,
    /// The metadata are too old, or from the future.
    #[error("the federation's metadata have expired, or are from the future")]
    Expired,
    /// The metadata do not name the entity.
    #[error("the federation's metadata do not name the entity")]
    EntityUnknown,
    /// The entity has no server with exactly these tags, or several.
    #[error("the entity does not have one server with these tags")]
    ServerUnknown,
}

impl FederationError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Call(error) => error.code(),
            Self::Unavailable(_) => "federation.metadata_unavailable",
            Self::Unreadable(_) => "federation.metadata_unreadable",
            Self::NotSigned => "federation.not_signed",
            Self::Expired => "federation.metadata_expired",
            Self::EntityUnknown => "federation.entity_unknown",
            Self::ServerUnknown => "federation.server_unknown",
        }
    }
}
