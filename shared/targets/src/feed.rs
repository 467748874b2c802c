//! Targets that come and read instead of being called: what they find here, who may look, and how they are told to.
//!
//! An operation at such a target is that an object is published, or is gone. Where what is published is kept, and who
//! serves it, is not known here.

use async_trait::async_trait;
use outbound::SecretRef;
use outbound::issued::IssuedError;
use rules::news::Changes;
use serde_json::Value;

/// What a target that reads has to be known of.
#[async_trait]
pub trait Feed: Send + Sync + std::fmt::Debug {
    /// The secrets by one of which whoever reads is known.
    fn keys(&self) -> &[SecretRef];

    /// Whether whoever shows a token that another's authorisation server has issued may read here. That no such server is
    /// believed is no error.
    ///
    /// # Errors
    /// [`IssuedError`].
    async fn is_issued_to_reader(&self, token: &str) -> Result<bool, IssuedError> {
        let _ = token;
        Ok(false)
    }

    /// Whether notices may be posted to an address that a reader gives: it must be one that the settings name.
    fn may_tell(&self, address: &str) -> bool;

    /// Posts a notice that there is something to look at.
    ///
    /// # Errors
    /// [`TellError`].
    async fn tell(&self, address: &str, changes: &Changes) -> Result<(), TellError>;

    /// An object as readers see it.
    fn shown(&self, object: &Shown<'_>) -> Value;
}

/// What is shown of an object.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// What it says.
    pub content: &'a Value,
    /// When it was published first.
    pub created: jiff::Timestamp,
    /// When it became what it is.
    pub modified: jiff::Timestamp,
}

/// A reader could not be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct TellError {
    /// A stable code, e.g. `notice.unreachable`.
    pub code: &'static str,
    /// What was seen, without personal data.
    pub detail: String,
    /// Whether the reader wants no more notices there.
    pub is_final: bool,
}
