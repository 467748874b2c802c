//! Invented people and things for this crate's own tests.

use roster::{Email, Enrolment, Id, Person, PersonStatus, Personal, Validity};

/// The `n`th identity.
pub(crate) fn id(n: u128) -> Id {
    Id::from_uuid(uuid::Uuid::from_u128(n))
}

/// A pupil at school unit 100 with a principal name and a school e-mail.
pub(crate) fn person(n: u128) -> Person {
    Person {
        id: id(n),
        given_name: Personal::new("Astrid".into()),
        family_name: Personal::new("Provsson".into()),
        principal_names: vec![Personal::new(format!("elev{n}@skola.example"))],
        emails: vec![Email { address: Personal::new(format!("elev{n}@post.example")), kind: "Skola elev".into() }],
        civic_number: None,
        security_marking: None,
        status: PersonStatus::Active,
        enrolments: vec![Enrolment {
            school_unit: id(100),
            school_type: Some("GR".into()),
            school_year: Some(7),
            education_code: None,
            validity: Validity::ALWAYS,
            cancelled: false,
        }],
        duties: vec![],
        login_identity: None,
        external_ids: vec![],
    }
}
