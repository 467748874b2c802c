//! Every method that is there, as the discovery documents name them: what can be asked, and with which scopes.

mod classroom;
mod directory;

use super::call::{Api, Asked, decoded};

/// A method of an API.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) api: Api,
    /// Its `id` in the discovery document.
    pub(super) id: &'static str,
    pub(super) http: &'static str,
    /// Below the API's prefix.
    pub(super) path: &'static str,
    /// The schema of its body.
    pub(super) request: Option<&'static str>,
    /// Scopes without their beginning; one of them is enough.
    pub(super) scopes: &'static [&'static str],
    /// What its query may hold, beside what every query may.
    pub(super) parameters: &'static [&'static str],
}

/// What every query may hold.
pub(super) const EVERYWHERE: [&str; 11] = [
    "$.xgafv",
    "access_token",
    "alt",
    "callback",
    "fields",
    "key",
    "oauth_token",
    "prettyPrint",
    "quotaUser",
    "uploadType",
    "upload_protocol",
];

impl Endpoint {
    /// Method and path, such as `POST groups/{groupKey}/members`.
    pub(super) fn what(&self) -> String {
        format!("{} {}", self.http, self.path)
    }
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Endpoint> {
    directory::ENDPOINTS.iter().chain(classroom::ENDPOINTS)
}

/// The method that a call is of, and what stands in its path for the names in braces.
pub(super) fn find(asked: &Asked<'_>) -> Option<(&'static Endpoint, Vec<String>)> {
    let path = asked.path().strip_prefix(asked.api.prefix())?;
    let mut candidates = all().filter(|it| it.api == asked.api && it.http == asked.method);
    candidates.find_map(|it| Some((it, keys(it.path, path)?)))
}

/// The decoded values of a template's names.
fn keys(template: &str, path: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut segments = path.split('/');
    for part in template.split('/') {
        if part.starts_with("{+") {
            let rest: Vec<&str> = segments.by_ref().collect();
            let rest = rest.join("/");
            return (!rest.is_empty()).then(|| keys.into_iter().chain([decoded(&rest)]).collect());
        }
        let segment = decoded(segments.next()?);
        match part.strip_prefix('{').and_then(|it| it.split_once('}')) {
            Some((_, "")) if !segment.is_empty() => keys.push(segment),
            Some((_, verb)) if !verb.is_empty() => keys.push(segment.strip_suffix(verb)?.to_owned()),
            None if part == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(keys)
}
