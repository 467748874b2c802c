//! From what happened to a call to what can be done about it, the same for every source.

use jiff::Timestamp;
use outbound::{Answer, CallError, CallErrorKind, TokenError};

use crate::{SourceError, SourceErrorKind};

/// How long to wait when a source asks for patience without saying how much, in seconds.
const USUAL_PATIENCE: u64 = 30;

impl SourceError {
    pub(crate) fn new(kind: SourceErrorKind, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, code, detail: detail.into(), memory: None, cause: None }
    }

    pub(crate) fn contract(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(SourceErrorKind::Contract, code, detail)
    }

    pub(crate) fn full_read_needed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(SourceErrorKind::FullReadNeeded, code, detail)
    }

    pub(crate) fn page_unreadable(detail: impl Into<String>) -> Self {
        Self::contract("source.page_unreadable", detail)
    }

    pub(crate) fn because(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    pub(crate) fn remembering(mut self, memory: Option<String>) -> Self {
        self.memory = memory;
        self
    }
}

impl From<CallError> for SourceError {
    fn from(error: CallError) -> Self {
        let (kind, code) = match error.kind() {
            CallErrorKind::AddressRefused | CallErrorKind::SchemeRefused | CallErrorKind::CredentialsInUrl => {
                (SourceErrorKind::Configuration, "source.address_refused")
            }
            CallErrorKind::CertificateUnusable => (SourceErrorKind::Configuration, "source.certificate_unusable"),
            CallErrorKind::BodyTooLarge => (SourceErrorKind::Contract, "source.page_too_large"),
            _ => (SourceErrorKind::Passing, "source.page_failed"),
        };
        Self::new(kind, code, error.code()).because(error)
    }
}

impl From<TokenError> for SourceError {
    fn from(error: TokenError) -> Self {
        let kind = match &error {
            _ if error.is_passing() => SourceErrorKind::Passing,
            TokenError::Secret(_) => SourceErrorKind::Configuration,
            _ => SourceErrorKind::Refused,
        };
        Self::new(kind, error.code(), "no access token").because(error)
    }
}

/// A failure that the answer to a call is.
pub(crate) fn of_answer(answer: &Answer, now: Timestamp) -> SourceError {
    let detail = format!("HTTP {}", answer.status);
    match answer.status {
        401 | 403 => SourceError::new(SourceErrorKind::Refused, "source.refused", detail),
        429 => SourceError::new(SourceErrorKind::Throttled(patience(answer, now)), "source.throttled", detail),
        503 if answer.retry_after(now).is_some() => {
            SourceError::new(SourceErrorKind::Throttled(patience(answer, now)), "source.throttled", detail)
        }
        status if passes(status) => SourceError::new(SourceErrorKind::Passing, "source.page_failed", detail),
        _ => SourceError::contract("source.unexpected_answer", detail),
    }
}

/// Whether the same request may succeed a moment later. 501 is an answer: the source cannot do it.
pub(crate) const fn passes(status: u16) -> bool {
    matches!(status, 408 | 500 | 502..=599)
}

fn patience(answer: &Answer, now: Timestamp) -> u64 {
    let asked = answer.retry_after(now);
    asked.map_or(USUAL_PATIENCE, |wait| wait.as_secs().max(1))
}
