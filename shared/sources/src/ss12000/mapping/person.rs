//! Persons and their enrolments.

use roster::{CivicNumber, Email, Enrolment, ExternalId, Person, PersonStatus, Personal, Record, SecurityMarking};

use super::Reading;
use super::fields::{Fields, Lost};
use crate::lenient::{Field, List, Object, Text};
use crate::ss12000::wire;

/// Pupils are in school year 0 (förskoleklass) to 10.
const LAST_SCHOOL_YEAR: u8 = 10;

pub(super) fn read(wire: wire::Person<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<Record, Lost> {
    let id = fields.identity(wire.id)?;
    let enrolments = enrolments(wire.enrolments, fields)?;
    Ok(Record::Person(Person {
        id,
        given_name: Personal::new(fields.required_text("givenName", wire.given_name)),
        family_name: Personal::new(fields.required_text("familyName", wire.family_name)),
        principal_names: principal_names(wire.edu_person_principal_names, fields),
        emails: emails(wire.emails, fields, reading.email_types),
        civic_number: civic_number(wire.civic_no, fields, reading),
        security_marking: security_marking(wire.security_marking, fields),
        status: PersonStatus::from_standard(&fields.text("personStatus", wire.person_status).unwrap_or_default()),
        enrolments,
        duties: Vec::new(),
        login_identity: None,
        external_ids: external_ids(wire.external_identifiers, fields),
    }))
}

/// In the order they came: the first is the most important.
fn principal_names(field: Field<List<Text<'_>>>, fields: &mut Fields<'_>) -> Vec<Personal<String>> {
    let mut names: Vec<Personal<String>> = Vec::new();
    for text in fields.list("eduPersonPrincipalNames", field) {
        let name = text.filled().and_then(Personal::filled);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// Those that say what they are of.
fn external_ids(field: Field<List<Object<wire::ExternalIdentifier<'_>>>>, fields: &mut Fields<'_>) -> Vec<ExternalId> {
    let mut ids: Vec<ExternalId> = Vec::new();
    for Object(wire) in fields.list("externalIdentifiers", field) {
        let context = fields.text("externalIdentifiers.context", wire.context);
        let value = fields.text("externalIdentifiers.value", wire.value).and_then(Personal::filled);
        let id = context.zip(value).map(|(context, value)| ExternalId { context, value });
        ids.extend(id.filter(|id| !ids.contains(id)));
    }
    ids
}

/// Only the school's, in the order of the configured types.
fn emails(field: Field<List<Object<wire::Email<'_>>>>, fields: &mut Fields<'_>, types: &[String]) -> Vec<Email> {
    let mut ranked: Vec<(usize, Email)> = Vec::new();
    for Object(wire) in fields.list("emails", field) {
        let kind = fields.text("emails.type", wire.kind);
        let address = fields.text("emails.value", wire.value).and_then(Personal::filled);
        let Some((kind, address)) = kind.zip(address) else {
            continue;
        };
        if let Some(rank) = rank(types, &kind) {
            ranked.push((rank, Email { address, kind }));
        }
    }
    // A total order, since the same kind may be written in several cases.
    ranked.sort_by(|(a, x), (b, y)| (a, &x.address, &x.kind).cmp(&(b, &y.address, &y.kind)));
    ranked.dedup();
    ranked.into_iter().map(|(_, email)| email).collect()
}

fn rank(types: &[String], kind: &str) -> Option<usize> {
    types.iter().position(|wanted| lower(wanted.trim()).eq(lower(kind)))
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn civic_number(
    field: Field<wire::CivicNo<'_>>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Option<CivicNumber> {
    let value = match field {
        Field::Absent => return None,
        Field::Read(number) => number.0,
        Field::Unreadable => Field::Unreadable,
    };
    let text = fields.text("civicNo", value)?;
    let (number, warning) = CivicNumber::read(&text, reading.today)?;
    if let Some(warning) = warning {
        fields.warn(warning.code(), format!("civicNo is kept as it is, but {warning}"));
    }
    Some(number)
}

/// A marking that is there but cannot be read protects: nobody can know that it said "none".
fn security_marking(field: Field<Text<'_>>, fields: &mut Fields<'_>) -> Option<SecurityMarking> {
    let unreadable = field == Field::Unreadable;
    let text = fields.text("securityMarking", field);
    if unreadable {
        return Some(SecurityMarking::Other("unreadable".to_owned()));
    }
    text.map(|text| SecurityMarking::from_standard(&text))
}

fn enrolments(
    field: Field<List<Object<wire::Enrolment<'_>>>>,
    fields: &mut Fields<'_>,
) -> Result<Vec<Enrolment>, Lost> {
    let mut enrolments = Vec::new();
    for Object(wire) in fields.deciding_list("enrolments", field)? {
        enrolments.extend(enrolment(wire, fields));
    }
    enrolments.sort_by(|a, b| order(a).cmp(&order(b)));
    enrolments.dedup();
    Ok(enrolments)
}

fn enrolment(wire: wire::Enrolment<'_>, fields: &mut Fields<'_>) -> Option<Enrolment> {
    let Some(school_unit) = wire.enroled_at.or(wire.enrolled_at).read().and_then(|it| it.0) else {
        fields.unreadable("enrolments.enroledAt");
        return None;
    };
    let validity = fields.part_period("enrolments", wire.start_date, wire.end_date)?;
    Some(Enrolment {
        school_unit,
        school_type: fields.text("enrolments.schoolType", wire.school_type),
        school_year: school_year(wire.school_year, fields),
        education_code: fields.text("enrolments.educationCode", wire.education_code),
        validity,
        cancelled: cancelled(wire.cancelled, fields)?,
    })
}

fn school_year(field: Field<Text<'_>>, fields: &mut Fields<'_>) -> Option<u8> {
    let text = fields.text("enrolments.schoolYear", field)?;
    let year = text.parse().ok().filter(|year| *year <= LAST_SCHOOL_YEAR);
    if year.is_none() {
        fields.unreadable("enrolments.schoolYear");
    }
    year
}

/// `None`: unreadable, so that nobody can know whether the enrolment ever took place; it is left out.
fn cancelled(field: Field<crate::lenient::Flag>, fields: &mut Fields<'_>) -> Option<bool> {
    match field {
        Field::Absent => Some(false),
        Field::Read(flag) => Some(flag.0),
        Field::Unreadable => {
            fields.unreadable("enrolments.cancelled");
            None
        }
    }
}

/// A total order, so that a source's reordering is no change.
fn order(it: &Enrolment) -> impl Ord + use<'_> {
    (it.school_unit, it.validity, &it.school_type, it.school_year, &it.education_code, it.cancelled)
}
