//! What every receiving system can do.

use async_trait::async_trait;
use roster::Personal;
use rules::object::{ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;

use crate::feed::Feed;
use crate::files::Files;

/// A receiving system of one tenant.
#[async_trait]
pub trait Target: Send + Sync + std::fmt::Debug {
    /// Turns a view into the objects wanted at this target. Pure: the same view gives the same objects.
    ///
    /// # Errors
    /// [`Refusal`] when the target's contract cannot carry the subject; its neighbours are not affected.
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal>;

    /// The key of the object by which others refer to the view's subject (a person's user, say).
    fn reference_of(&self, key: &roster::SubjectKey) -> ObjectKey;

    /// Carries out one operation.
    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome;

    /// One page of what the target holds of a kind, for adoption at first contact and for drift.
    /// `None`: the target cannot tell.
    ///
    /// # Errors
    /// [`TargetError`] when the target could not be asked.
    async fn inventory(&self, kind: &ObjectKind, page: Option<&str>) -> Result<Option<InventoryPage>, TargetError> {
        let _ = (kind, page);
        Ok(None)
    }

    /// The kind whose objects may be adopted at first contact, if the target has one.
    fn adoptable(&self) -> Option<ObjectKind> {
        None
    }

    /// What it says in files, if it is one that gets those: [`Target::apply`] then calls nobody, and only tells by which
    /// name the target will know the object, once it has read the lines.
    fn files(&self) -> Option<&dyn Files> {
        None
    }

    /// What is known of it, if it is one that comes and reads: [`Target::apply`] then calls nobody, and the object is
    /// published before.
    fn feed(&self) -> Option<&dyn Feed> {
        None
    }
}

/// What else there is to know about carrying out an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Occasion<'o> {
    /// The identity of an account that exists, to be adopted instead of making one.
    pub remote: Option<&'o str>,
    /// Counts the subject's changes: the same each time the same change is tried, another for every other one.
    pub change: u64,
}

/// The target's contract cannot carry a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {reason}")]
pub struct Refusal {
    /// A stable code, e.g. `egil.school_unit_code_missing`.
    pub code: &'static str,
    /// Why, in a sentence without personal data.
    pub reason: String,
}

/// A page of an inventory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InventoryPage {
    /// The objects.
    pub entries: Vec<InventoryEntry>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<String>,
}

/// An object that the target holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryEntry {
    /// The target's own identity of it.
    pub remote: String,
    /// The external identity it was given by whoever made it.
    pub external: Option<String>,
    /// What it can be recognised by: lower-case e-mail addresses and user names.
    pub recognised_by: Vec<Personal<String>>,
}

/// The target could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct TargetError {
    /// A stable code, e.g. `egil.inventory_failed`.
    pub code: &'static str,
    /// What was seen, without personal data.
    pub detail: String,
}
