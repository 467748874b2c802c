//! Creating, replacing and deleting.

use super::answer::{Answer, Outcome, Refusal};
use super::check::Fields;
use super::index::Field;
use super::provider::Provider;
use super::reads::names;
use super::{ScimKind, ScimResource};
use crate::receiver::HistoryEntry;
use serde_json::{Value, json};
use std::sync::Arc;

impl Provider<'_> {
    /// `POST`.
    pub(super) fn create(&mut self, kind: ScimKind, body: Value) -> Outcome {
        let mut fields = self.taken(kind, body, None)?;
        self.check_unique(kind, &fields, "")?;
        let id = self.store.next_id(self.options.seed);
        fields.insert("id".to_owned(), json!(id));
        let resource = ScimResource {
            body: Arc::new(Value::Object(fields)),
            by_us: true,
            may_be_adopted: false,
            version: 1,
            created: self.now,
            modified: self.now,
            history: vec![HistoryEntry { at: self.now, method: "POST" }],
        };
        let answer = self.about(201, kind, &resource);
        self.store.put(kind, &id, resource);
        Ok(answer)
    }

    /// `PUT`.
    pub(super) fn replace(&mut self, kind: ScimKind, id: &str, body: Value, condition: Option<&str>) -> Outcome {
        let before = self.writable(kind, id, condition)?;
        let mut fields = self.taken(kind, body, Some(&before))?;
        fields.insert("id".to_owned(), json!(id));
        self.keep(kind, id, before, fields, "PUT")
    }

    /// `DELETE`.
    pub(super) fn delete(&mut self, kind: ScimKind, id: &str, condition: Option<&str>) -> Outcome {
        let before = self.writable(kind, id, condition)?;
        self.note_if_foreign(kind, id, &before);
        self.store.delete(kind, id, self.now);
        Ok(Answer { status: 204, body: None, version: None, location: Some(self.location(kind, &before)) })
    }

    /// A resource that is there, in the version that the request is about.
    pub(super) fn writable(&self, kind: ScimKind, id: &str, condition: Option<&str>) -> Result<ScimResource, Refusal> {
        let resource = self.found(kind, id)?;
        match condition {
            Some(tags) if self.options.etags && !names(tags, resource) => {
                Err(Refusal::plain(412, "the resource has changed since"))
            }
            _ => Ok(resource.clone()),
        }
    }

    /// Keeps a changed resource. What is equal to what was there keeps its version.
    pub(super) fn keep(
        &mut self,
        kind: ScimKind,
        id: &str,
        before: ScimResource,
        fields: Fields,
        method: &'static str,
    ) -> Outcome {
        self.check_unique(kind, &fields, id)?;
        self.note_if_foreign(kind, id, &before);
        let body = Value::Object(fields);
        let mut resource = before;
        if *resource.body == body {
            *self.store.counters.in_vain.entry(self.what.clone()).or_default() += 1;
        } else {
            (resource.body, resource.modified) = (Arc::new(body), self.now);
            resource.version += 1;
        }
        resource.history.push(HistoryEntry { at: self.now, method });
        let answer = self.about(200, kind, &resource);
        self.store.put(kind, id, resource);
        Ok(answer)
    }

    fn note_if_foreign(&mut self, kind: ScimKind, id: &str, resource: &ScimResource) {
        if resource.is_foreign() {
            let method = self.what.split(' ').next().unwrap_or_default();
            self.store.note(format!("touched foreign: {method} {}/{id}", kind.path()));
        }
    }

    fn check_unique(&self, kind: ScimKind, fields: &Fields, id: &str) -> Result<(), Refusal> {
        let mut unique = Vec::new();
        if kind == ScimKind::User {
            unique.push(Field::UserName);
        }
        if self.options.unique_external_ids {
            unique.push(Field::ExternalId);
        }
        if self.options.unique_group_names && kind == ScimKind::Group {
            unique.push(Field::DisplayName);
        }
        let is_taken = |field: &Field| {
            let value = fields.get(field.name()).and_then(Value::as_str);
            value.is_some_and(|value| self.store.index.is_taken(kind, *field, value, id))
        };
        match unique.into_iter().find(is_taken) {
            Some(field) => Err(Refusal::taken(field.name())),
            None => Ok(()),
        }
    }
}
