//! A call as it came, alone or within a batch.

use super::GoogleServer;
use percent_encoding::percent_decode_str;

/// One of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Directory,
    Classroom,
}

impl Api {
    /// The API at a host.
    pub(super) fn at(host: &str) -> Option<Self> {
        match host {
            GoogleServer::DIRECTORY => Some(Self::Directory),
            GoogleServer::CLASSROOM => Some(Self::Classroom),
            _ => None,
        }
    }

    /// What every path begins with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Directory => "/admin/directory/v1/",
            Self::Classroom => "/v1/",
        }
    }

    /// Where batches are posted: the discovery documents' `batchPath`, and the Directory's own.
    pub(super) fn takes_batches_at(self, path: &str) -> bool {
        path == "/batch" || (self == Self::Directory && path == "/batch/admin/directory_v1")
    }
}

/// A call, nothing of which is understood yet.
pub(super) struct Asked<'a> {
    pub(super) api: Api,
    pub(super) method: &'a str,
    /// Path and query, as they came.
    pub(super) target: &'a str,
    /// `Authorization`.
    pub(super) authorization: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
    pub(super) body: &'a [u8],
    /// It came within a batch.
    pub(super) in_batch: bool,
    /// Its token is the one of another part of the batch, which was asked about before.
    pub(super) shares_token: bool,
    /// The token is to stop working at this very use.
    pub(super) token_expires: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn path(&self) -> &'a str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query's names and values, decoded.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        pairs(self.target.split_once('?').map(|it| it.1).unwrap_or_default())
    }

    pub(super) fn bearer(&self) -> Option<&'a str> {
        self.authorization?.strip_prefix("Bearer ")
    }
}

/// A segment of a path, decoded.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The names and values of a query or a form, decoded.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|it| !it.is_empty()).map(|it| it.split_once('=').unwrap_or((it, "")));
    pairs.map(|(name, value)| (decoded_query(name), decoded_query(value))).collect()
}

fn decoded_query(text: &str) -> String {
    decoded(&text.replace('+', " "))
}
