//! The portal as a target.

use async_trait::async_trait;
use outbound::Answer;
use roster::SubjectKey;
use rules::object::{DeliveredObject, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use serde::Deserialize;

use super::client::{Client, Fault};
use super::codes::CODES;
use super::config::EgilConfig;
use super::inventory;
use super::kinds::USERS;
use super::mapping::{Mapping, reference_of};
use crate::registry::{ConfigProblem, TargetContext};
use crate::scim_protocol::{self, Step, judged};
use crate::{InventoryPage, Occasion, Refusal, Target, TargetError};

/// A receiver that speaks the profile.
#[derive(Debug)]
pub(super) struct Egil {
    mapping: Mapping,
    client: Client,
}

impl Egil {
    pub(super) fn new(config: EgilConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        Ok(Self { mapping: Mapping::from(&config), client: Client::new(&config, context)? })
    }

    async fn create(&self, wanted: &WantedObject) -> Outcome {
        let answer = match self.client.create(&wanted.key.kind, wanted.body.expose()).await {
            Ok(answer) => answer,
            Err(fault) => return no_answer(&fault),
        };
        if answer.status == 409 {
            return self.take_over(wanted, &answer).await;
        }
        match self.judge(Step::Create, &answer, Some(wanted)) {
            Outcome::Done { adopted, .. } => Outcome::Done { remote: identity_given(&answer, &wanted.key), adopted },
            other => other,
        }
    }

    /// A create met something. If that has our identity it is replaced; otherwise the user name or an address is
    /// somebody else's, and the target's first words say so.
    async fn take_over(&self, wanted: &WantedObject, conflict: &Answer) -> Outcome {
        match self.replace(wanted, &wanted.key.key).await {
            Outcome::Done { remote, .. } => Outcome::Done { remote, adopted: true },
            Outcome::Vanished => self.judge(Step::Create, conflict, Some(wanted)),
            other => other,
        }
    }

    async fn adopt(&self, wanted: &WantedObject, remote: &str) -> Outcome {
        match self.replace(wanted, remote).await {
            Outcome::Done { .. } => Outcome::Done { remote: Some(remote.to_owned()), adopted: true },
            other => other,
        }
    }

    async fn update(&self, wanted: &WantedObject, delivered: &DeliveredObject) -> Outcome {
        match self.replace(wanted, delivered.at_target()).await {
            Outcome::Done { adopted, .. } => Outcome::Done { remote: delivered.remote.clone(), adopted },
            other => other,
        }
    }

    async fn replace(&self, wanted: &WantedObject, id: &str) -> Outcome {
        match self.client.replace(&wanted.key.kind, id, wanted.body.expose()).await {
            Ok(answer) => self.judge(Step::Replace, &answer, Some(wanted)),
            Err(fault) => no_answer(&fault),
        }
    }

    async fn delete(&self, delivered: &DeliveredObject) -> Outcome {
        match self.client.delete(&delivered.key.kind, delivered.at_target()).await {
            Ok(answer) => self.judge(Step::Delete, &answer, None),
            Err(fault) => no_answer(&fault),
        }
    }

    fn judge(&self, step: Step, answer: &Answer, sent: Option<&WantedObject>) -> Outcome {
        judged(&CODES, step, answer, sent.map(|it| it.body.expose()), self.client.now())
    }
}

fn no_answer(fault: &Fault) -> Outcome {
    match fault {
        Fault::Call(error) => scim_protocol::no_answer(error),
        Fault::Key(error) => scim_protocol::no_key(error),
        Fault::Federation(error) => scim_protocol::no_way(error),
        Fault::Identity => Outcome::Rejected {
            code: "egil.unusable_identity",
            message: "the target's identity of the object cannot be part of a path".to_owned(),
        },
    }
}

/// The identity that the target gave what it made, where it is not the one we sent (in any case of letters).
fn identity_given(answer: &Answer, key: &ObjectKey) -> Option<String> {
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    let made: Made = answer.json().ok()?;
    (!made.id.is_empty() && !made.id.eq_ignore_ascii_case(&key.key)).then_some(made.id)
}

#[async_trait]
impl Target for Egil {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        reference_of(subject)
    }

    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome {
        match (operation, occasion.remote) {
            (Operation::Create(wanted), None) => self.create(wanted).await,
            (Operation::Create(wanted), Some(remote)) => self.adopt(wanted, remote).await,
            (Operation::Update { wanted, delivered }, _) => self.update(wanted, delivered).await,
            (Operation::Delete(delivered), _) => self.delete(delivered).await,
        }
    }

    async fn inventory(&self, kind: &ObjectKind, page: Option<&str>) -> Result<Option<InventoryPage>, TargetError> {
        inventory::page(&self.client, kind, page).await
    }

    fn adoptable(&self) -> Option<ObjectKind> {
        self.mapping.adopt_by_email.then(|| USERS.clone())
    }
}
