//! Skolverket's tests as a target.

use std::time::Duration;

use async_trait::async_trait;
use roster::{SubjectKey, SubjectKind};
use rules::object::{ObjectKey, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use rules::window::{HandedOver, Line};

use super::client::Client;
use super::config::DnpConfig;
use super::items;
use super::mapping::{Mapping, SCHOOL_UNIT, key};
use super::sitting::Sitting;
use crate::files::{Bulk, Files, Handed, SharedLimit, Turnstile};
use crate::registry::{ConfigProblem, TargetContext};
use crate::ss12000_provider::Resource;
use crate::{Occasion, Refusal, Target};

/// Skolverket's tests.
#[derive(Debug)]
pub(super) struct Dnp {
    mapping: Mapping,
    window: Duration,
    client: Client,
}

impl Dnp {
    pub(super) fn new(config: DnpConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let client = Client::new(&config, context)?;
        Ok(Self { mapping: Mapping::from(&config), window: config.window(), client })
    }
}

#[async_trait]
impl Target for Dnp {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        match subject.kind {
            SubjectKind::Person => key(Resource::Person, subject.id),
            SubjectKind::Organisation => ObjectKey { kind: SCHOOL_UNIT, key: subject.id.to_string() },
            SubjectKind::Group => key(Resource::Group, subject.id),
            SubjectKind::Activity => key(Resource::Activity, subject.id),
        }
    }

    async fn apply(&self, operation: &Operation, _: Occasion<'_>) -> Outcome {
        match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } => {
                Outcome::Done { remote: items::remote(wanted), adopted: false }
            }
            Operation::Delete(_) => Outcome::done(),
        }
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }
}

#[async_trait]
impl Files for Dnp {
    fn window(&self) -> Duration {
        self.window
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        items::lines(operation)
    }

    fn bulk(&self) -> Option<&dyn Bulk> {
        Some(self)
    }
}

#[async_trait]
impl Bulk for Dnp {
    fn limit(&self) -> SharedLimit {
        self.client.limit()
    }

    async fn hand_over(&self, lines: &[Line], before: HandedOver, turnstile: &dyn Turnstile) -> Handed {
        Sitting::of(&self.client, turnstile, lines, before).hold().await
    }
}
