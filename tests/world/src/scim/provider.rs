//! A provider while it carries out one request: what it can do, what time it is, and what it holds.

use super::answer::{Answer, Outcome, Refusal};
use super::store::Store;
use super::{ScimKind, ScimOptions, discovery};
use jiff::Timestamp;
use serde_json::Value;

pub(super) struct Provider<'a> {
    pub(super) options: &'a ScimOptions,
    /// The address below which the endpoints are.
    pub(super) base: &'a str,
    pub(super) now: Timestamp,
    /// Method and endpoint, such as `PATCH Groups`, for what is noted.
    pub(super) what: String,
    pub(super) store: &'a mut Store,
}

/// A request, as far as it is looked at.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    /// The segments of the path below the base path.
    pub(super) path: Vec<&'a str>,
    /// Names and values, decoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) body: Value,
    /// The body's length in bytes.
    pub(super) size: usize,
}

impl Call<'_> {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Provider<'_> {
    pub(super) fn answer(&mut self, call: Call<'_>) -> Outcome {
        let path = call.path.clone();
        match path.as_slice() {
            ["Bulk"] if call.method == "POST" => self.bulk(call.body, call.size),
            ["Bulk"] => Err(Refusal::plain(405, "a bulk request is posted")),
            ["ServiceProviderConfig" | "ResourceTypes" | "Schemas", ..] => self.discovered(&call),
            [endpoint, rest @ ..] => match ScimKind::from_path(endpoint) {
                Some(kind) => self.resource(kind, rest, call),
                None => Err(Refusal::plain(404, "there is no such endpoint")),
            },
            [] => Err(Refusal::plain(404, "there is no such endpoint")),
        }
    }

    /// A request to `/Users` or `/Groups`, or below.
    pub(super) fn resource(&mut self, kind: ScimKind, rest: &[&str], call: Call<'_>) -> Outcome {
        let condition = call.if_match.as_deref();
        match (call.method, rest) {
            ("GET", []) => self.list(kind, &call),
            ("POST", []) => self.create(kind, call.body),
            ("GET", [id]) => self.read(kind, id, &call),
            ("PUT", [id]) => self.replace(kind, id, call.body, condition),
            ("PATCH", [id]) => self.modify(kind, id, call.body, condition),
            ("DELETE", [id]) => self.delete(kind, id, condition),
            (_, [] | [_]) => Err(Refusal::plain(405, "not here")),
            _ => Err(Refusal::plain(404, "there is no such endpoint")),
        }
    }

    fn discovered(&self, call: &Call<'_>) -> Outcome {
        if call.method != "GET" {
            return Err(Refusal::plain(405, "this can only be read"));
        }
        let found = self.options.discovery.then(|| discovery::found(self.options, self.base, &call.path)).flatten();
        found.map(Answer::given).ok_or_else(Refusal::not_found)
    }

    /// Notes a breach of the protocol. Never with what belongs to persons.
    pub(super) fn note(&mut self, why: &str) {
        let what = format!("{}: {why}", self.what);
        self.store.note(what);
    }
}
