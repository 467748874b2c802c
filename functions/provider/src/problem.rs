//! What is answered instead of what was asked for: the contract's `Error`, which tells nothing about anybody.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use state::StateError;
use sync::SyncError;
use targets::ss12000_provider::question::Unanswerable;

/// Why something is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No such tenant or target, or no token of it; which of them is not told.
    Unknown,
    /// There is no such list.
    NoSuchList,
    /// There is no such object or subscription.
    NotFound,
    /// What is asked for cannot be understood, or is not offered.
    Unanswerable(Unanswerable),
    /// The body is too large, did not come in time, or is no JSON.
    Body(&'static str),
    /// Notices are not posted to that address.
    NotTold,
    /// There are as many subscriptions as there may be.
    TooManySubscriptions,
    /// It would take too long.
    TooMuch,
    /// The reader comes too often.
    TooOften,
    /// The hub cannot answer now.
    NotNow,
}

impl From<Unanswerable> for Problem {
    fn from(why: Unanswerable) -> Self {
        Self::Unanswerable(why)
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        tracing::error!(code = error.code(), error = %error, "A reader could not be answered.");
        Self::NotNow
    }
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        SyncError::from(error).into()
    }
}

impl Problem {
    /// A stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "provider.unknown",
            Self::NoSuchList => "provider.no_such_list",
            Self::NotFound => "provider.not_found",
            Self::Unanswerable(why) => why.code,
            Self::Body(_) => "provider.body_unreadable",
            Self::NotTold => "provider.address_not_allowed",
            Self::TooManySubscriptions => "provider.too_many_subscriptions",
            Self::TooMuch => "provider.too_much",
            Self::TooOften => "provider.too_often",
            Self::NotNow => "provider.not_now",
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Unknown => "There is nothing here for this token.",
            Self::NoSuchList => "There is no such list here.",
            Self::NotFound => "There is nothing of this identity.",
            Self::Unanswerable(why) => &why.message,
            Self::Body(why) => why,
            Self::NotTold => "Notices are posted only to addresses that have been agreed.",
            Self::TooManySubscriptions => "There are too many subscriptions: end some, or let them expire.",
            Self::TooMuch => "There is too much to look through: ask for a list.",
            Self::TooOften => "Come less often: 20 times a second, 100 at once.",
            Self::NotNow => "Try again in a while.",
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::NoSuchList | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unanswerable(_) | Self::Body(_) | Self::NotTold => StatusCode::BAD_REQUEST,
            Self::TooManySubscriptions => StatusCode::CONFLICT,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::TooMuch | Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({"code": self.code(), "message": self.message()}).to_string();
        let mut response = (self.status(), [("content-type", "application/json"), ("cache-control", "no-store")], body)
            .into_response();
        let further = match self {
            Self::Unknown => Some(("www-authenticate", "Bearer")),
            Self::TooOften => Some(("retry-after", "5")),
            Self::NotNow => Some(("retry-after", "60")),
            _ => None,
        };
        if let Some((name, value)) = further {
            response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
        }
        response
    }
}
