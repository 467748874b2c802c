//! A receiver of packages as a target.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use outbound::FilePlace;
use roster::{SubjectKey, SubjectKind};
use rules::object::{ObjectKey, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use rules::window::Line;

use super::{CLASS, ORG, USER, is_over, key};
use crate::files::{Files, LocalFolders, PlaceError, SendPlace, SendPlaces, WrittenFile};
use crate::registry::TargetContext;
use crate::{Occasion, Refusal, Target};

/// What a receiver's packages are. Pure.
pub(crate) trait Format: Debug + Send + Sync {
    /// The objects of a view.
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal>;

    /// Whether each package says everything.
    fn says_everything(&self) -> bool;

    /// The lines of an operation.
    fn lines(&self, operation: &Operation) -> Vec<Line>;

    /// The packages of a window.
    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile>;
}

/// A receiver of packages.
#[derive(Debug)]
pub(crate) struct Packaged<F> {
    format: F,
    window: Duration,
    place: Arc<dyn SendPlace>,
}

impl<F> Packaged<F> {
    pub(crate) fn new(format: F, window: Duration, address: &FilePlace, context: &TargetContext) -> Self {
        let places: &dyn SendPlaces = context.places.as_deref().unwrap_or(&LocalFolders);
        Self { format, window, place: places.send_place(address) }
    }
}

#[async_trait]
impl<F: Format> Target for Packaged<F> {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.format.map(view)
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
impl<F: Format> Files for Packaged<F> {
    fn window(&self) -> Duration {
        self.window
    }

    fn says_everything(&self) -> bool {
        self.format.says_everything()
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        self.format.lines(operation)
    }

    fn is_over(&self, line: &Line) -> bool {
        is_over(line)
    }

    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        self.format.written(minute, lines)
    }

    async fn send(&self, file: &WrittenFile) -> Result<(), PlaceError> {
        self.place.put(&file.name, &file.content).await
    }
}
