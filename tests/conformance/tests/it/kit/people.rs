//! Invented people and a class, as a target is shown them.

use roster::{Id, Personal};
use rules::view::{EmailView, EnrolmentView, GroupView, PersonView, Reference, View};

/// The identity of what is shown.
pub(crate) fn identity(view: &View) -> Id {
    match view {
        View::Person(it) => it.id,
        View::Group(it) => it.id,
        View::Organisation(it) => it.id,
        View::Activity(it) => it.id,
    }
}

/// A pupil with a name and an address to sign in with.
pub(crate) fn person(name: &str, address: &str) -> PersonView {
    let text = |text: &str| Personal::new(text.to_owned());
    PersonView {
        principal_name: None,
        civic_number: None,
        id: Id::derived(&[name]),
        at_target: None,
        given_name: text(name),
        family_name: text("Provsson"),
        user_name: text(address),
        emails: vec![EmailView { address: text(address), kind: "Skola elev".to_owned() }],
        enrolments: vec![EnrolmentView {
            validity: roster::Validity::ALWAYS,
            school_unit: school_unit(),
            school_type: None,
            school_year: None,
            education_code: None,
        }],
        employments: Vec::new(),
        licences: Vec::new(),
        login: None,
    }
}

fn school_unit() -> Reference {
    Reference { id: Id::derived(&["school"]), at_target: "12345678".to_owned() }
}

/// A class by its identity and its name.
pub(crate) fn class(id: &str, name: &str, pupils: &[Reference], teachers: &[Reference]) -> View {
    View::Group(GroupView {
        validity: roster::Validity::ALWAYS,
        id: Id::derived(&[id]),
        name: name.to_owned(),
        kind: "Klass".to_owned(),
        school_type: None,
        school_unit: school_unit(),
        pupils: pupils.to_vec(),
        led_by: None,
        teachers: teachers.to_vec(),
    })
}
