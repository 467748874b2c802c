//! What each sort of row says.

use roster::Id;
use roster::{
    Assignment, CivicNumber, Duty, Email, Enrolment, ExternalId, Group, Membership, MembershipRole, Organisation,
    OrganisationType, Person, PersonStatus, Personal, SecurityMarking,
};

use super::{Entry, LAST_SCHOOL_YEAR, Lost, duty_id, list};
use crate::file_drop::assembly::{Assembly, DutyPart, EnrolmentPart, GroupPart};
use crate::file_drop::identity::Named;

impl Entry<'_> {
    pub(super) fn organisation(&self, into: &mut Assembly) -> Result<(), Lost> {
        let id = self.id(Named::Organisation, "id")?;
        let parent = self.text("parent").map(|native| Named::Organisation.identity(native)).filter(|it| *it != id);
        let organisation = Organisation {
            id,
            name: self.expected(into, id, "name"),
            kind: self.text("kind").map_or(OrganisationType::SchoolUnit, OrganisationType::from_standard),
            parent,
            school_unit_code: self.school_unit_code(into, id),
            school_types: list(self.text("school_types")),
            municipality_code: self.owned("municipality_code"),
            organisation_number: self.owned("organisation_number"),
            validity: self.period(into, Some(id))?,
        };
        let alike = Assembly::keep(&mut into.organisations, id, organisation);
        self.twice(into, Some(id), alike);
        Ok(())
    }

    fn school_unit_code(&self, into: &mut Assembly, id: Id) -> Option<String> {
        let code = self.text("school_unit_code")?;
        if code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(code.to_owned());
        }
        self.warn(into, Some(id), "file_drop.field_unreadable", "school_unit_code", "not eight digits; it is left out");
        None
    }

    pub(super) fn term(&self, into: &mut Assembly) -> Result<(), Lost> {
        let id = self.native("id")?.to_owned();
        let validity = self.period(into, None)?;
        if validity.end.is_none() {
            return Err(Lost("end"));
        }
        let alike = Assembly::keep(&mut into.terms, id, validity);
        self.twice(into, None, alike);
        Ok(())
    }

    pub(super) fn person(&self, into: &mut Assembly) -> Result<(), Lost> {
        let id = self.id(Named::Person, "id")?;
        let kind = self.owned("email_kind").unwrap_or_default();
        let email = self.text("email").and_then(Personal::filled).map(|address| Email { address, kind });
        let person = Person {
            id,
            given_name: Personal::new(self.expected(into, id, "given_name")),
            family_name: Personal::new(self.expected(into, id, "family_name")),
            principal_names: self.principal_name().into_iter().collect(),
            emails: email.into_iter().collect(),
            civic_number: self.civic_number(into, id),
            security_marking: self.text("security_marking").map(SecurityMarking::from_standard),
            status: self.text("status").map_or(PersonStatus::Active, PersonStatus::from_standard),
            enrolments: Vec::new(),
            duties: Vec::new(),
            login_identity: self.text("login_identity").and_then(Personal::filled),
            external_ids: self.employee_number().into_iter().collect(),
        };
        let alike = Assembly::keep(&mut into.persons, id, person);
        self.twice(into, Some(id), alike);
        Ok(())
    }

    /// A name to sign in with has a scope; what has none is a user name of the register's own.
    fn principal_name(&self) -> Option<Personal<String>> {
        self.text("principal_name").filter(|text| text.contains('@')).and_then(Personal::filled)
    }

    fn employee_number(&self) -> Option<ExternalId> {
        let value = self.text("employee_number").and_then(Personal::filled)?;
        Some(ExternalId { context: "employee_number".to_owned(), value })
    }

    fn civic_number(&self, into: &mut Assembly, id: Id) -> Option<CivicNumber> {
        let (number, warning) = CivicNumber::read(self.text("civic_number")?, self.reading.today)?;
        if let Some(warning) = warning {
            let why = format!("it is kept as it is, but {warning}");
            self.warn(into, Some(id), warning.code(), "civic_number", &why);
        }
        Some(number)
    }

    pub(super) fn enrolment(&self, into: &mut Assembly) -> Result<(), Lost> {
        let person = self.id(Named::Person, "person")?;
        let school_unit = self.id(Named::Organisation, "school_unit")?;
        let enrolment = Enrolment {
            school_unit,
            school_type: self.owned("school_type"),
            school_year: self.school_year(into, person),
            education_code: self.owned("education_code"),
            validity: self.period(into, Some(person))?,
            cancelled: false,
        };
        into.enrolments.push(EnrolmentPart { person, enrolment, terms: self.terms() });
        Ok(())
    }

    /// `7`, `07`, or `F` for förskoleklass.
    fn school_year(&self, into: &mut Assembly, person: Id) -> Option<u8> {
        let text = self.text("school_year")?;
        let preschool = ["F", "FK", "FKLASS", "F-KLASS", "KG"].iter().any(|word| word.eq_ignore_ascii_case(text));
        let year = if preschool { Some(0) } else { text.parse().ok().filter(|year| *year <= LAST_SCHOOL_YEAR) };
        if year.is_none() {
            let why = "no school year from 0 to 10; it is left out";
            self.warn(into, Some(person), "file_drop.field_unreadable", "school_year", why);
        }
        year
    }

    pub(super) fn duty(&self, into: &mut Assembly) -> Result<(), Lost> {
        let person = self.id(Named::Person, "person")?;
        let organisation = self.id(Named::Organisation, "organisation")?;
        let role = self.owned("role").unwrap_or_else(|| "Annan personal".to_owned());
        let id = duty_id(person, organisation, &role);
        let validity = self.period(into, Some(id))?;
        let group = self.text("group").map(|native| Named::Group.identity(native));
        let assignment = self.owned("assignment").unwrap_or_else(|| "Mentor".to_owned());
        let assignments = group.map(|group| Assignment { group, role: assignment, validity }).into_iter().collect();
        let signature = self.text("signature").and_then(Personal::filled);
        let duty = Duty { id, person: Some(person), organisation, role, signature, validity, assignments };
        into.duties.push(DutyPart { person, duty, terms: self.terms() });
        Ok(())
    }

    pub(super) fn group(&self, into: &mut Assembly) -> Result<(), Lost> {
        let id = self.id(Named::Group, "id")?;
        let group = Group {
            id,
            name: self.expected(into, id, "name"),
            kind: self.owned("kind").unwrap_or_else(|| "Undervisning".to_owned()),
            organisation: self.id(Named::Organisation, "organisation")?,
            school_type: self.owned("school_type"),
            validity: self.period(into, Some(id))?,
            members: Vec::new(),
        };
        let alike = Assembly::keep(&mut into.groups, id, GroupPart { group, terms: self.terms() });
        self.twice(into, Some(id), alike);
        Ok(())
    }

    pub(super) fn membership(&self, into: &mut Assembly) -> Result<(), Lost> {
        let group = self.id(Named::Group, "group")?;
        let person = self.id(Named::Person, "person")?;
        let role = match self.text("role").map(str::to_lowercase).as_deref() {
            None | Some("pupil" | "student" | "elev" | "barn") => MembershipRole::Pupil,
            Some("teacher" | "lärare" | "mentor" | "pedagog") => MembershipRole::Teacher,
            Some(_) => {
                let why = "neither pupil nor teacher; the person's own role decides";
                self.warn(into, Some(group), "file_drop.value_unknown", "role", why);
                MembershipRole::Unspecified
            }
        };
        let validity = self.period(into, Some(group))?;
        into.memberships.push((group, Membership { person, role, validity }));
        Ok(())
    }
}
