//! Users: pupils become enrolments, staff become duties.

use roster::{CivicNumber, Duty, Email, Enrolment, Id, Person, PersonStatus, Personal, Record, Validity};
use serde_json::Value;

use super::read::{Lost, RecordReader};
use super::{Reading, read, references};
use crate::skolon::config::is_among;
use crate::skolon::feed::Feed;

/// What a user is at its schools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Pupil,
    Staff,
    Neither,
}

/// What every duty is called: Skolon knows no other.
const DUTY_ROLE: &str = "Lärare";

pub(super) fn read(
    id: Id,
    value: &Value,
    reading: &Reading<'_>,
    reader: &mut RecordReader<'_>,
) -> Result<Record, Lost> {
    let fields = &reading.config.fields.user;
    let schools = references("schools", Feed::School, fields.schools.find(value), reading, reader)?.unwrap_or_default();
    let role = role(fields.user_type.find(value), reading, reader);
    let email = reader.text("email", fields.email.find(value)).and_then(Personal::filled);
    Ok(Record::Person(Person {
        id,
        given_name: Personal::new(reader.required_text("firstName", fields.given_name.find(value))),
        family_name: Personal::new(reader.required_text("lastName", fields.family_name.find(value))),
        principal_names: principal_names(fields.principal_names.find(value), reader),
        emails: email.map(|address| Email { address, kind: role.email_kind().to_owned() }).into_iter().collect(),
        civic_number: civic_number(fields.civic_number.find(value), reading, reader),
        security_marking: None,
        status: PersonStatus::Active,
        enrolments: if role == Role::Pupil { schools.iter().copied().map(enrolment).collect() } else { Vec::new() },
        duties: if role == Role::Staff { schools.iter().map(|school| duty(id, *school)).collect() } else { Vec::new() },
        login_identity: fields.id.find(value).and_then(read::text).and_then(Personal::filled),
        external_ids: vec![],
    }))
}

impl Role {
    /// SS 12000's kind of e-mail address for such a person: what Skolon holds is the school's address.
    const fn email_kind(self) -> &'static str {
        match self {
            Self::Pupil => "Skola elev",
            Self::Staff => "Skola personal",
            Self::Neither => "Arbete övrigt",
        }
    }
}

fn role(user_type: Option<&Value>, reading: &Reading<'_>, reader: &mut RecordReader<'_>) -> Role {
    let text = user_type.and_then(read::text).unwrap_or_default();
    if is_among(&reading.config.pupil_types, &text) {
        Role::Pupil
    } else if is_among(&reading.config.staff_types, &text) {
        Role::Staff
    } else {
        reader.warn("skolon.user_type_unknown", "userType is neither among pupil_types nor staff_types");
        Role::Neither
    }
}

/// One text, or a list of them; in the order they came.
fn principal_names(value: Option<&Value>, reader: &mut RecordReader<'_>) -> Vec<Personal<String>> {
    let list = match value {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let mut names: Vec<Personal<String>> = Vec::new();
    for element in list {
        let name = reader.text("principal_names", Some(element)).and_then(Personal::filled);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

fn civic_number(value: Option<&Value>, reading: &Reading<'_>, reader: &mut RecordReader<'_>) -> Option<CivicNumber> {
    let text = reader.text("civic_number", value)?;
    let (number, warning) = CivicNumber::read(&text, reading.today)?;
    if let Some(warning) = warning {
        reader.warn(warning.code(), format!("the personal number is kept as it is, but {warning}"));
    }
    Some(number)
}

const fn enrolment(school_unit: Id) -> Enrolment {
    Enrolment {
        school_unit,
        school_type: None,
        school_year: None,
        education_code: None,
        validity: Validity::ALWAYS,
        cancelled: false,
    }
}

fn duty(person: Id, school: Id) -> Duty {
    Duty {
        id: Id::derived(&["skolon", "duty", &person.to_string(), &school.to_string()]),
        person: Some(person),
        organisation: school,
        role: DUTY_ROLE.to_owned(),
        signature: None,
        validity: Validity::ALWAYS,
        assignments: Vec::new(),
    }
}
