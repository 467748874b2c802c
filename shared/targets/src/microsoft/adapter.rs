//! Microsoft 365 as a target.

use std::sync::Arc;

use async_trait::async_trait;
use roster::{SubjectKey, SubjectKind};
use rules::object::{ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;

use super::client::Client;
use super::config::{MicrosoftConfig, RemovedClasses, RemovedUsers};
use super::kinds::{CLASSES, TEAMS, USERS};
use super::listing;
use super::mapping::{Mapping, key};
use super::memory::Memory;
use crate::registry::{ConfigProblem, TargetContext};
use crate::{InventoryPage, Occasion, Refusal, Target, TargetError};

/// The Microsoft 365 of one school organiser.
#[derive(Debug)]
pub(super) struct Microsoft {
    pub(super) mapping: Mapping,
    pub(super) client: Client,
    pub(super) memory: Memory,
    pub(super) removed_users: RemovedUsers,
    pub(super) removed_classes: RemovedClasses,
    pub(super) makes_teams: bool,
}

impl Microsoft {
    pub(super) fn new(config: &MicrosoftConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        Ok(Self {
            mapping: Mapping::from(config),
            client: Client::new(config, context)?,
            memory: Memory::new(Arc::clone(&context.clock)),
            removed_users: config.removed_users,
            removed_classes: config.removed_classes,
            makes_teams: config.teams,
        })
    }

    async fn create(&self, wanted: &WantedObject, remote: Option<&str>) -> Result<Outcome, Outcome> {
        match (&wanted.key.kind, remote) {
            (kind, Some(remote)) if *kind == USERS => self.adopt_user(remote).await,
            (kind, None) if *kind == USERS => self.create_user(wanted).await,
            (kind, _) if *kind == CLASSES => self.create_class(wanted).await,
            (kind, _) if *kind == TEAMS => self.create_team(wanted).await,
            (kind, _) => Ok(unknown(kind)),
        }
    }

    async fn carry_out(&self, operation: &Operation, remote: Option<&str>) -> Result<Outcome, Outcome> {
        let kind = &operation.key().kind;
        match operation {
            Operation::Create(wanted) => self.create(wanted, remote).await,
            Operation::Update { wanted, delivered } if *kind == USERS => self.update_user(wanted, delivered).await,
            Operation::Update { wanted, delivered } if *kind == CLASSES => self.update_class(wanted, delivered).await,
            // It has no content: its class may have been made again, and it with that.
            Operation::Update { wanted, .. } => self.create(wanted, None).await,
            Operation::Delete(delivered) if *kind == USERS => self.delete_user(delivered).await,
            Operation::Delete(delivered) if *kind == CLASSES => self.delete_class(delivered).await,
            Operation::Delete(delivered) => Ok(Self::delete_team(delivered)),
        }
    }
}

/// A kind that some other version of the hub had here.
fn unknown(kind: &ObjectKind) -> Outcome {
    Outcome::Rejected { code: "microsoft.unknown_kind", message: format!("there are no {kind} here") }
}

#[async_trait]
impl Target for Microsoft {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    /// Organisations and activities are no objects here; nothing ever has their keys.
    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        match subject.kind {
            SubjectKind::Person => key(&USERS, subject.id),
            SubjectKind::Group => key(&CLASSES, subject.id),
            SubjectKind::Organisation => key(&ObjectKind::new("Organisations"), subject.id),
            SubjectKind::Activity => key(&ObjectKind::new("Activities"), subject.id),
        }
    }

    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome {
        self.carry_out(operation, occasion.remote).await.unwrap_or_else(|in_the_way| in_the_way)
    }

    async fn inventory(&self, kind: &ObjectKind, page: Option<&str>) -> Result<Option<InventoryPage>, TargetError> {
        if *kind != USERS {
            return Ok(None);
        }
        listing::accounts(&self.client, page).await.map(Some).map_err(|in_the_way| unlisted(&in_the_way))
    }

    fn adoptable(&self) -> Option<ObjectKind> {
        Some(USERS.clone())
    }
}

fn unlisted(in_the_way: &Outcome) -> TargetError {
    let (code, detail) = match in_the_way {
        Outcome::Retry { code, detail, .. } | Outcome::TargetDown { code, detail } => (*code, detail.clone()),
        Outcome::Rejected { code, message } => (*code, message.clone()),
        Outcome::Throttled { .. } => ("target.throttled", "the list of accounts is throttled".to_owned()),
        _ => ("microsoft.inventory_failed", "the list of accounts could not be read".to_owned()),
    };
    TargetError { code, detail }
}
