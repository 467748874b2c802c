//! Answers and refusals, in Graph's shapes.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What a request came to.
pub(super) type Outcome = Result<Answer, Refusal>;

/// An answer, whether it came by itself or in a batch.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

/// An error.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: &'static str,
    message: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// What tells requests apart.
pub(super) struct Identity {
    pub(super) at: Timestamp,
    /// `request-id`.
    pub(super) own: String,
    /// `client-request-id`.
    pub(super) client: String,
}

impl Answer {
    pub(super) fn given(body: Value) -> Self {
        Self { status: 200, headers: Vec::new(), body: Some(body) }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: 201, ..Self::given(body) }
    }

    pub(super) fn done() -> Self {
        Self { status: 204, headers: Vec::new(), body: None }
    }

    /// Something goes on; `Location` says where it can be looked at.
    pub(super) fn accepted(location: String) -> Self {
        Self { status: 202, headers: vec![("Location", location)], body: None }
    }

    /// As a part of a batch's answer.
    pub(super) fn into_part(self, id: &str) -> Value {
        let mut headers: Map<String, Value> =
            self.headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        if self.body.is_some() {
            headers.insert("Content-Type".to_owned(), json!("application/json"));
        }
        let mut part = json!({"id": id, "status": self.status, "headers": headers});
        if let (Some(body), Some(fields)) = (self.body, part.as_object_mut()) {
            fields.insert("body".to_owned(), body);
        }
        part
    }
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }

    /// The directory's 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    /// The 400 of Teams, of education and of the gateway before them all.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// The directory's 404.
    pub(super) fn not_found(id: &str) -> Self {
        let why = "does not exist or one of its queried reference-property objects are not present.";
        Self::new(404, "Request_ResourceNotFound", format!("Resource '{id}' {why}"))
    }

    /// The 404 of Teams.
    pub(super) fn no_team(id: &str) -> Self {
        Self::new(404, "NotFound", format!("No team found with Group Id {id}"))
    }

    pub(super) fn taken(property: &str) -> Self {
        Self::bad(format!("Another object with the same value for property {property} already exists."))
    }

    pub(super) fn required(property: &str) -> Self {
        Self::bad(format!("A value is required for property '{property}' of resource."))
    }

    pub(super) fn invalid(property: &str) -> Self {
        Self::bad(format!("Invalid value specified for property '{property}' of resource."))
    }

    pub(super) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    pub(super) fn not_allowed() -> Self {
        Self::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    }

    /// As `error` within an answer about several.
    pub(super) fn as_result(&self) -> Value {
        json!({"code": self.code, "message": self.message})
    }

    pub(super) fn into_answer(self, identity: &Identity) -> Answer {
        let inner = json!({
            "date": identity.at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": identity.own,
            "client-request-id": identity.client,
        });
        let body = json!({"error": {"code": self.code, "message": self.message, "innerError": inner}});
        Answer { status: self.status, headers: self.headers, body: Some(body) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.body {
            Some(body) => {
                let json = HeaderValue::from_static("application/json;odata.metadata=minimal;charset=utf-8");
                headers.insert(header::CONTENT_TYPE, json);
                (status, headers, body.to_string()).into_response()
            }
            None => (status, headers).into_response(),
        }
    }
}
