//! Classes become groups, in two steps: first what the class says of itself, then who is in it.

use std::collections::BTreeSet;

use roster::{Group, Id, Membership, MembershipRole, Record, RecordKey, RecordKind, Validity};

use super::fields::{Fields, Lost};
use super::{Mapped, Reading};
use crate::graph_education::choice::Traits;
use crate::graph_education::wire;
use crate::lenient::{Field, Object};

/// The kind of a class that is a school class.
const HOME_CLASS: &str = "Klass";

/// What a class says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassHead {
    /// The object's identity, which is also that of its Microsoft 365 group.
    pub(crate) id: Id,
    name: String,
    kind: String,
    validity: Validity,
}

/// Who belongs to a class. All identities are of users.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Roster {
    /// `members`: everybody.
    pub(crate) members: BTreeSet<Id>,
    /// `teachers`: the owners, who may or may not be among the members too.
    pub(crate) teachers: BTreeSet<Id>,
}

/// `Err(Mapped)`: removed, or not chosen.
pub(super) fn head(
    wire: wire::Class<'_>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Result<Result<ClassHead, Mapped>, Lost> {
    let id = fields.identity(wire.id)?;
    let gone = Mapped::Gone(RecordKey { kind: RecordKind::Group, id });
    if fields.is_removed(&wire.removed)? {
        return Ok(Err(gone));
    }
    let name = fields.required_text("displayName", wire.display_name);
    let mail_nickname = fields.text("mailNickname", wire.mail_nickname);
    let external_id = fields.text("externalId", wire.external_id);
    let external_source = fields.text("externalSource", wire.external_source);
    let traits = Traits {
        id: &id.to_string(),
        name: &name,
        mail_nickname: mail_nickname.as_deref(),
        external_id: external_id.as_deref(),
        external_source: external_source.as_deref(),
    };
    if !reading.choice.has_class(&traits) {
        return Ok(Err(gone));
    }
    let term = match wire.term {
        Field::Absent => wire::Term::default(),
        Field::Read(Object(term)) => term,
        // An end may be in it.
        Field::Unreadable => return Err(Lost::field("term")),
    };
    let validity = fields.period(term.start_date, term.end_date)?;
    let kind = if reading.choice.is_home_class(&name) { HOME_CLASS } else { &reading.config.group_kind };
    Ok(Ok(ClassHead { id, kind: kind.to_owned(), name, validity }))
}

impl ClassHead {
    /// The group, at the first of the chosen schools that it belongs to; `None`: it belongs to none of them.
    pub(crate) fn with(self, schools: &[Id], roster: &Roster) -> Option<Record> {
        let organisation = schools.iter().min().copied()?;
        let everybody: BTreeSet<Id> = roster.members.union(&roster.teachers).copied().collect();
        let members = everybody.into_iter().map(|person| Membership {
            person,
            role: role(person, roster),
            validity: Validity::ALWAYS,
        });
        Some(Record::Group(Group {
            id: self.id,
            name: self.name,
            kind: self.kind,
            organisation,
            school_type: None,
            validity: self.validity,
            members: members.collect(),
        }))
    }

    /// Its key.
    pub(crate) const fn key(&self) -> RecordKey {
        RecordKey { kind: RecordKind::Group, id: self.id }
    }
}

/// Owners teach. Of other members the person's own role decides, so that no teacher becomes a pupil of a class.
fn role(person: Id, roster: &Roster) -> MembershipRole {
    if roster.teachers.contains(&person) { MembershipRole::Teacher } else { MembershipRole::Unspecified }
}
