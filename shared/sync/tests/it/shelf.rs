//! A target that reads: schools and persons are objects, and notices are noted.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use outbound::SecretRef;
use roster::{SubjectKey, SubjectKind};
use rules::news::Changes;
use rules::object::{Body, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use serde_json::{Value, json};
use targets::feed::{Feed, Shown, TellError};
use targets::ss12000_provider::Resource;
use targets::{Occasion, Refusal, Target};

/// The name of a target that reads.
pub(crate) const SHELF: &str = "shelf";

/// Whom it told of what, and what becomes of further notices.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShelfTarget(Arc<Mutex<Vec<(String, Changes)>>>, Arc<Mutex<Option<TellError>>>);

impl ShelfTarget {
    pub(crate) fn told(&self) -> Vec<(String, Changes)> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn answers(&self, error: Option<TellError>) {
        *self.1.lock().unwrap() = error;
    }
}

#[async_trait]
impl Target for ShelfTarget {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        let (key, name) = match view {
            View::Person(it) => (SubjectKey::person(it.id), it.given_name.as_str()),
            View::Organisation(it) => (SubjectKey::organisation(it.id), it.name.as_str()),
            View::Group(_) | View::Activity(_) => return Ok(vec![]),
        };
        Ok(vec![WantedObject::new(self.reference_of(&key), Body::new(json!({"name": name})))])
    }

    fn reference_of(&self, key: &SubjectKey) -> ObjectKey {
        let resource = match key.kind {
            SubjectKind::Organisation => Resource::Organisation,
            SubjectKind::Person => Resource::Person,
            SubjectKind::Group => Resource::Group,
            SubjectKind::Activity => Resource::Activity,
        };
        ObjectKey { kind: ObjectKind::new(resource.name()), key: key.id.to_string() }
    }

    async fn apply(&self, _: &Operation, _: Occasion<'_>) -> Outcome {
        Outcome::done()
    }

    fn feed(&self) -> Option<&dyn Feed> {
        Some(self)
    }
}

#[async_trait]
impl Feed for ShelfTarget {
    fn keys(&self) -> &[SecretRef] {
        &[]
    }

    fn may_tell(&self, _: &str) -> bool {
        true
    }

    async fn tell(&self, address: &str, changes: &Changes) -> Result<(), TellError> {
        self.0.lock().unwrap().push((address.to_owned(), changes.clone()));
        self.1.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn shown(&self, object: &Shown<'_>) -> Value {
        object.content.clone()
    }
}
