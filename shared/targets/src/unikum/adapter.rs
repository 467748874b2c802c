//! Unikum as a target.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use roster::{SubjectKey, SubjectKind};
use rules::object::{ObjectKey, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use rules::window::Line;

use super::config::UnikumConfig;
use super::kinds::{CLASS, SCHOOL, USER};
use super::mapping::{Mapping, key};
use super::rows::{Rows, number};
use crate::files::{Files, LocalFolders, PlaceError, SendPlace, SendPlaces, WrittenFile};
use crate::registry::{ConfigProblem, TargetContext};
use crate::{Occasion, Refusal, Target};

/// Unikum, by its import files.
#[derive(Debug)]
pub(super) struct Unikum {
    mapping: Mapping,
    rows: Rows,
    window: Duration,
    place: Arc<dyn SendPlace>,
}

impl Unikum {
    pub(super) fn new(config: UnikumConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let places: &dyn SendPlaces = context.places.as_deref().unwrap_or(&LocalFolders);
        let place = places.send_place(&config.place()?);
        let (mapping, window) = (Mapping::from(&config), config.window());
        let rows = Rows { municipality: config.municipality, relation_columns: config.relation_columns };
        Ok(Self { mapping, rows, window, place })
    }
}

#[async_trait]
impl Target for Unikum {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        let kind = match subject.kind {
            SubjectKind::Person => &USER,
            SubjectKind::Organisation => &SCHOOL,
            SubjectKind::Group | SubjectKind::Activity => &CLASS,
        };
        key(kind, subject.id)
    }

    async fn apply(&self, operation: &Operation, _: Occasion<'_>) -> Outcome {
        match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } => {
                Outcome::Done { remote: number(wanted).map(str::to_owned), adopted: false }
            }
            Operation::Delete(_) => Outcome::done(),
        }
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }
}

#[async_trait]
impl Files for Unikum {
    fn window(&self) -> Duration {
        self.window
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        self.rows.lines(operation)
    }

    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        self.rows.files(minute, lines)
    }

    async fn send(&self, file: &WrittenFile) -> Result<(), PlaceError> {
        self.place.put(&file.name, &file.content).await
    }
}
