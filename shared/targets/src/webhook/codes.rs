//! Codes of what receivers answer.

use crate::scim_protocol::Codes;

pub(super) const CODES: Codes = Codes {
    redirected: "webhook_target.redirected",
    refused: "webhook_target.refused",
    no_such_endpoint: "webhook_target.no_such_endpoint",
    conflict: "webhook_target.rejected",
    too_large: "webhook_target.too_large",
    media_type: "webhook_target.rejected",
    not_supported: "webhook_target.no_such_endpoint",
    unavailable: "webhook_target.unavailable",
    rejected: "webhook_target.rejected",
};

/// The receiver wants no more events at this address (Standard Webhooks: 410).
pub(super) const GONE: &str = "webhook_target.endpoint_gone";

/// A key that is to sign cannot be used.
pub(super) const KEY_UNUSABLE: &str = "webhook_target.signing_key_unusable";
