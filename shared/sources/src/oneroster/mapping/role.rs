//! Roles: what a user is, and where.

use roster::{Duty, Enrolment, Id, Validity};

use super::{Above, Grade};

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

/// The duties of a person. OneRoster gives roles no identity: it is made of person, organisation and role, and of the
/// first day too for periods apart from the last one.
pub(crate) fn duties(person: Id, roles: &[RoleAt]) -> Vec<Duty> {
    let mut staff: Vec<(&RoleAt, &'static str)> = roles
        .iter()
        .filter_map(|role| match role.kind {
            RoleKind::Staff(duty_role) => Some((role, duty_role)),
            RoleKind::Pupil | RoleKind::Relative => None,
        })
        .collect();
    staff.sort_by_key(|(role, _)| (role.org, role.word.as_str(), role.validity));
    staff.dedup();
    let mut duties = Vec::with_capacity(staff.len());
    for (place, (role, duty_role)) in staff.iter().enumerate() {
        let next = staff.get(place + 1).map(|(next, _)| *next);
        let last = next.is_none_or(|next| next.org != role.org || next.word != role.word);
        let start = role.validity.start.filter(|_| !last).map(|day| day.to_string());
        let (person_text, org) = (person.to_string(), role.org.to_string());
        let mut parts = vec!["oneroster", "duty", &person_text, &org, &role.word];
        parts.extend(start.as_deref());
        duties.push(Duty {
            id: Id::derived(&parts),
            person: Some(person),
            organisation: role.org,
            role: (*duty_role).to_owned(),
            signature: None,
            validity: role.validity,
            assignments: Vec::new(),
        });
    }
    duties
}
