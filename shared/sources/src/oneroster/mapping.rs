//! From the wire to records. Pure; shared by REST and CSV.
//!
//! The smallest thing that cannot be read is left out, with a warning. An end date that cannot be read is never "for
//! ever", a list that decides who belongs where is never "nobody" by mistake, and a role is only taken at a school.
//!
//! | OneRoster | roster |
//! |---|---|
//! | org `district` | organisation, principal |
//! | org `school` with a school unit code | school unit |
//! | org `school` without | school, above its units |
//! | any other org | an organisation that no target receives, and where no role counts |
//! | user | person |
//! | role `student` at a school | enrolment; grade → school year |
//! | any other role of staff at a school | duty, as part of the person, with an identity of its own |
//! | class `homeroom` / `scheduled` | group `Klass` / `Undervisning`; its terms together are its period |
//! | enrollment `student` / `teacher` | membership as pupil / teacher |
//!
//! Teachers are members of their groups, not teachers of activities: an activity would be a second record of the same
//! class, to be kept and removed beside it, and what projects groups gives teachers among the members an activity at
//! the target all the same (`rules::project`, `led_by`). Courses are not read: nothing of the roster is made of them.

mod class;
mod enrollment;
mod fields;
mod grade;
mod org;
mod role;
mod session;
mod user;

use std::collections::BTreeSet;

use jiff::civil::Date;
use roster::{Id, RecordKind};

pub(super) use self::class::{Class, group, read as class};
pub(super) use self::enrollment::{Enrollment, membership, read as enrollment};
pub(super) use self::fields::{Fields, Lost, is_usable, status_of};
pub(super) use self::grade::Grade;
pub(super) use self::org::{Org, read as org};
pub(super) use self::role::{RoleAt, RoleKind};
pub(super) use self::session::read as session;
pub(super) use self::user::{User, person, read as user, role_at};
use super::conventions::Conventions;

/// What the mapping needs to know beside the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'c> {
    pub(super) conventions: &'c Conventions,
    /// The date in Sweden when the read began: settles the century of ten-digit personal numbers.
    pub(super) today: Date,
}

/// Whether an object is there [OneRoster 1.1 §4.13.8, 1.2 §6.2.8]. `inactive` is of the first edition and means what
/// `tobedeleted` means to whoever receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Here,
    Gone,
}

/// Organisations that are no schools: a role there says nothing about any school.
pub(super) type Above = BTreeSet<Id>;

/// The identity of something that the provider names by its `sourcedId`.
pub(super) fn identity(kind: RecordKind, sourced_id: &str) -> Id {
    Id::from_source(&format!("oneroster/{kind}"), sourced_id.trim())
}

/// The identity of an academic session, which is no record.
pub(super) fn session_identity(sourced_id: &str) -> Id {
    Id::from_source("oneroster/session", sourced_id.trim())
}
