//! Codes of what receivers answer.

use crate::scim_protocol::Codes;

pub(crate) const CODES: Codes = Codes {
    redirected: "egil.redirected",
    refused: "egil.refused",
    no_such_endpoint: "egil.no_such_endpoint",
    conflict: "egil.conflict",
    too_large: "egil.too_large",
    media_type: "egil.media_type",
    not_supported: "egil.not_supported",
    unavailable: "egil.unavailable",
    rejected: "egil.rejected",
};
