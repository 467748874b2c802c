//! The digest of a body, which SQS takes for a deduplication id when none is given: SHA-256 in hexadecimal.

use std::fmt::Write;

use sha2::{Digest, Sha256};

pub(crate) fn digest(body: &str) -> String {
    Sha256::digest(body).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
