//! What is answered when a ring is not accepted: problem documents (RFC 9457), which tell nothing about anybody.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sources::doorbell::DoorbellError;
use sources::file_drop::landing::{LandingError, Unacceptable};

use crate::signature::Unproven;

/// Why a ring was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No such tenant, source or token; which of them is not told.
    NoSuchDoor,
    /// The body is too large.
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// The body cannot be read.
    Unreadable,
    /// Too many rings.
    TooLoud,
    /// The source signs, and this is not its own ring.
    Unproven(Unproven),
    /// What is to be sent is not taken.
    Unacceptable(Unacceptable),
    /// What was sent cannot land.
    Landing(LandingError),
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

impl From<Unproven> for Problem {
    fn from(unproven: Unproven) -> Self {
        Self::Unproven(unproven)
    }
}

impl From<Unacceptable> for Problem {
    fn from(unacceptable: Unacceptable) -> Self {
        Self::Unacceptable(unacceptable)
    }
}

impl From<LandingError> for Problem {
    fn from(error: LandingError) -> Self {
        Self::Landing(error)
    }
}

impl Problem {
    /// A stable code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NoSuchDoor => "webhook.no_such_door",
            Self::TooLarge => "doorbell.too_large",
            Self::TooSlow => "webhook.too_slow",
            Self::Unreadable => "doorbell.unreadable",
            Self::TooLoud => "webhook.too_many_rings",
            Self::Unproven(Unproven::Missing) => "webhook.signature_missing",
            Self::Unproven(Unproven::Stale) => "webhook.signature_stale",
            Self::Unproven(Unproven::Wrong) => "webhook.signature_wrong",
            Self::Unacceptable(unacceptable) => unacceptable.code(),
            Self::Landing(error) => error.code(),
            Self::NotNow => "webhook.not_now",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::NoSuchDoor => "There is nothing at this address.",
            Self::TooLarge => "The body is too large: 64 KiB, or a part of a file of 4 MiB.",
            Self::TooSlow => "The body did not come within ten seconds, or a part of a file within two minutes.",
            Self::Unreadable => "The body is not what this source sends.",
            Self::TooLoud => "Ring less often: one ring tells everything.",
            Self::Unproven(Unproven::Missing) => {
                "This source signs its rings by Standard Webhooks; this one is not signed."
            }
            Self::Unproven(Unproven::Stale) => "The time of the ring is more than five minutes from now.",
            Self::Unproven(Unproven::Wrong) => "The signature is by no key that is known here.",
            Self::Unacceptable(_) => "What is to be sent is not taken.",
            Self::Landing(LandingError::Unreachable) | Self::NotNow => "Try again in a while.",
            Self::Landing(LandingError::NotAnnounced) => "Announce first what is to be sent.",
            Self::Landing(LandingError::NoSuchPart) => "This is not a part of what was announced.",
            Self::Landing(LandingError::Incomplete) => {
                "Not all parts have come: announce again to be told which are missing."
            }
            Self::Landing(LandingError::Altered) => {
                "A file is not what was announced: announce again and send it anew."
            }
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::NoSuchDoor => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLoud => StatusCode::TOO_MANY_REQUESTS,
            Self::Unproven(_) => StatusCode::UNAUTHORIZED,
            Self::Unacceptable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Landing(LandingError::NoSuchPart) => StatusCode::BAD_REQUEST,
            Self::Landing(LandingError::NotAnnounced | LandingError::Incomplete | LandingError::Altered) => {
                StatusCode::CONFLICT
            }
            Self::Landing(LandingError::Unreachable) | Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn headers(self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::TooLoud | Self::NotNow | Self::Landing(LandingError::Unreachable) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("60"))
            }
            // RFC 9110 §11.6.1 demands a challenge; there is no registered name for this scheme.
            Self::Unproven(_) => headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("StandardWebhooks")),
            _ => None,
        };
        headers
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut document = serde_json::json!({
            "type": format!("urn:skolbro:problem:{}", self.code()),
            "title": self.title(),
            "status": self.status().as_u16(),
            "code": self.code(),
        });
        if let Self::Unacceptable(unacceptable) = self {
            document["detail"] = unacceptable.to_string().into();
        }
        (self.status(), self.headers(), document.to_string()).into_response()
    }
}
