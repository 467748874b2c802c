//! Creating, replacing and deleting at a tenant.

use super::{Outcome, ReceiverTenant, Store, rendered};
use crate::lock;
use crate::receiver::uniqueness::addresses;
use crate::receiver::{Held, HistoryEntry, Origin, ResourceType, contract, references};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

impl ReceiverTenant {
    /// `POST /{Type}`.
    pub(crate) fn create(&self, kind: ResourceType, body: Value) -> Outcome {
        let mut store = lock(&self.store);
        let what = format!("POST {}", kind.path());
        let checked = contract::check(kind, &body, self.options.accepts_civic_number)
            .and_then(|()| store.references_exist(kind, &body));
        if let Err(why) = checked {
            return store.violation(400, &what, &why);
        }
        let id = body["externalId"].as_str().unwrap_or_default().to_owned();
        if store.state.find(kind, &id).is_some() {
            store.counters.repeated_creates += 1;
            return store.refused(409, "externalId is held already");
        }
        if kind == ResourceType::Users && store.accounts.is_taken(&id, &body) {
            store.counters.conflicts += 1;
            return store.refused(409, "userName or e-mail is somebody else's");
        }
        *store.counters.created.entry(kind).or_default() += 1;
        let history = store.remember(kind, &id, "POST", self.time.now());
        if history.len() > 1 {
            store.counters.recreated += 1;
        }
        store.connect(kind, &id, &body);
        let held =
            Held { id: id.clone(), external_id: Some(id.clone()), origin: Origin::Made, body: Arc::new(body), history };
        let answer = rendered(&held);
        store.state.objects.entry(kind).or_default().insert(id, held);
        (201, Some(answer), String::new())
    }

    /// `PUT /{Type}/{id}`, or `PUT /{Type}` with the id in the body.
    pub(crate) fn replace(&self, kind: ResourceType, id: Option<&str>, body: Value) -> Outcome {
        let mut store = lock(&self.store);
        let what = format!("PUT {}", kind.path());
        let named = id.or_else(|| body["id"].as_str()).or_else(|| body["externalId"].as_str());
        let named = named.unwrap_or_default().to_owned();
        let checked = contract::check(kind, &body, self.options.accepts_civic_number)
            .and_then(|()| store.references_exist(kind, &body));
        if let Err(why) = checked {
            return store.violation(400, &what, &why);
        }
        let Some(held) = store.state.find(kind, &named).cloned() else {
            return store.refused(404, "not found");
        };
        let external = body["externalId"].as_str().unwrap_or_default().to_owned();
        if held.external_id.as_ref().is_some_and(|known| *known != external) {
            return store.violation(400, &what, "externalId is not that of the object in the path");
        }
        if store.state.find(kind, &external).is_some_and(|other| other.id != held.id) {
            store.counters.conflicts += 1;
            return store.refused(409, "externalId is held by another object");
        }
        if kind == ResourceType::Users && store.accounts.is_taken(&held.id, &body) {
            store.counters.conflicts += 1;
            return store.refused(409, "userName or e-mail is somebody else's");
        }
        let origin = store.origin_after(&what, &held, &body);
        store.put_in_place(kind, held, origin, external, body, self.time.now())
    }

    /// `DELETE /{Type}/{id}`.
    pub(crate) fn delete(&self, kind: ResourceType, id: &str) -> Outcome {
        let mut store = lock(&self.store);
        let what = format!("DELETE {}", kind.path());
        let Some(held) = store.state.find(kind, id).cloned() else {
            return store.refused(404, "not found");
        };
        if !held.origin.is_senders() {
            store.note(&what, "touched something that is not the sender's");
        }
        let names = [Some(&held.id), held.external_id.as_ref()];
        let is_used = |name: &&String| store.referenced.get(&(kind, (*name).clone())).is_some_and(|n| *n > 0);
        if names.into_iter().flatten().any(|name| is_used(&name)) {
            store.note(&what, &format!("deleted something still referenced, {id}"));
        }
        *store.counters.deleted.entry(kind).or_default() += 1;
        store.remember(kind, &held.id, "DELETE", self.time.now());
        store.disconnect(kind, &held.body);
        if let Some(external) = held.external_id {
            store.state.aliases.remove(&(kind, external));
        }
        if let Some(all) = store.state.objects.get_mut(&kind) {
            all.remove(&held.id);
        }
        (204, None, String::new())
    }
}

impl Store {
    pub(super) fn note(&mut self, what: &str, why: &str) {
        self.violations.push(format!("{what}: {why}"));
    }

    pub(super) fn violation(&mut self, status: u16, what: &str, why: &str) -> Outcome {
        self.note(what, why);
        self.refused(status, why)
    }

    fn refused(&mut self, status: u16, why: &str) -> Outcome {
        *self.counters.refused.entry(status).or_default() += 1;
        (status, None, why.to_owned())
    }

    fn references_exist(&self, kind: ResourceType, body: &Value) -> Result<(), String> {
        let missing =
            references::of(kind, body).into_iter().find(|(target, id)| self.state.find(*target, id).is_none());
        match missing {
            Some((target, id)) => Err(format!("refers to {}/{id}, which is not here", target.path())),
            None => Ok(()),
        }
    }

    fn remember(&mut self, kind: ResourceType, id: &str, method: &'static str, at: Timestamp) -> Vec<HistoryEntry> {
        let history = self.histories.entry((kind, id.to_owned())).or_default();
        history.push(HistoryEntry { at, method });
        history.clone()
    }

    pub(super) fn connect(&mut self, kind: ResourceType, id: &str, body: &Value) {
        if kind == ResourceType::Users {
            self.accounts.hold(id, body);
        }
        for reference in references::of(kind, body) {
            *self.referenced.entry(reference).or_default() += 1;
        }
    }

    pub(super) fn disconnect(&mut self, kind: ResourceType, body: &Value) {
        if kind == ResourceType::Users {
            self.accounts.release(body);
        }
        for reference in references::of(kind, body) {
            if let Some(count) = self.referenced.get_mut(&reference) {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// An account from before becomes the sender's when its own address is sent; anything else done
    /// to what is not the sender's is a breach.
    fn origin_after(&mut self, what: &str, held: &Held, body: &Value) -> Origin {
        if held.origin.is_senders() {
            return held.origin;
        }
        let same_address = !addresses(&held.body).is_disjoint(&addresses(body));
        if held.origin == Origin::PreExisting && same_address {
            self.counters.adopted += 1;
            return Origin::Adopted;
        }
        self.note(what, "touched something that is not the sender's");
        held.origin
    }

    fn put_in_place(
        &mut self,
        kind: ResourceType,
        held: Held,
        origin: Origin,
        external: String,
        body: Value,
        now: Timestamp,
    ) -> Outcome {
        let id = held.id.clone();
        *self.counters.updated.entry(kind).or_default() += 1;
        if *held.body == body {
            *self.counters.updated_in_vain.entry(kind).or_default() += 1;
        }
        self.disconnect(kind, &held.body);
        self.connect(kind, &id, &body);
        if external != id {
            self.state.aliases.insert((kind, external.clone()), id.clone());
        }
        if origin == Origin::Adopted {
            self.state.originals.remove(&(kind, id.clone()));
        }
        let held = Held {
            external_id: Some(external),
            origin,
            body: Arc::new(body),
            history: self.remember(kind, &id, "PUT", now),
            id: id.clone(),
        };
        let answer = rendered(&held);
        self.state.objects.entry(kind).or_default().insert(id, held);
        (200, Some(answer), String::new())
    }
}
