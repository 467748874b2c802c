//! Views → wanted objects. Pure.
//!
//! Attributes and which of them are required: from the receiver Windermere's types and EgilSCIM's templates.
//! A security marking is never sent.

mod bodies;
mod group;
mod organisation;
mod person;

use roster::{SubjectKey, SubjectKind};
use rules::object::{Body, ObjectKey, ObjectKind, WantedObject};
use rules::view::View;
use serde_json::Value;

use super::config::EgilConfig;
use super::kinds::{ACTIVITIES, SCHOOL_UNITS, STUDENT_GROUPS, USERS};
use crate::Refusal;

/// How objects are written for one target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// Leave out fields that the portal can do without.
    pub(crate) omit_optional_fields: bool,
    /// Leave out `$ref`.
    pub(crate) omit_reference_urls: bool,
    /// Write licences.
    pub(crate) licence_assignments: bool,
    /// In whose numbering licences name products.
    pub(crate) supplier: String,
    /// Let accounts be recognised at first contact.
    pub(crate) adopt_by_email: bool,
}

impl From<&EgilConfig> for Mapping {
    fn from(config: &EgilConfig) -> Self {
        Self {
            omit_optional_fields: config.omit_optional_fields,
            omit_reference_urls: config.omit_reference_urls,
            licence_assignments: config.licence_assignments,
            supplier: config.supplier.clone().unwrap_or_default(),
            adopt_by_email: config.adopt_by_email,
        }
    }
}

impl Mapping {
    /// The objects of a view.
    pub(crate) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Organisation(view) => self.organisation(view).map(|object| vec![object]),
            View::Person(view) => self.person(view),
            View::Group(view) => self.group(view),
            View::Activity(view) => self.activity(view, &[]).map(|object| vec![object]),
        }
    }
}

/// The object by which others refer to a subject. An organisation is referred to as a school unit: only those are
/// referred to by persons and groups.
pub(crate) fn reference_of(subject: &SubjectKey) -> ObjectKey {
    let kind = match subject.kind {
        SubjectKind::Organisation => SCHOOL_UNITS,
        SubjectKind::Person => USERS,
        SubjectKind::Group => STUDENT_GROUPS,
        SubjectKind::Activity => ACTIVITIES,
    };
    key(&kind, subject.id)
}

/// Kind and key of an object.
pub(super) fn key(kind: &ObjectKind, id: roster::Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}

/// An object that needs others of its subject.
fn object(key: ObjectKey, body: Value, needs: &[&ObjectKey]) -> WantedObject {
    let needs = needs.iter().map(|it| (*it).clone()).collect();
    WantedObject { needs, ..WantedObject::new(key, Body::new(body)) }
}

/// A text that the profile requires; blank is as good as missing.
fn required<'a>(text: &'a str, code: &'static str, what: &str) -> Result<&'a str, Refusal> {
    if text.trim().is_empty() { Err(Refusal { code, reason: format!("{what} is missing") }) } else { Ok(text) }
}
