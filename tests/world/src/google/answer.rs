//! Answers and refusals, in the shapes of the two APIs.

use super::call::Api;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What a call came to.
pub(super) type Outcome = Result<Answer, Refusal>;

/// An answer that is no error.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
}

/// An error. The Directory API tells the cause in `errors[].reason`, Classroom in `status` and in a word that begins
/// the message with `@` [contracts: targets, 2.4].
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    api: Api,
    /// `reason` or `status`.
    cause: &'static str,
    message: String,
}

impl Answer {
    pub(super) fn given(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// What the Directory API says when there is nothing to say.
    pub(super) fn nothing() -> Self {
        Self { status: 204, body: None }
    }
}

impl Refusal {
    pub(super) fn directory(status: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { status, api: Api::Directory, cause: reason, message: message.into() }
    }

    /// 400 with the reason `invalid`.
    pub(super) fn invalid(what: &str) -> Self {
        Self::directory(400, "invalid", format!("Invalid Input: {what}"))
    }

    /// 404 of the Directory API, naming the key that leads nowhere.
    pub(super) fn no_such(key: &str) -> Self {
        Self::directory(404, "notFound", format!("Resource Not Found: {key}"))
    }

    pub(super) fn duplicate() -> Self {
        Self::directory(409, "duplicate", "Entity already exists.")
    }

    pub(super) fn classroom(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, api: Api::Classroom, cause: code, message: message.into() }
    }

    pub(super) fn not_found() -> Self {
        Self::classroom(404, "NOT_FOUND", "Requested entity was not found.")
    }

    pub(super) fn argument(what: impl Into<String>) -> Self {
        Self::classroom(400, "INVALID_ARGUMENT", what)
    }

    /// 400 `FAILED_PRECONDITION` with its detail, or without one.
    pub(super) fn precondition(detail: Option<&str>) -> Self {
        let plain = "Precondition check failed.";
        let message = detail.map_or_else(|| plain.to_owned(), |detail| format!("@{detail} {plain}"));
        Self::classroom(400, "FAILED_PRECONDITION", message)
    }

    /// 403 `PERMISSION_DENIED` with its detail, or without one.
    pub(super) fn denied(detail: Option<&str>) -> Self {
        let plain = "The caller does not have permission";
        let message = detail.map_or_else(|| plain.to_owned(), |detail| format!("@{detail} {plain}"));
        Self::classroom(403, "PERMISSION_DENIED", message)
    }

    /// 400: something in the request is not understood, in either API's shape.
    pub(super) fn malformed(api: Api, message: impl Into<String>) -> Self {
        match api {
            Api::Directory => Self::directory(400, "badRequest", message),
            Api::Classroom => Self::argument(message),
        }
    }

    pub(super) fn unauthenticated(api: Api) -> Self {
        let message = "Request had invalid authentication credentials.";
        match api {
            Api::Directory => Self::directory(401, "authError", message),
            Api::Classroom => Self::classroom(401, "UNAUTHENTICATED", message),
        }
    }

    pub(super) fn insufficient_scopes(api: Api) -> Self {
        let message = "Request had insufficient authentication scopes.";
        match api {
            Api::Directory => Self::directory(403, "insufficientPermissions", message),
            Api::Classroom => Self::classroom(403, "PERMISSION_DENIED", message),
        }
    }

    pub(super) fn no_such_method(api: Api) -> Self {
        match api {
            Api::Directory => Self::directory(404, "notFound", "Not Found"),
            Api::Classroom => Self::classroom(404, "NOT_FOUND", "Method not found."),
        }
    }

    /// Whether the same call can never succeed by itself: neither a limit, nor a lag, nor something that is on its way.
    pub(super) fn is_permanent(&self) -> bool {
        let passes = [
            "userRateLimitExceeded",
            "quotaExceeded",
            "rateLimitExceeded",
            "RESOURCE_EXHAUSTED",
            "conflict",
            "ABORTED",
        ];
        let waits = self.message.contains("@CannotDirectAddUser");
        matches!(self.status, 400 | 403 | 409 | 412) && !passes.contains(&self.cause) && !waits
    }

    pub(super) fn body(&self) -> Value {
        let mut error = json!({"code": self.status, "message": self.message});
        let Some(fields) = error.as_object_mut() else { return Value::Null };
        if self.api == Api::Directory {
            let domain = if self.is_about_usage() { "usageLimits" } else { "global" };
            let mut one = json!({"message": self.message, "domain": domain, "reason": self.cause});
            if let (401, Some(one)) = (self.status, one.as_object_mut()) {
                one.extend([
                    ("location".to_owned(), json!("Authorization")),
                    ("locationType".to_owned(), json!("header")),
                ]);
            }
            fields.insert("errors".to_owned(), json!([one]));
        }
        if let Some(status) = self.canonical_status() {
            fields.insert("status".to_owned(), json!(status));
        }
        json!({"error": error})
    }

    fn is_about_usage(&self) -> bool {
        self.cause.ends_with("Exceeded")
    }

    /// The Directory API has a `status` only where the platform in front of it answers.
    fn canonical_status(&self) -> Option<&'static str> {
        match (self.api, self.status) {
            (Api::Classroom, _) => Some(self.cause),
            (Api::Directory, 401) => Some("UNAUTHENTICATED"),
            (Api::Directory, 429) => Some("RESOURCE_EXHAUSTED"),
            (Api::Directory, 400) if self.cause == "badRequest" => Some("INVALID_ARGUMENT"),
            (Api::Directory, 403) if self.cause == "insufficientPermissions" => Some("PERMISSION_DENIED"),
            (Api::Directory, _) => None,
        }
    }
}

/// Status and body of what a call came to.
pub(super) fn told(outcome: Outcome) -> (u16, Option<Value>) {
    match outcome {
        Ok(answer) => (answer.status, answer.body),
        Err(refusal) => (refusal.status, Some(refusal.body())),
    }
}

/// A call's outcome as an answer of its own.
pub(super) fn response(outcome: Outcome) -> Response {
    let (status, body) = told(outcome);
    let mut headers = HeaderMap::new();
    if status == 401 {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"https://accounts.google.com/\""),
        );
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        Some(body) => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
            (status, headers, body.to_string()).into_response()
        }
        None => (status, headers).into_response(),
    }
}
