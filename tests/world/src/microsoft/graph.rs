//! The service while it carries out one request: what it is like, what time it is, and what it holds.

use super::answer::{Answer, Identity, Outcome, Refusal};
use super::call::Call;
use super::path::BY_UNIQUE_NAME;
use super::store::Store;
use super::{MicrosoftGroup, MicrosoftOptions, MicrosoftUser};
use crate::graph_education::Metadata;
use crate::receiver::HistoryEntry;
use jiff::Timestamp;
use serde_json::Value;

pub(super) struct Graph<'a> {
    pub(super) options: &'a MicrosoftOptions,
    /// The API's address with its version.
    pub(super) base: &'a str,
    pub(super) metadata: Option<&'a Metadata>,
    pub(super) now: Timestamp,
    pub(super) identity: &'a Identity,
    /// Method and path, such as `PATCH groups/{id}`, for what is noted.
    pub(super) what: String,
    pub(super) store: &'a mut Store,
}

impl Graph<'_> {
    /// The answer to a request that came by itself.
    pub(super) fn answer(&mut self, call: &Call) -> Answer {
        self.store.settle(self.now);
        if call.segments.iter().map(String::as_str).eq(["$batch"]) {
            return self.batch(call).unwrap_or_else(|refusal| refusal.into_answer(self.identity));
        }
        self.part(call)
    }

    /// The answer to a request, by itself or in a batch: each is throttled on its own.
    pub(super) fn part(&mut self, call: &Call) -> Answer {
        let (throttled, headers) = self.throttle(call);
        let outcome = match throttled {
            Some(refusal) => Err(refusal),
            None => self.check_body(call).and_then(|()| self.dispatch(call)),
        };
        let mut answer = outcome.unwrap_or_else(|refusal| refusal.into_answer(self.identity));
        answer.headers.extend(headers);
        answer
    }

    fn dispatch(&mut self, call: &Call) -> Outcome {
        let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["users", rest @ ..] => self.users(call, rest),
            ["groups", rest @ ..] => self.groups(call, rest),
            [BY_UNIQUE_NAME, name, rest @ ..] => self.group_by_unique_name(call, name, rest),
            ["education", "classes", rest @ ..] => self.classes(call, rest),
            ["teams", rest @ ..] => self.teams(call, rest),
            ["directory", "deletedItems", id, rest @ ..] => self.deleted(call, id, rest),
            _ => Err(self.no_such_path()),
        }
    }

    /// Whoever sends something must say what it is.
    fn check_body(&mut self, call: &Call) -> Result<(), Refusal> {
        let media = call.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if call.body.is_some() && media != "application/json" {
            self.note("a body without Content-Type: application/json");
            let why = "Write requests (excluding DELETE) must contain the Content-Type header declaration.";
            return Err(Refusal::bad_request(why));
        }
        Ok(())
    }

    pub(super) fn no_such_path(&mut self) -> Refusal {
        self.note("there is no such path");
        Refusal::bad_request("Resource not found for the segment.")
    }

    /// A user, once it is known by its id or its name.
    pub(super) fn user(&self, key: &str) -> Result<(String, &MicrosoftUser), Refusal> {
        let id = match key.contains('@') {
            true => {
                self.store.holders(super::schema::Kind::User, "userPrincipalName", key).unwrap_or_default().pop_first()
            }
            false => Some(key.to_lowercase()),
        };
        let found = id.and_then(|id| self.store.state.users.get(&id).map(|user| (id, user)));
        let seen = found.filter(|(_, user)| user.is_seen(self.now, self.options.reads_lag));
        seen.ok_or_else(|| Refusal::not_found(key))
    }

    /// A group, once it is known by its id.
    pub(super) fn group(&self, id: &str) -> Result<&MicrosoftGroup, Refusal> {
        if id.parse::<uuid::Uuid>().is_err() {
            return Err(Refusal::bad(format!("Invalid object identifier '{id}'.")));
        }
        let found = self.store.state.groups.get(&id.to_lowercase());
        let seen = found.filter(|group| group.is_seen(self.now, self.options.reads_lag));
        seen.ok_or_else(|| Refusal::not_found(id))
    }

    /// A write to a user: noted where nobody over the API has business with it.
    pub(super) fn touch_user(&mut self, id: &str, call: &Call) {
        let entry = HistoryEntry { at: self.now, method: call.verb() };
        let Some(user) = self.store.state.users.get_mut(id) else { return };
        user.history.push(entry);
        if user.is_foreign() {
            self.store.note(format!("touched foreign: {} users/{id}", call.method));
        }
    }

    /// A write to a group, its class, its team or its members.
    pub(super) fn touch_group(&mut self, id: &str, call: &Call) {
        let entry = HistoryEntry { at: self.now, method: call.verb() };
        let Some(group) = self.store.state.groups.get_mut(id) else { return };
        group.history.push(entry);
        if group.is_foreign() {
            self.store.note(format!("touched foreign: {} groups/{id}", call.method));
        }
    }

    /// Counts a write that changed nothing.
    pub(super) fn in_vain(&mut self) {
        *self.store.counters.in_vain.entry(self.what.clone()).or_default() += 1;
    }

    /// Notes what a client must not do. Never with what belongs to persons.
    pub(super) fn note(&mut self, why: &str) {
        let what = format!("{}: {why}", self.what);
        self.store.note(what);
    }
}

/// The body's object.
pub(super) fn object(call: &Call) -> Result<&serde_json::Map<String, Value>, Refusal> {
    let sent = call.body.as_ref().and_then(Value::as_object);
    sent.ok_or_else(|| Refusal::bad_request("Empty Payload. JSON content expected."))
}
