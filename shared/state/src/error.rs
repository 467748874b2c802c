//! What can go wrong with the table.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Somebody else wrote the item first. The caller reads again and decides again.
    #[error("state.conflict: the item was changed by somebody else")]
    Conflict,
    /// Others wrote the item first at every try. Whoever asked comes back later.
    #[error("state.contended: others were first at every try to use the item {key}")]
    Contended {
        /// The item's key; it holds no personal data.
        key: String,
    },
    /// The table does not answer, or not in time, after the client's own retries.
    #[error("state.unavailable: {operation} failed ({code})")]
    Unavailable {
        /// The operation, e.g. `PutItem`.
        operation: &'static str,
        /// DynamoDB's own code.
        code: String,
        /// The cause.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An item cannot be read as what it should be.
    #[error("state.corrupt: the item {key} cannot be read")]
    Corrupt {
        /// The item's key; it holds no personal data.
        key: String,
        /// The cause, without the item's content.
        reason: String,
    },
}

impl StateError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Conflict => "state.conflict",
            Self::Contended { .. } => "state.contended",
            Self::Unavailable { .. } => "state.unavailable",
            Self::Corrupt { .. } => "state.corrupt",
        }
    }

    pub(crate) fn contended(pk: &str, sk: &str) -> Self {
        Self::Contended { key: format!("{pk}/{sk}") }
    }

    pub(crate) fn from_sdk<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        move |error| {
            let code = error.code().unwrap_or("no answer").to_owned();
            Self::Unavailable { operation, code, cause: Box::new(error) }
        }
    }

    pub(crate) fn build(operation: &'static str) -> impl FnOnce(aws_sdk_dynamodb::error::BuildError) -> Self {
        move |error| Self::Unavailable { operation, code: "request".to_owned(), cause: Box::new(error) }
    }
}
