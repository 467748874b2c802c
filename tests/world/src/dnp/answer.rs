//! Answers, with what is wrong as `LogEntry`s.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A status with a body.
pub(super) struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    pub(super) fn new(status: u16, body: Value) -> Self {
        Self { status, headers: HeaderMap::new(), body }
    }

    /// What is wrong, by Skolverket's number.
    pub(super) fn refusal(status: u16, number: &str, message: &str) -> Self {
        Self::new(status, json!([entry(number, status, message, None)]))
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = value.parse() {
            self.headers.insert(name, value);
        }
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, self.headers, Json(self.body)).into_response()
    }
}

/// A `LogEntry`. About an attribute it repeats the value, as Skolverket does.
pub(super) fn entry(number: &str, status: u16, message: &str, attribute: Option<(&str, &Value)>) -> Value {
    let mut entry = json!({
        "id": number, "statusCode": status, "messageType": "Ogiltigt värde", "message": message,
        "severityLevel": "Error", "timeOfOccurance": "2026-04-15T10:30:00.123+02:00",
    });
    if let Some((name, value)) = attribute {
        entry["attributeName"] = json!(name);
        entry["attributeValue"] = value.as_str().map_or_else(|| json!(value.to_string()), |it| json!(it));
        entry["message"] = json!(format!("{message} ({})", entry["attributeValue"]));
    }
    entry
}
