//! A request, whether it came by itself or in a batch.

use super::path::{query, segments, shape};
use serde_json::Value;

pub(super) struct Call {
    pub(super) method: String,
    /// The segments of the path below the version.
    pub(super) segments: Vec<String>,
    /// As it came, for the link to the next page.
    pub(super) raw_path: String,
    /// As it came.
    pub(super) raw_query: String,
    /// Names and values, decoded.
    pub(super) query: Vec<(String, String)>,
    /// Headers with their names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// `None`: there is none.
    pub(super) body: Option<Value>,
}

impl Call {
    /// Below the version: a path with or without a slash in front, and perhaps a query.
    pub(super) fn new(method: &str, url: &str, headers: Vec<(String, String)>, body: Option<Value>) -> Self {
        let (path, raw_query) =
            url.trim_start_matches('/').split_once('?').unwrap_or((url.trim_start_matches('/'), ""));
        Self {
            method: method.to_uppercase(),
            segments: segments(path),
            raw_path: path.to_owned(),
            raw_query: raw_query.to_owned(),
            query: query(raw_query),
            headers,
            body,
        }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a preference is among those in `Prefer`.
    pub(super) fn prefers(&self, preference: &str) -> bool {
        let preferences = self.header("prefer").unwrap_or_default();
        preferences.split(',').any(|it| it.trim().eq_ignore_ascii_case(preference))
    }

    pub(super) fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// Method and path, identities left out, such as `PATCH groups/{id}`.
    pub(super) fn what(&self) -> String {
        format!("{} {}", self.method, shape(&self.segments))
    }

    /// The method, for what is remembered.
    pub(super) fn verb(&self) -> &'static str {
        match self.method.as_str() {
            "POST" => "POST",
            "PATCH" => "PATCH",
            "DELETE" => "DELETE",
            _ => "GET",
        }
    }
}
