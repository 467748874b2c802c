//! What a receiver says that it can [RFC 7643 §5].

use serde::Deserialize;

/// What a receiver says that it can. What it says nothing of, it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) struct Capabilities {
    #[serde(default)]
    pub(super) patch: Supported,
    #[serde(default)]
    pub(super) filter: Supported,
}

/// One of the things that a receiver may be able to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) struct Supported {
    #[serde(default)]
    pub(super) supported: bool,
}
