//! A receiver of packages as a target.

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

use super::config::{Mode, OneRosterCsvConfig};
use super::mapping::{CLASS, Mapping, ORG, USER, key};
use super::package::Packages;
use super::rows;
use crate::files::{Files, LocalFolders, PlaceError, SendPlace, SendPlaces, WrittenFile};
use crate::registry::{ConfigProblem, TargetContext};
use crate::{Occasion, Refusal, Target};

/// A receiver of packages.
#[derive(Debug)]
pub(super) struct OneRosterCsv {
    mapping: Mapping,
    packages: Packages,
    window: Duration,
    place: Arc<dyn SendPlace>,
}

impl OneRosterCsv {
    pub(super) fn new(config: OneRosterCsvConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let places: &dyn SendPlaces = context.places.as_deref().unwrap_or(&LocalFolders);
        let place = places.send_place(&config.place()?);
        let (mapping, window) = (Mapping::from(&config), config.window());
        let packages = Packages { edition: config.version, mode: config.mode, file_name: config.file_name };
        Ok(Self { mapping, packages, window, place })
    }
}

#[async_trait]
impl Target for OneRosterCsv {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        let kind = match subject.kind {
            SubjectKind::Person => &USER,
            SubjectKind::Organisation => &ORG,
            SubjectKind::Group | SubjectKind::Activity => &CLASS,
        };
        key(kind, subject.id)
    }

    async fn apply(&self, _: &Operation, _: Occasion<'_>) -> Outcome {
        Outcome::done()
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }
}

#[async_trait]
impl Files for OneRosterCsv {
    fn window(&self) -> Duration {
        self.window
    }

    fn says_everything(&self) -> bool {
        self.packages.mode == Mode::Bulk
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        rows::lines(operation)
    }

    fn is_over(&self, line: &Line) -> bool {
        rows::is_over(line)
    }

    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        self.packages.written(minute, lines)
    }

    async fn send(&self, file: &WrittenFile) -> Result<(), PlaceError> {
        self.place.put(&file.name, &file.content).await
    }
}
