//! Codes of what receivers answer.

use crate::scim_protocol::Codes;

pub(super) const CODES: Codes = Codes {
    redirected: "scim.redirected",
    refused: "scim.refused",
    no_such_endpoint: "scim.no_such_endpoint",
    conflict: "scim.conflict",
    too_large: "scim.too_large",
    media_type: "scim.media_type",
    not_supported: "scim.not_supported",
    unavailable: "scim.unavailable",
    rejected: "scim.rejected",
};
