//! Google as a target.

use async_trait::async_trait;
use roster::{SubjectKey, SubjectKind};
use rules::object::{DeliveredObject, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use tokio::sync::OnceCell;

use super::classify::{self, judged};
use super::client::{Client, Fault};
use super::config::{Alias, GoogleConfig, RemovedCourses, RemovedUsers, Users};
use super::kinds::{COURSES, GROUPS, USERS};
use super::mapping::{Mapping, key};
use crate::registry::{ConfigProblem, TargetContext};
use crate::{InventoryPage, Occasion, Refusal, Target, TargetError};

/// A Google Workspace.
#[derive(Debug)]
pub(super) struct Google {
    pub(super) mapping: Mapping,
    pub(super) client: Client,
    pub(super) accounts: Accounts,
    pub(super) courses: Courses,
    has_courses: bool,
}

/// What is done with accounts.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) users: Users,
    pub(super) adopt: bool,
    pub(super) change_password: bool,
    pub(super) removed: RemovedUsers,
}

/// What is done with courses.
#[derive(Debug)]
pub(super) struct Courses {
    pub(super) alias: Alias,
    /// The owner's address.
    pub(super) owner: String,
    /// What Google calls the owner, once it has been asked.
    pub(super) owner_id: OnceCell<String>,
    pub(super) removed: RemovedCourses,
}

impl Google {
    pub(super) fn new(config: GoogleConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        Ok(Self {
            mapping: Mapping::from(&config),
            client: Client::new(&config, context)?,
            accounts: Accounts {
                users: config.users,
                adopt: config.adopt_by_email,
                change_password: config.change_password_at_next_login,
                removed: config.removed_users,
            },
            courses: Courses {
                alias: config.alias,
                owner: config.course_owner.unwrap_or_default(),
                owner_id: OnceCell::new(),
                removed: config.removed_courses,
            },
            has_courses: config.courses,
        })
    }

    async fn create(&self, wanted: &WantedObject, remote: Option<&str>) -> Result<Outcome, Fault> {
        match (&wanted.key.kind, remote) {
            (kind, Some(remote)) if *kind == USERS => self.adopt_account(wanted, remote).await,
            (kind, _) if *kind == USERS => self.make_account(wanted).await,
            (kind, _) if *kind == COURSES => self.make_course(wanted).await,
            _ => self.make_group(wanted).await,
        }
    }

    async fn update(&self, wanted: &WantedObject, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        match &wanted.key.kind {
            kind if *kind == USERS => self.change_account(wanted, delivered).await,
            kind if *kind == COURSES => self.change_course(wanted, delivered).await,
            _ => self.change_group(wanted, delivered).await,
        }
    }

    async fn delete(&self, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        match &delivered.key.kind {
            kind if *kind == USERS => self.remove_account(delivered).await,
            kind if *kind == COURSES => self.remove_course(delivered).await,
            _ => self.remove_group(delivered).await,
        }
    }
}

/// What a fault means for whatever was to be done.
fn faulted(fault: &Fault) -> Outcome {
    match fault {
        Fault::Call(error) => classify::no_answer(error),
        Fault::Token(error) => classify::no_token(error),
        Fault::Answer(step, reply) if !reply.is_success() => judged(*step, reply, None),
        Fault::Answer(..) => unreadable(),
        Fault::Identity => Outcome::Rejected {
            code: "google.unusable_identity",
            message: "an identity cannot be part of a path".to_owned(),
        },
    }
}

/// An answer that is not what the contract has there. What was made is found again at the next attempt.
pub(super) fn unreadable() -> Outcome {
    let detail = "the answer is not what the contract has there".to_owned();
    Outcome::Retry { after: None, code: "google.unreadable", detail }
}

#[async_trait]
impl Target for Google {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    /// Organisations and activities are no objects here; nothing ever has their keys.
    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        match subject.kind {
            SubjectKind::Person => key(&USERS, subject.id),
            SubjectKind::Group if self.has_courses => key(&COURSES, subject.id),
            SubjectKind::Group => key(&GROUPS, subject.id),
            SubjectKind::Organisation => key(&ObjectKind::new("Organisations"), subject.id),
            SubjectKind::Activity => key(&ObjectKind::new("Activities"), subject.id),
        }
    }

    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome {
        let outcome = match operation {
            Operation::Create(wanted) => self.create(wanted, occasion.remote).await,
            Operation::Update { wanted, delivered } => self.update(wanted, delivered).await,
            Operation::Delete(delivered) => self.delete(delivered).await,
        };
        outcome.unwrap_or_else(|fault| faulted(&fault))
    }

    async fn inventory(&self, kind: &ObjectKind, page: Option<&str>) -> Result<Option<InventoryPage>, TargetError> {
        if *kind != USERS {
            return Ok(None);
        }
        let listed = self.list_accounts(page).await.map_err(|fault| match faulted(&fault) {
            Outcome::TargetDown { code, detail } | Outcome::Retry { code, detail, .. } => TargetError { code, detail },
            Outcome::Throttled { scope, .. } => TargetError { code: "google.inventory_failed", detail: scope },
            _ => TargetError { code: "google.inventory_failed", detail: "refused".to_owned() },
        })?;
        listed.map(Some).map_err(|detail| TargetError { code: "google.inventory_failed", detail })
    }

    fn adoptable(&self) -> Option<ObjectKind> {
        self.accounts.adopt.then(|| USERS.clone())
    }
}
