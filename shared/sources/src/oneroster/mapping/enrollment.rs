//! Enrollments: who is in which class.

use roster::{Id, Membership, MembershipRole, RecordKind, Validity};

use super::{Fields, Lost, Reading, Status, fields, identity};
use crate::oneroster::wire;

/// An enrollment as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enrollment {
    pub(crate) class: Option<Id>,
    pub(crate) person: Id,
    /// `None`: a role that makes nobody a member, or an enrollment that is gone.
    pub(crate) role: Option<MembershipRole>,
    pub(crate) validity: Validity,
}

/// Reads an enrollment; the notes go to its group, which `fields` is of.
pub(crate) fn read(
    wire: wire::Enrollment<'_>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Result<Enrollment, Lost> {
    let class = fields::referred(&wire.class).map(|native| identity(RecordKind::Group, native));
    let person = fields::referred(&wire.user).ok_or_else(|| Lost::field("user of an enrollment"))?;
    let person = identity(RecordKind::Person, person);
    if fields.status(&wire.status) == Status::Gone {
        return Ok(Enrollment { class, person, role: None, validity: Validity::ALWAYS });
    }
    let role = role(&fields.required_text("role of an enrollment", wire.role), fields);
    let validity = fields.period(&wire.begin_date, &wire.end_date, reading.conventions.end_dates)?;
    Ok(Enrollment { class, person, role, validity })
}

/// [OneRoster 1.1 §4.13.7]: administrators and proctors watch over a class, and are not taken as its teachers.
fn role(word: &str, fields: &mut Fields<'_>) -> Option<MembershipRole> {
    match word.to_lowercase().as_str() {
        "student" => Some(MembershipRole::Pupil),
        "teacher" => Some(MembershipRole::Teacher),
        "administrator" | "proctor" | "aide" | "guardian" | "parent" | "relative" | "" => None,
        _ => {
            fields.warn(
                "oneroster.role_unknown",
                "an enrollment with a role that this version does not know is left out",
            );
            None
        }
    }
}

/// The membership that an enrollment is, if it is one.
pub(crate) fn membership(enrollment: &Enrollment) -> Option<Membership> {
    let Enrollment { person, role, validity, .. } = *enrollment;
    role.map(|role| Membership { person, role, validity })
}
