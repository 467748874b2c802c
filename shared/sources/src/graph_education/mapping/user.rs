//! Users: pupils become enrolments at their schools, teachers become duties.

use roster::{Duty, Email, Enrolment, Id, Person, PersonStatus, Personal, Record, RecordKey, RecordKind, Validity};

use super::Mapped;
use super::fields::{Fields, Lost};
use crate::graph_education::wire;
use crate::lenient::{Field, Object, Text};

/// What every duty is called: the directory knows no other.
const DUTY_ROLE: &str = "Lärare";

/// Pupils are in school year 0 (förskoleklass) to 10; SDS counts on to 13 in upper secondary school.
const LAST_SCHOOL_YEAR: u8 = 10;

/// What a user is at the schools (`primaryRole`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Pupil,
    Teacher,
}

/// `schools` gives the chosen schools of a user.
pub(super) fn read(
    wire: wire::User<'_>,
    fields: &mut Fields<'_>,
    schools: &dyn Fn(Id) -> Vec<Id>,
) -> Result<Mapped, Lost> {
    let id = fields.identity(wire.id)?;
    let outside = Mapped::Gone(RecordKey { kind: RecordKind::Person, id });
    if fields.is_removed(&wire.removed)? {
        return Ok(outside);
    }
    let schools = schools(id);
    if schools.is_empty() {
        return Ok(outside);
    }
    let Some(role) = role(wire.primary_role, fields)? else { return Ok(outside) };
    let mail = fields.text("mail", wire.mail).and_then(Personal::filled);
    let user_principal_name = fields.text("userPrincipalName", wire.user_principal_name);
    let school_year = school_year(wire.student, fields);
    Ok(Mapped::Present(Box::new(Record::Person(Person {
        id,
        given_name: Personal::new(fields.required_text("givenName", wire.given_name)),
        family_name: Personal::new(fields.required_text("surname", wire.surname)),
        principal_names: user_principal_name.and_then(Personal::filled).into_iter().collect(),
        emails: mail.map(|address| Email { address, kind: role.email_kind().to_owned() }).into_iter().collect(),
        civic_number: None,
        security_marking: None,
        status: PersonStatus::Active,
        enrolments: match role {
            Role::Pupil => schools.iter().map(|school| enrolment(*school, school_year)).collect(),
            Role::Teacher => Vec::new(),
        },
        duties: match role {
            Role::Teacher => schools.iter().map(|school| duty(id, *school)).collect(),
            Role::Pupil => Vec::new(),
        },
        login_identity: Personal::filled(id.to_string()),
        external_ids: vec![],
    }))))
}

impl Role {
    /// SS 12000's kind of e-mail address for such a person: what the directory holds is the school's address.
    const fn email_kind(self) -> &'static str {
        match self {
            Self::Pupil => "Skola elev",
            Self::Teacher => "Skola personal",
        }
    }
}

/// `None`: neither pupil nor teacher. A role that is there but cannot be read loses the object: nobody is removed for it.
fn role(field: Field<Text<'_>>, fields: &mut Fields<'_>) -> Result<Option<Role>, Lost> {
    let text = match field {
        Field::Read(text) => text.0.trim().to_lowercase(),
        Field::Absent | Field::Unreadable => return Err(Lost::field("primaryRole")),
    };
    match text.as_str() {
        "student" => Ok(Some(Role::Pupil)),
        "teacher" => Ok(Some(Role::Teacher)),
        "none" => Ok(None),
        _ => {
            fields.warn("graph_education.role_unknown", "primaryRole is neither student, teacher nor none");
            Ok(None)
        }
    }
}

/// Grades are words of the system that feeds SDS: only a number that is a school year is taken for one.
fn school_year(student: Field<Object<wire::Student<'_>>>, fields: &mut Fields<'_>) -> Option<u8> {
    let grade = student.read().map(|Object(student)| student.grade).unwrap_or_default();
    let year = fields.text("student.grade", grade)?.parse().ok();
    year.filter(|year| *year <= LAST_SCHOOL_YEAR)
}

const fn enrolment(school_unit: Id, school_year: Option<u8>) -> Enrolment {
    Enrolment {
        school_unit,
        school_type: None,
        school_year,
        education_code: None,
        validity: Validity::ALWAYS,
        cancelled: false,
    }
}

fn duty(person: Id, school: Id) -> Duty {
    Duty {
        id: Id::derived(&["graph_education", "duty", &person.to_string(), &school.to_string()]),
        person: Some(person),
        organisation: school,
        role: DUTY_ROLE.to_owned(),
        signature: None,
        validity: Validity::ALWAYS,
        assignments: Vec::new(),
    }
}
