//! The domain while it carries out one call: who asks, whether that is too much, and which method it is.

use super::answer::{Answer, Outcome, Refusal};
use super::call::{Api, Asked};
use super::endpoints::{self, EVERYWHERE, Endpoint};
use super::options::SCOPE;
use super::quota::Meter;
use super::retries::Print;
use super::store::Store;
use super::{ClassroomService, DirectoryQuotaRefusal, GoogleOptions, GoogleServer, Provenance, fields, select};
use crate::lock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How long a quota's minute is.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Who asks.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) project: String,
    pub(super) user_id: String,
    pub(super) is_admin: bool,
    scopes: BTreeSet<String>,
}

impl Caller {
    /// Whether its token has one of these scopes.
    pub(super) fn has_scope(&self, names: &[&str]) -> bool {
        names.iter().any(|it| self.scopes.contains(&format!("{SCOPE}{it}")))
    }
}

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
        let caller = admitted(&mut store, asked, &what, now)?;
        let mut service = Service { options: &options, now, store: &mut store, caller, what };
        service.check_quotas(asked.api)?;
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

/// Who asks, by the token.
fn admitted(store: &mut Store, asked: &Asked<'_>, what: &str, now: Timestamp) -> Result<Caller, Refusal> {
    let token = asked.bearer().unwrap_or_default();
    if asked.token_expires {
        store.tokens.revoke(token);
    }
    let grant = store.tokens.grant(token, now);
    let user = grant.as_ref().and_then(|it| store.state.users.get(&it.user_id)).filter(|it| !it.suspended);
    match grant.as_ref().zip(user) {
        Some((grant, user)) => Ok(Caller {
            project: grant.project.clone(),
            user_id: grant.user_id.clone(),
            is_admin: user.is_admin,
            scopes: grant.scopes.clone(),
        }),
        None => {
            if token.is_empty() {
                store.note(format!("{what}: there is no token"));
            } else if store.tokens.refuse(token) {
                store.note(format!("{what}: a token was used again after it was refused"));
            }
            Err(Refusal::unauthenticated(asked.api))
        }
    }
}

impl Service<'_> {
    fn check_quotas(&mut self, api: Api) -> Result<(), Refusal> {
        let (project, user) = (self.caller.project.clone(), self.caller.user_id.clone());
        let quotas = self.options.quotas;
        let meters = match api {
            Api::Directory => vec![(Meter::Directory(project, user), quotas.directory_per_user)],
            Api::Classroom => vec![
                (Meter::Project(project.clone()), quotas.classroom_per_project),
                (Meter::ClassroomUser(project, user), quotas.classroom_per_user),
            ],
        };
        let meters: Vec<(Meter, usize)> = meters.into_iter().filter_map(|(it, limit)| Some((it, limit?))).collect();
        let has_room = meters.iter().all(|(it, limit)| self.store.usage.has_room(it, *limit, MINUTE, self.now));
        if !has_room {
            self.store.counters.over_quota += 1;
            return Err(self.over_quota(api));
        }
        for (meter, _) in meters {
            self.store.usage.count(meter, self.now);
        }
        Ok(())
    }

    /// What is said when something is over a quota.
    pub(super) fn over_quota(&self, api: Api) -> Refusal {
        let message = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'";
        match (api, self.options.quotas.directory_refusal) {
            (Api::Classroom, _) => Refusal::classroom(429, "RESOURCE_EXHAUSTED", message),
            (Api::Directory, DirectoryQuotaRefusal::UserRateLimitExceeded) => {
                Refusal::directory(403, "userRateLimitExceeded", "User Rate Limit Exceeded")
            }
            (Api::Directory, DirectoryQuotaRefusal::QuotaExceeded) => Refusal::directory(403, "quotaExceeded", message),
            (Api::Directory, DirectoryQuotaRefusal::ResourceExhausted) => {
                Refusal::directory(429, "rateLimitExceeded", message)
            }
        }
    }

    /// Counts something that may happen only so often in a second.
    pub(super) fn count_in_second(&mut self, meter: Meter, limit: Option<usize>) -> Result<(), Refusal> {
        let Some(limit) = limit else { return Ok(()) };
        if !self.store.usage.has_room(&meter, limit, SignedDuration::from_secs(1), self.now) {
            self.store.counters.over_quota += 1;
            return Err(self.over_quota(Api::Directory));
        }
        self.store.usage.count(meter, self.now);
        Ok(())
    }

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
