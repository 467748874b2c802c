//! A register's contract – an OpenAPI 3.0 document – and what deviates from it.
//!
//! The official document of SS 12000 has no licence, so it is no part of this project: it is read where it is present,
//! and nothing is checked where it is not. The feature `contract` brings the libraries that this needs.

#[cfg(not(feature = "contract"))]
mod absent;
#[cfg(feature = "contract")]
mod document;
#[cfg(feature = "contract")]
mod media;
#[cfg(feature = "contract")]
mod official;
#[cfg(feature = "contract")]
mod operation;
#[cfg(feature = "contract")]
mod parameter;
#[cfg(feature = "contract")]
mod path;
#[cfg(feature = "contract")]
mod present;
#[cfg(feature = "contract")]
mod schema;

#[cfg(not(feature = "contract"))]
pub use absent::Contract;
#[cfg(feature = "contract")]
pub use present::Contract;

use serde_json::Value;
use std::env;
use std::path::PathBuf;

/// A request, as far as a contract speaks about it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Such as `GET`.
    pub method: &'a str,
    /// Below the server's address, such as `/persons/lookup`.
    pub path: &'a str,
    /// The query string's names and values in order, decoded.
    pub query: &'a [(String, String)],
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The body as it came.
    pub body: &'a [u8],
}

/// An answer with a JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The request's path.
    pub path: &'a str,
    /// Status code.
    pub status: u16,
    /// The body.
    pub body: &'a Value,
}

/// Something that is not as the contract has it. Never repeats a value: those are people's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation {
    /// Where: a JSON pointer into the body, or `path`, `query`, `body`.
    pub at: String,
    /// What is wrong, such as `is no date-time`.
    pub why: String,
}

impl std::fmt::Display for Deviation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.at, self.why)
    }
}

/// Where the official documents are. Asked for while it runs, so that no program carries the path it was built in.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = env::var_os("SKOLBRO_CONTRACTS").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?).join("../../../shared/contracts")))
}
