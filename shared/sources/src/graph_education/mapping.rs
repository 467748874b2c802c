//! From Graph's objects to the roster's. Pure; the smallest thing that cannot be read is left out, with a warning.
//!
//! Identity is the object's own: a UUID in the directory. A class has the same as its Microsoft 365 group
//! [educationClass resource type, docs of Graph v1.0].

mod class;
mod fields;
mod school;
mod user;

use std::collections::BTreeSet;

use roster::{Id, Record, RecordKey, RecordKind};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) use self::class::{ClassHead, Roster};
use self::fields::{Fields, Lost};
use super::choice::Choice;
use super::config::GraphEducationConfig;
use super::wire;
use crate::Unreadable;
use crate::lenient::{Field, List, Object};

/// What the mapping needs to know beside the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'c> {
    pub(super) config: &'c GraphEducationConfig,
    pub(super) choice: &'c Choice,
}

/// What an object became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mapped {
    /// A record that is there.
    Present(Box<Record>),
    /// Removed, or nothing that the configuration chooses.
    Gone(RecordKey),
}

/// What some objects became.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MappedPage {
    pub(crate) records: Vec<Record>,
    pub(crate) gone: Vec<RecordKey>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// Classes whose members are still to be read.
    pub(crate) classes: Vec<ClassHead>,
}

/// A group of the directory of which something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedGroup {
    pub(crate) id: Id,
    /// The group is gone.
    pub(crate) removed: bool,
    /// Who is no longer among its members or owners.
    pub(crate) left: BTreeSet<Id>,
}

/// What a delta tells of an object: that it changed, or is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Changed(Id),
    Removed(Id),
}

impl MappedPage {
    /// Schools.
    pub(super) fn school(&mut self, raw: &RawValue, reading: &Reading<'_>) {
        self.object(RecordKind::Organisation, raw, |wire, fields| school::read(wire, fields, reading));
    }

    /// Users; `schools` gives the chosen schools of each.
    pub(super) fn user(&mut self, raw: &RawValue, schools: &dyn Fn(Id) -> Vec<Id>) {
        self.object(RecordKind::Person, raw, |wire, fields| user::read(wire, fields, schools));
    }

    /// Classes, without their members.
    pub(super) fn class(&mut self, raw: &RawValue, reading: &Reading<'_>) {
        let mut fields = Fields::new(RecordKind::Group, &mut self.unreadable);
        match parsed(raw).and_then(|wire| class::head(wire, &mut fields, reading)) {
            Ok(Ok(head)) => self.classes.push(head),
            Ok(Err(Mapped::Gone(key))) => self.gone.push(key),
            Ok(Err(Mapped::Present(record))) => self.records.push(*record),
            Err(lost) => fields.lost(lost),
        }
    }

    /// Something that was told of is not found.
    pub(super) fn not_found(&mut self, key: RecordKey) {
        Fields::of(key.kind, key.id, &mut self.unreadable).lost(Lost::not_found());
    }

    /// What a delta tells of an object; `None`: unreadable.
    pub(super) fn told(&mut self, kind: RecordKind, raw: &RawValue) -> Option<Told> {
        let mut fields = Fields::new(kind, &mut self.unreadable);
        let told = parsed::<wire::Reference<'_>>(raw).and_then(|wire| {
            let id = fields.identity(wire.id)?;
            Ok(if fields.is_removed(&wire.removed)? { Told::Removed(id) } else { Told::Changed(id) })
        });
        told.map_err(|lost| fields.lost(lost)).ok()
    }

    /// A group of the directory of which something changed; `None`: unreadable.
    pub(super) fn group(&mut self, raw: &RawValue) -> Option<ChangedGroup> {
        let mut fields = Fields::new(RecordKind::Group, &mut self.unreadable);
        let group = parsed::<wire::Group<'_>>(raw).and_then(|wire| {
            let id = fields.identity(wire.id)?;
            let removed = fields.is_removed(&wire.removed)?;
            let left = [("members@delta", wire.members), ("owners@delta", wire.owners)];
            let left = left.into_iter().flat_map(|(name, field)| left_in(name, field, &mut fields)).collect();
            Ok(ChangedGroup { id, removed, left })
        });
        group.map_err(|lost| fields.lost(lost)).ok()
    }

    fn object<'p, W: Deserialize<'p>>(
        &mut self,
        kind: RecordKind,
        raw: &'p RawValue,
        read: impl FnOnce(W, &mut Fields<'_>) -> Result<Mapped, Lost>,
    ) {
        let mut fields = Fields::new(kind, &mut self.unreadable);
        match parsed(raw).and_then(|wire| read(wire, &mut fields)) {
            Ok(Mapped::Present(record)) => self.records.push(*record),
            Ok(Mapped::Gone(key)) => self.gone.push(key),
            Err(lost) => fields.lost(lost),
        }
    }
}

fn parsed<'p, W: Deserialize<'p>>(raw: &'p RawValue) -> Result<W, Lost> {
    match serde_json::from_str(raw.get()) {
        Ok(Field::Read(Object(wire))) => Ok(wire),
        _ => Err(Lost::object()),
    }
}

fn left_in(name: &str, field: Field<List<Object<wire::Reference<'_>>>>, fields: &mut Fields<'_>) -> Vec<Id> {
    let list = match field {
        Field::Absent => return Vec::new(),
        Field::Read(list) => list,
        Field::Unreadable => {
            fields.unreadable(name);
            return Vec::new();
        }
    };
    let removed = list.into_iter().filter_map(Field::read).filter(|Object(it)| it.removed != Field::Absent);
    removed.filter_map(|Object(it)| it.id.read()?.0.parse().ok()).collect()
}

/// The identities in a list of objects.
///
/// # Errors
/// [`NoIdentity`]: one of them has none, and who belongs where cannot be told.
pub(super) fn identities(list: &[&RawValue]) -> Result<BTreeSet<Id>, NoIdentity> {
    let identity = |raw: &&RawValue| {
        let wire: wire::Reference<'_> = parsed(raw).map_err(|_| NoIdentity)?;
        wire.id.read().and_then(|it| it.0.parse().ok()).ok_or(NoIdentity)
    };
    list.iter().map(identity).collect()
}

/// An object in a list of references has no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoIdentity;

/// The schools among a list that the configuration chooses.
///
/// # Errors
/// [`NoIdentity`].
pub(super) fn chosen_schools(list: &[&RawValue], choice: &Choice) -> Result<Vec<Id>, NoIdentity> {
    let mut chosen = BTreeSet::new();
    for raw in list {
        let wire: wire::School<'_> = parsed(raw).map_err(|_| NoIdentity)?;
        let id: Id = wire.id.read().and_then(|it| it.0.parse().ok()).ok_or(NoIdentity)?;
        let text = |field: Field<crate::lenient::Text<'_>>| field.read().and_then(|it| it.filled().map(str::to_owned));
        let (external_id, number) = (text(wire.external_id), text(wire.school_number));
        if choice.has_school(school::identifiers(&id.to_string(), external_id.as_deref(), number.as_deref())) {
            chosen.insert(id);
        }
    }
    Ok(chosen.into_iter().collect())
}
