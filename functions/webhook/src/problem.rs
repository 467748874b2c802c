//! What is answered when a ring is not accepted: problem documents (RFC 9457), which tell nothing about anybody.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sources::doorbell::DoorbellError;

/// Why a ring was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No such tenant, source or token; which of them is not told.
    NoSuchDoor,
    /// The body is too large.
    TooLarge,
    /// The body cannot be read.
    Unreadable,
    /// Too many rings.
    TooLoud,
    /// The hub cannot pass it on.
    NotNow,
}

impl From<DoorbellError> for Problem {
    fn from(error: DoorbellError) -> Self {
        match error {
            DoorbellError::TooLarge => Self::TooLarge,
            DoorbellError::Unreadable => Self::Unreadable,
        }
    }
}

impl Problem {
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NoSuchDoor => (StatusCode::NOT_FOUND, "webhook.no_such_door", "There is nothing at this address."),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "doorbell.too_large", "The body is larger than 64 KiB."),
            Self::Unreadable => {
                (StatusCode::BAD_REQUEST, "doorbell.unreadable", "The body is not what this source sends.")
            }
            Self::TooLoud => {
                (StatusCode::TOO_MANY_REQUESTS, "webhook.too_many_rings", "Ring less often: one ring tells everything.")
            }
            Self::NotNow => (StatusCode::SERVICE_UNAVAILABLE, "webhook.not_now", "Try again in a while."),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.parts();
        let document = serde_json::json!({
            "type": format!("urn:skolbro:problem:{code}"),
            "title": title,
            "status": status.as_u16(),
            "code": code,
        });
        let again = if matches!(self, Self::TooLoud | Self::NotNow) {
            (header::RETRY_AFTER, "60")
        } else {
            (header::CACHE_CONTROL, "no-store")
        };
        let content = (header::CONTENT_TYPE, "application/problem+json");
        (status, [content, again], document.to_string()).into_response()
    }
}
