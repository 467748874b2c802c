//! Invented people at an invented school.

use roster::{Id, Personal};
use rules::view::{
    ActivityView, EmailView, EmploymentView, EnrolmentView, GroupView, LicenceView, OrganisationView,
    OrganisationViewKind, PersonView, Reference,
};

pub(crate) fn id(number: u32) -> Id {
    format!("00000000-0000-4000-8000-{number:012}").parse().unwrap()
}

pub(crate) fn reference(number: u32) -> Reference {
    Reference { id: id(number), at_target: id(number).to_string() }
}

pub(crate) fn personal(text: &str) -> Personal<String> {
    Personal::new(text.to_owned())
}

pub(crate) fn organisation(kind: OrganisationViewKind) -> OrganisationView {
    let is_unit = kind == OrganisationViewKind::SchoolUnit;
    OrganisationView {
        id: id(3),
        kind,
        name: "Björkskolan F–6".into(),
        school_unit_code: is_unit.then(|| "12345678".into()),
        school_types: if is_unit { vec!["FS".into(), "GR".into()] } else { Vec::new() },
        municipality_code: is_unit.then(|| "1488".into()),
        principal: is_unit.then(|| reference(1)),
        school: is_unit.then(|| reference(2)),
    }
}

pub(crate) fn pupil() -> PersonView {
    PersonView {
        principal_name: None,
        civic_number: None,
        id: id(10),
        at_target: None,
        given_name: personal("Astrid"),
        family_name: personal("Lindgård"),
        user_name: personal("astlin01@skola.example"),
        emails: vec![EmailView { address: personal("Astrid.Lindgard@skola.example"), kind: "Skola elev".into() }],
        enrolments: vec![EnrolmentView {
            validity: roster::Validity::ALWAYS,
            school_unit: reference(3),
            school_type: Some("GR".into()),
            school_year: Some(7),
            education_code: None,
        }],
        employments: Vec::new(),
        licences: vec![LicenceView {
            id: id(40),
            product: Some("40687654".into()),
            expires: Some("2027-06-30T22:00:00Z".parse().unwrap()),
        }],
        login: None,
    }
}

pub(crate) fn teacher() -> PersonView {
    PersonView {
        id: id(11),
        given_name: personal("Bo"),
        family_name: personal("Ek"),
        user_name: personal("bo.ek@skola.example"),
        emails: vec![EmailView { address: personal("bo.ek@skola.example"), kind: String::new() }],
        enrolments: Vec::new(),
        employments: vec![EmploymentView {
            validity: roster::Validity::ALWAYS,
            id: id(20),
            school_unit: reference(3),
            role: "Lärare".into(),
            signature: Some(personal("BEK")),
        }],
        licences: Vec::new(),
        ..pupil()
    }
}

pub(crate) fn group() -> GroupView {
    GroupView {
        validity: roster::Validity::ALWAYS,
        id: id(30),
        name: "7A".into(),
        kind: "Klass".into(),
        school_type: Some("GR".into()),
        school_unit: reference(3),
        pupils: vec![reference(10), Reference { id: id(12), at_target: "konto-77".into() }],
        led_by: Some(activity()),
        teachers: Vec::new(),
    }
}

pub(crate) fn activity() -> ActivityView {
    ActivityView {
        validity: roster::Validity::ALWAYS,
        id: id(31),
        name: "7A Matematik".into(),
        school_unit: reference(3),
        groups: vec![reference(30)],
        teachers: vec![reference(20)],
    }
}
