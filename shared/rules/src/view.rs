//! Views: a subject as one target may see it – filtered, named, with the identities it has there.
//!
//! A view knows no wire format; a target's mapping turns it into wanted objects.

use jiff::Timestamp;
use roster::{Id, Personal, Validity};

/// What a target may see of one subject. A subject that the target may not see at all has no view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// An organisation.
    Organisation(OrganisationView),
    /// A person.
    Person(PersonView),
    /// A group.
    Group(GroupView),
    /// An activity.
    Activity(ActivityView),
}

/// A reference to something that exists at the target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Its identity in the roster.
    pub id: Id,
    /// The identity by which the target knows it: the roster's own, or that of an adopted object.
    pub at_target: String,
}

/// What kind of organisation a target receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganisationViewKind {
    /// The principal (huvudman).
    Principal,
    /// A school above its units.
    School,
    /// A school unit, which has a code.
    SchoolUnit,
}

/// An organisation at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationView {
    /// Identity.
    pub id: Id,
    /// What it is.
    pub kind: OrganisationViewKind,
    /// Display name.
    pub name: String,
    /// School unit code, eight digits; always there for a school unit.
    pub school_unit_code: Option<String>,
    /// School type codes.
    pub school_types: Vec<String>,
    /// Municipality code, four digits.
    pub municipality_code: Option<String>,
    /// The principal above it, where the target has it; a principal has none.
    pub principal: Option<Reference>,
    /// The school above a school unit, where the target has it.
    pub school: Option<Reference>,
}

/// A person at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    /// Identity.
    pub id: Id,
    /// The identity by which the target knows the person, when an account of its own was adopted.
    pub at_target: Option<String>,
    /// First name.
    pub given_name: Personal<String>,
    /// Last name.
    pub family_name: Personal<String>,
    /// What to sign in with: the first of the configured choices that the person has; empty where the target needs none.
    pub user_name: Personal<String>,
    /// The first `eduPersonPrincipalName`.
    pub principal_name: Option<Personal<String>>,
    /// The personal or coordination number, twelve digits, for targets that are told it.
    pub civic_number: Option<Personal<String>>,
    /// The school's own addresses, the preferred one first.
    pub emails: Vec<EmailView>,
    /// Where the person is a pupil today.
    pub enrolments: Vec<EnrolmentView>,
    /// Where the person is employed today.
    pub employments: Vec<EmploymentView>,
    /// Licences in force, without trial licences.
    pub licences: Vec<LicenceView>,
    /// The identity provider the person signs in through and the person's identity there, when configured.
    pub login: Option<LoginView>,
}

impl PersonView {
    /// What an account that exists at first contact is recognised by: e-mail addresses in lower case, each once.
    #[must_use]
    pub fn recognised_by(&self) -> Vec<Personal<String>> {
        let mut addresses: Vec<Personal<String>> = Vec::new();
        for email in &self.emails {
            let address = Personal::filled(email.address.as_str().to_lowercase());
            addresses.extend(address.filter(|it| !addresses.contains(it)));
        }
        addresses
    }
}

/// An e-mail address at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailView {
    /// The address.
    pub address: Personal<String>,
    /// The source's kind of it, as it came.
    pub kind: String,
}

/// A pupil's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentView {
    /// The school unit.
    pub school_unit: Reference,
    /// School type code.
    pub school_type: Option<String>,
    /// School year.
    pub school_year: Option<u8>,
    /// Education code.
    pub education_code: Option<String>,
    /// When it holds.
    pub validity: Validity,
}

/// An employment at one school unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmploymentView {
    /// Identity: the duty's own, or derived from duty and unit when the duty is at a school with several units.
    pub id: Id,
    /// The school unit.
    pub school_unit: Reference,
    /// Role, e.g. `Lärare`.
    pub role: String,
    /// Signature.
    pub signature: Option<Personal<String>>,
    /// When it holds.
    pub validity: Validity,
}

/// A licence that a person holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceView {
    /// Identity.
    pub id: Id,
    /// The product, in the supplier's numbering.
    pub product: Option<String>,
    /// When it ceases.
    pub expires: Option<Timestamp>,
}

/// A person's identity at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginView {
    /// The provider, e.g. `skolon` or `microsoft`.
    pub provider: String,
    /// The person there.
    pub subject: Personal<String>,
}

/// A group at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Identity.
    pub id: Id,
    /// Display name.
    pub name: String,
    /// Kind, e.g. `Klass`.
    pub kind: String,
    /// School type code.
    pub school_type: Option<String>,
    /// When there is such a group.
    pub validity: Validity,
    /// The school unit that owns it.
    pub school_unit: Reference,
    /// Its pupils, in order of identity.
    pub pupils: Vec<Reference>,
    /// Those who lead it without teaching it in an activity of the source: mentors, and teachers listed as members. Only
    /// for targets that have activities.
    pub led_by: Option<ActivityView>,
    /// All who lead or teach it, in order of identity. Only for targets that have no activities.
    pub teachers: Vec<Reference>,
}

/// An activity: groups and their teachers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityView {
    /// Identity: the source's, or derived from the group for those who lead it without an activity.
    pub id: Id,
    /// Display name.
    pub name: String,
    /// When it goes on.
    pub validity: Validity,
    /// The school unit that owns it.
    pub school_unit: Reference,
    /// The groups taught, in order of identity.
    pub groups: Vec<Reference>,
    /// The teachers' employments at the target, or the teachers themselves, in order of identity.
    pub teachers: Vec<Reference>,
}
