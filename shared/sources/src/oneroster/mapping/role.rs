//! Roles: what a user is, and where.

use roster::{Duty, Enrolment, Id, Validity};

use super::{Above, Grade};
use crate::membership::join_periods;

/// What a role makes of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RoleKind {
    /// `student`.
    Pupil,
    /// Staff, with SS 12000's `dutyRole`.
    Staff(&'static str),
    /// Guardians and other relatives: no role in a school.
    Relative,
}

/// A role at an organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RoleAt {
    pub(crate) kind: RoleKind,
    /// The provider's word, in lower case: part of the duty's identity.
    pub(crate) word: String,
    pub(crate) org: Id,
    pub(crate) validity: Validity,
}

impl RoleAt {
    fn is_same_as(&self, other: &Self) -> bool {
        self.org == other.org && self.word == other.word
    }
}

impl RoleKind {
    /// [OneRoster 1.1 §4.13.7 RoleType; 1.2 §6.2 RoleEnum] as SS 12000 says it. `None`: a word that is not known.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "student" => Self::Pupil,
            "teacher" => Self::Staff("Lärare"),
            "aide" => Self::Staff("Lärarassistent"),
            "principal" => Self::Staff("Rektor"),
            "counselor" => Self::Staff("Kurator"),
            "administrator" | "siteadministrator" | "districtadministrator" | "systemadministrator" => {
                Self::Staff("Skoladministratör")
            }
            "proctor" => Self::Staff("Annan personal"),
            "guardian" | "parent" | "relative" => Self::Relative,
            _ => return None,
        })
    }
}

/// Roles at schools only. Gives too how many were at other organisations.
pub(crate) fn at_schools(roles: &[RoleAt], above: &Above) -> (Vec<RoleAt>, usize) {
    let counts = |role: &&RoleAt| role.kind != RoleKind::Relative;
    let (elsewhere, at_schools): (Vec<_>, Vec<_>) =
        roles.iter().filter(counts).cloned().partition(|role| above.contains(&role.org));
    (at_schools, elsewhere.len())
}

/// The places of a pupil, in a total order, each once.
pub(crate) fn enrolments(
    roles: &[RoleAt],
    grade: Option<&Grade>,
    type_at: impl Fn(Id) -> Option<String>,
) -> Vec<Enrolment> {
    let pupil = roles.iter().filter(|role| role.kind == RoleKind::Pupil);
    let mut enrolments: Vec<Enrolment> = pupil
        .map(|role| Enrolment {
            school_unit: role.org,
            school_type: grade.and_then(|it| it.school_type.clone()).or_else(|| type_at(role.org)),
            school_year: grade.map(|it| it.school_year),
            education_code: None,
            validity: role.validity,
            cancelled: false,
        })
        .collect();
    enrolments.sort_by_key(|it| (it.school_unit, it.validity));
    enrolments.dedup();
    enrolments
}

/// The duties of a person. OneRoster gives roles no identity: it is made of person, organisation and role. Of several
/// periods that do not meet, the last one has that identity, the others their last day in it too.
pub(crate) fn duties(person: Id, roles: &[RoleAt]) -> Vec<Duty> {
    let mut staff: Vec<RoleAt> = roles.iter().filter(|it| matches!(it.kind, RoleKind::Staff(_))).cloned().collect();
    staff.sort_by(|a, b| (a.org, &a.word, a.validity).cmp(&(b.org, &b.word, b.validity)));
    staff.dedup_by(|next, last| next.is_same_as(last) && join_periods(&mut last.validity, next.validity));
    let mut duties = Vec::with_capacity(staff.len());
    for (place, role) in staff.iter().enumerate() {
        let is_last = !staff.get(place + 1).is_some_and(|next| next.is_same_as(role));
        duties.extend(duty(person, role, is_last));
    }
    duties
}

fn duty(person: Id, role: &RoleAt, is_last: bool) -> Option<Duty> {
    let RoleKind::Staff(duty_role) = role.kind else { return None };
    let until = role.validity.end.filter(|_| !is_last).map(|day| day.to_string());
    let (whose, at) = (person.to_string(), role.org.to_string());
    let parts = ["oneroster", "duty", &whose, &at, &role.word];
    let parts: Vec<&str> = parts.into_iter().chain(until.as_deref()).collect();
    Some(Duty {
        id: Id::derived(&parts),
        person: Some(person),
        organisation: role.org,
        role: duty_role.to_owned(),
        signature: None,
        validity: role.validity,
        assignments: Vec::new(),
    })
}
