//! An answer to a request, whether it came by itself or in a batch.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Value,
}

/// A request, as far as it is looked at.
pub(super) struct Asked<'a> {
    /// Below the version, without a leading slash, such as `education/users/delta`.
    pub(super) path: &'a str,
    /// Names and values in order, decoded.
    pub(super) query: &'a [(String, String)],
    /// Headers with their names in lower case.
    pub(super) headers: &'a [(String, String)],
}

impl Asked<'_> {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// `Prefer: odata.maxpagesize=…`, and `$top`.
    pub(super) fn page_size(&self, largest: usize) -> usize {
        let preferred = self.header("prefer").and_then(|it| it.strip_prefix("odata.maxpagesize=")?.parse().ok());
        let top = self.parameter("$top").and_then(|it| it.parse().ok());
        top.or(preferred).unwrap_or(100).clamp(1, largest)
    }
}

impl Reply {
    pub(super) fn given(body: Value) -> Self {
        Self { status: 200, headers: Vec::new(), body }
    }

    pub(super) fn refused(status: u16, code: &str) -> Self {
        Self { status, headers: Vec::new(), body: json!({"error": {"code": code, "message": "refused"}}) }
    }

    pub(super) fn not_found() -> Self {
        Self::refused(404, "Request_ResourceNotFound")
    }

    pub(super) fn bad(code: &str) -> Self {
        Self::refused(400, code)
    }

    pub(super) fn throttled() -> Self {
        let refused = Self::refused(429, "TooManyRequests");
        Self { headers: vec![("Retry-After", "13".to_owned())], ..refused }
    }

    /// As a part of a batch's answer.
    pub(super) fn as_part(&self, id: &str) -> Value {
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({"id": id, "status": self.status, "headers": headers, "body": self.body})
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value)
                && let Ok(name) = header::HeaderName::from_bytes(name.as_bytes())
            {
                headers.insert(name, value);
            }
        }
        (status, headers, axum::Json(self.body)).into_response()
    }
}
