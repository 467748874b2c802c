//! The domain while it carries out one call: who asks, whether that is too much, and which method it is.

use super::admission::{Caller, admitted};
use super::answer::{Answer, Outcome, Refusal};
use super::call::{Api, Asked};
use super::endpoints::{self, EVERYWHERE, Endpoint};
use super::retries::Print;
use super::store::Store;
use super::{ClassroomService, GoogleOptions, GoogleServer, Provenance, fields, select};
use crate::lock;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A call that is understood.
pub(super) struct Call {
    pub(super) endpoint: &'static Endpoint,
    /// What stands in the path for the names in braces.
    pub(super) keys: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Map<String, Value>,
}

impl Call {
    pub(super) fn key(&self, index: usize) -> &str {
        self.keys.get(index).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Text in the body.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }
}

pub(super) struct Service<'a> {
    pub(super) options: &'a GoogleOptions,
    pub(super) now: Timestamp,
    pub(super) store: &'a mut Store,
    pub(super) caller: Caller,
    /// Method and path, such as `POST groups/{groupKey}/members`, for what is noted.
    pub(super) what: String,
}

impl GoogleServer {
    /// Carries out a call, alone or within a batch.
    pub(super) fn carry_out(&self, asked: &Asked<'_>) -> Outcome {
        let options = self.options();
        let now = options.time.now();
        let mut store = lock(&self.store);
        store.settle(now);
        let found = endpoints::find(asked);
        let what = found.as_ref().map_or_else(|| format!("{} {}", asked.method, "elsewhere"), |it| it.0.what());
        let counters = &mut store.counters;
        let calls = if asked.in_batch { &mut counters.in_batches } else { &mut counters.calls };
        *calls.entry(what.clone()).or_default() += 1;
        let caller = admitted(&mut store, asked, &what, &options)?;
        let mut service = Service { options: &options, now, store: &mut store, caller, what };
        service.check_quotas(asked.api)?;
        service.check_faults(asked.api)?;
        let print =
            Print { method: asked.method.to_owned(), target: asked.target.to_owned(), body: asked.body.to_vec() };
        let who = format!("{} {}", service.caller.project, service.caller.user_id);
        if service.store.refused.is_repeated(&who, &print, now) && asked.method != "GET" {
            service.note("asked again at once after an error that does not pass");
        }
        let outcome = service.understood(asked, found).and_then(|call| service.answer(&call));
        if outcome.as_ref().err().is_some_and(Refusal::is_permanent) {
            service.store.refused.remember(who, print, now);
        }
        outcome
    }
}

impl Service<'_> {
    /// A call with all that its endpoint asks for.
    fn understood(
        &mut self,
        asked: &Asked<'_>,
        found: Option<(&'static Endpoint, Vec<String>)>,
    ) -> Result<Call, Refusal> {
        let Some((endpoint, keys)) = found else {
            self.note("there is no such method");
            return Err(Refusal::no_such_method(asked.api));
        };
        if !self.caller.has_scope(endpoint.scopes) {
            return Err(Refusal::insufficient_scopes(asked.api));
        }
        match (asked.api, self.options.classroom) {
            (Api::Directory, _) if !self.caller.is_admin => {
                return Err(Refusal::directory(403, "forbidden", "Not Authorized to access this resource/api"));
            }
            (Api::Classroom, ClassroomService::Disabled) => return Err(Refusal::denied(Some("ClassroomDisabled"))),
            (Api::Classroom, ClassroomService::ApiDisabled) => {
                return Err(Refusal::denied(Some("ClassroomApiDisabled")));
            }
            _ => {}
        }
        let query = asked.query();
        let is_known = |name: &str| endpoint.parameters.contains(&name) || EVERYWHERE.contains(&name);
        if let Some((name, _)) = query.iter().find(|(name, _)| !is_known(name)) {
            self.note(&format!("there is no parameter {name}"));
            let message = format!("Unknown name \"{name}\": Cannot bind query parameter.");
            return Err(Refusal::malformed(asked.api, message));
        }
        let body = self.body_of(asked, endpoint)?;
        Ok(Call { endpoint, keys, query, body })
    }

    fn body_of(&mut self, asked: &Asked<'_>, endpoint: &Endpoint) -> Result<Map<String, Value>, Refusal> {
        let Some(schema) = endpoint.request else { return Ok(Map::new()) };
        if asked.content_type.is_none_or(|it| !it.starts_with("application/json")) {
            self.note("Content-Type is not application/json");
        }
        let body = serde_json::from_slice(asked.body);
        let Ok(Value::Object(body)) = body else {
            self.note("the body is no JSON object");
            return Err(Refusal::malformed(asked.api, "Invalid JSON payload received."));
        };
        if let Some(name) = fields::unknown(schema, &body) {
            self.note(&format!("{schema} has no {name}"));
            let message = format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.");
            return Err(Refusal::malformed(asked.api, message));
        }
        Ok(body)
    }

    fn answer(&mut self, call: &Call) -> Outcome {
        let outcome = match call.endpoint.api {
            Api::Directory => self.directory(call),
            Api::Classroom => self.classroom(call),
        };
        outcome.map(|answer| Answer { body: answer.body.map(|it| select::selected(it, call)), ..answer })
    }

    /// Notes what a well-behaved client does not do. Never with what belongs to persons.
    pub(super) fn note(&mut self, why: &str) {
        let what = format!("{}: {why}", self.what);
        self.store.note(what);
    }

    /// Notes a write to something that is somebody else's.
    pub(super) fn note_if_foreign(&mut self, provenance: &Provenance) {
        if provenance.is_foreign() {
            self.note_foreign();
        }
    }

    pub(super) fn note_foreign(&mut self) {
        let what = format!("touched foreign: {}", self.what);
        self.store.note(what);
    }

    pub(super) fn in_vain(&mut self) {
        *self.store.counters.in_vain.entry(self.what.clone()).or_default() += 1;
    }
}
