//! Answers and refusals, in the standard's shapes.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// What a request came to.
pub(super) type Outcome = Result<Answer, Refusal>;

/// An answer that is no error.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    /// `ETag`.
    pub(super) version: Option<String>,
    /// Where the resource is that this is about.
    pub(super) location: Option<String>,
}

/// An error.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    kind: Option<&'static str>,
    detail: String,
}

impl Answer {
    pub(super) fn given(body: Value) -> Self {
        Self { status: 200, body: Some(body), version: None, location: None }
    }
}

impl Refusal {
    /// An error without a `scimType`.
    pub(super) fn plain(status: u16, detail: &str) -> Self {
        Self { status, kind: None, detail: detail.to_owned() }
    }

    /// 400 with a `scimType`.
    pub(super) fn bad(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status: 400, kind: Some(kind), detail: detail.into() }
    }

    pub(super) fn taken(attribute: &str) -> Self {
        Self { status: 409, kind: Some("uniqueness"), detail: format!("{attribute} is taken") }
    }

    pub(super) fn unresolved() -> Self {
        Self { status: 409, kind: Some("invalidValue"), detail: "a bulkId cannot be resolved".to_owned() }
    }

    pub(super) fn not_found() -> Self {
        Self::plain(404, "there is no such resource")
    }

    pub(super) fn not_implemented(what: &str) -> Self {
        Self::plain(501, &format!("{what} is not implemented"))
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({"schemas": [ERROR], "status": self.status.to_string(), "detail": self.detail});
        if let (Some(kind), Some(fields)) = (self.kind, body.as_object_mut()) {
            fields.insert("scimType".to_owned(), json!(kind));
        }
        body
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        put(&mut headers, header::ETAG, self.version.as_deref());
        if self.status == 201 {
            put(&mut headers, header::LOCATION, self.location.as_deref());
        }
        with_body(self.status, headers, self.body.as_ref())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if self.status == 401 {
            put(&mut headers, header::WWW_AUTHENTICATE, Some("Bearer realm=\"scim\""));
        }
        with_body(self.status, headers, Some(&self.body()))
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
        headers.insert(name, value);
    }
}

fn with_body(status: u16, mut headers: HeaderMap, body: Option<&Value>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        Some(body) => {
            put(&mut headers, header::CONTENT_TYPE, Some("application/scim+json"));
            (status, headers, body.to_string()).into_response()
        }
        None => (status, headers).into_response(),
    }
}
