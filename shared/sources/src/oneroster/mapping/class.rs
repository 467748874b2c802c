//! Classes.

use roster::{Group, Id, Membership, RecordKind, Validity};

use super::{Fields, Grade, Lost, Reading, Status, fields, session_identity};
use crate::lenient::Text;
use crate::membership::merged;
use crate::oneroster::wire;

/// A class as read: without members, and without the period that its terms give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) status: Status,
    /// Its own identifier and its school's, as the provider writes them.
    pub(crate) native: (String, String),
    pub(crate) terms: Vec<Id>,
    pub(crate) group: Group,
}

pub(crate) fn read(wire: wire::Class<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<Class, Lost> {
    let id = fields.identity(&wire.sourced_id)?;
    let status = fields.status(&wire.status);
    let native = wire::Wire::sourced_id(&wire).unwrap_or_default().to_owned();
    let school = fields::referred(&wire.school).map(str::to_owned);
    if status == Status::Here && school.is_none() {
        return Err(Lost::field("school"));
    }
    let school = school.unwrap_or_default();
    let mut terms = Vec::new();
    for term in fields.deciding_list("terms", wire.terms)? {
        let term = term.0.trim();
        if !fields::is_usable(term) {
            return Err(Lost::field("terms"));
        }
        terms.push(session_identity(term));
    }
    terms.sort_unstable();
    terms.dedup();
    let title = fields.text("title", wire.title).or_else(|| fields.text("classCode", wire.class_code));
    if title.is_none() && status == Status::Here {
        fields.missing("title");
    }
    let grades = fields.list("grades", wire.grades);
    let group = Group {
        id,
        name: title.unwrap_or_default(),
        kind: kind(fields.text("classType", wire.class_type)),
        organisation: super::identity(RecordKind::Organisation, &school),
        school_type: school_type(&grades, reading),
        validity: Validity::ALWAYS,
        members: Vec::new(),
    };
    Ok(Class { status, native: (native, school), terms, group })
}

/// The class with its period and members.
///
/// # Errors
/// [`Lost`] when a term is not known: what it ends with would be guessed.
pub(crate) fn group(
    class: Class,
    period_of: impl Fn(Id) -> Option<Validity>,
    members: Vec<Membership>,
    fields: &mut Fields<'_>,
) -> Result<Group, Lost> {
    if class.terms.is_empty() {
        fields.missing("terms");
    }
    let mut periods = Vec::with_capacity(class.terms.len());
    for term in &class.terms {
        let unknown = || Lost {
            code: "oneroster.term_unknown",
            reason: "a term of the class is not among the academic sessions; its end would be guessed".to_owned(),
        };
        periods.push(period_of(*term).ok_or_else(unknown)?);
    }
    Ok(Group { validity: together(&periods), members: merged(members), ..class.group })
}

/// From the first day of any to the last day of any.
fn together(periods: &[Validity]) -> Validity {
    let start =
        if periods.iter().any(|it| it.start.is_none()) { None } else { periods.iter().filter_map(|it| it.start).min() };
    let end =
        if periods.iter().any(|it| it.end.is_none()) { None } else { periods.iter().filter_map(|it| it.end).max() };
    Validity::new(start, end)
}

/// [OneRoster 1.1 §4.13.2 ClassType] as SS 12000 says it; an unknown word is kept as it came.
fn kind(word: Option<String>) -> String {
    match word.as_deref() {
        Some("homeroom") => "Klass".to_owned(),
        Some("scheduled") => "Undervisning".to_owned(),
        Some(other) => other.to_owned(),
        None => "Övrigt".to_owned(),
    }
}

/// The type that all grades agree on.
fn school_type(grades: &[Text<'_>], reading: &Reading<'_>) -> Option<String> {
    let mut types =
        grades.iter().filter_map(Text::filled).map(|text| Grade::read(text, reading.conventions)?.school_type);
    let first = types.next()??;
    types.all(|other| other.as_ref() == Some(&first)).then_some(first)
}
