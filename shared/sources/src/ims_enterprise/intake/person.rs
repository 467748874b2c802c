//! Persons [Organization API v12 §4.2].

use roster::{CivicNumber, Email, Id, Person, PersonStatus, Personal, RecordKind};

use super::{Intake, is_deleted};
use crate::ims_enterprise::identity::{Named, own};
use crate::ims_enterprise::index::Marking;
use crate::ims_enterprise::refusal::Refusal;
use crate::ims_enterprise::xml::Element;

impl Intake {
    pub(super) fn person(&mut self, element: &Element) -> Result<(), Refusal> {
        let deleted = is_deleted(element);
        if deleted && !self.is_changes() {
            return Ok(());
        }
        let Some(id) = own(element, Named::Person) else {
            self.warn_lost(RecordKind::Person, "a person's sourcedid is missing or cannot be read");
            return Ok(());
        };
        if deleted {
            if let Some(number) = self.index.persons.find(id) {
                self.delete_person(number);
            }
            return Ok(());
        }
        let number = self.index.persons.number(id)?;
        let contact_only = is_contact_only(element);
        let marking = marking(element);
        let Some(row) = self.index.persons.get(number) else { return Ok(()) };
        let changes = self.is_changes();
        let (known, twice) = (row.face.is_some(), row.face.is_some() && row.document == self.document && !changes);
        let better = changes || !known || (row.contact_only && !contact_only);
        if twice {
            self.notes.warn(
                RecordKind::Person,
                Some(id),
                "ims_enterprise.duplicate",
                "the same sourcedid stands on several persons of one document; the first is used",
            );
        }
        let face = (better && !twice).then(|| self.face(id, element)).and_then(|it| serde_json::to_vec(&it).ok());
        let document = self.document;
        if let Some(row) = self.index.persons.get_mut(number) {
            // A change that does not speak of protection does not lift it.
            let renewed = changes && marking != Marking::Unsaid;
            row.marking = if renewed { marking } else { row.marking.max(marking) };
            if let Some(face) = face {
                row.face = Some(face.into_boxed_slice());
                row.contact_only = contact_only;
                row.document = document;
            }
        }
        Ok(())
    }

    pub(super) fn warn_lost(&mut self, kind: RecordKind, reason: &str) {
        self.notes.lose(kind, None, "ims_enterprise.record_unreadable", reason);
    }

    /// The person without places, duties and marking.
    fn face(&mut self, id: Id, element: &Element) -> Person {
        let (given, family) = self.name(id, element);
        Person {
            id,
            given_name: Personal::new(given),
            family_name: Personal::new(family),
            principal_names: self.principal_names(element),
            emails: self.emails(element),
            civic_number: self.civic_number(id, element),
            security_marking: None,
            status: status(element),
            enrolments: Vec::new(),
            duties: Vec::new(),
            login_identity: None,
            external_ids: vec![],
        }
    }

    /// Given and family name; without `n`, from `fn`, written as `[middle] [last], [first]`.
    fn name(&mut self, id: Id, element: &Element) -> (String, String) {
        let part = |name: &str| element.at(&["name", "n", name]);
        let whole = element.at(&["name", "fn"]);
        let split = whole.and_then(|it| it.split_once(',')).map(|(last, first)| (first.trim(), last.trim()));
        let given = part("given").or(split.map(|it| it.0));
        let family = part("family").or(split.map(|it| it.1));
        if given.is_none() || family.is_none() {
            self.notes.warn(
                RecordKind::Person,
                Some(id),
                "ims_enterprise.field_missing",
                "a part of the name is missing",
            );
        }
        (given.unwrap_or_default().to_owned(), family.unwrap_or_default().to_owned())
    }

    fn emails(&self, element: &Element) -> Vec<Email> {
        let staff = roles(element).any(|role| matches!(role, "Staff" | "Faculty" | "Administrator"));
        let kind = if staff { "Skola personal" } else { "Skola elev" };
        let mut emails: Vec<Email> = Vec::new();
        for address in self.rules.emails.iter().filter_map(|name| element.at(&[name.as_str()])) {
            let email = Personal::filled(address).map(|address| Email { address, kind: kind.to_owned() });
            emails.extend(email.filter(|it| !emails.contains(it)));
        }
        emails
    }

    fn civic_number(&mut self, id: Id, element: &Element) -> Option<CivicNumber> {
        let text = self.rules.civic_number_types.iter().find_map(|wanted| userid(element, wanted).next())?;
        let (number, warning) = CivicNumber::read(text, self.today)?;
        if let Some(warning) = warning {
            let reason = format!("the personal number is kept as it is, but {warning}");
            self.notes.warn(RecordKind::Person, Some(id), warning.code(), &reason);
        }
        Some(number)
    }

    fn principal_names(&self, element: &Element) -> Vec<Personal<String>> {
        let mut names: Vec<Personal<String>> = Vec::new();
        for name in self.rules.principal_name_types.iter().flat_map(|wanted| userid(element, wanted)) {
            let name = Personal::filled(name);
            names.extend(name.filter(|it| !names.contains(it)));
        }
        names
    }
}

fn userid<'e>(element: &'e Element, wanted: &'e str) -> impl Iterator<Item = &'e str> + 'e {
    let of_type = move |it: &&Element| it.attribute("useridtype").is_some_and(|it| it.eq_ignore_ascii_case(wanted));
    element.all("userid").filter(of_type).filter_map(Element::text)
}

fn roles(element: &Element) -> impl Iterator<Item = &str> {
    element.all("institutionrole").filter_map(|it| it.attribute("institutionroletype"))
}

/// Everything that is said of the person's role is that it is a contact. Changes may say nothing of it.
fn is_contact_only(element: &Element) -> bool {
    let mut roles = roles(element).peekable();
    roles.peek().is_some() && roles.all(|role| role == "Contact")
}

/// `privacy` with its level: 1 the address, 2 the registration, 3 both.
fn marking(element: &Element) -> Marking {
    let Some(privacy) = element.child("extension").and_then(|it| it.child("privacy")) else { return Marking::Unsaid };
    match (privacy.text(), privacy.attribute("level")) {
        (Some("true" | "1"), Some("2" | "3")) => Marking::Registration,
        (Some("true" | "1"), None | Some("1")) => Marking::Address,
        (Some("false" | "0"), _) => Marking::None,
        _ => Marking::Unreadable,
    }
}

fn status(element: &Element) -> PersonStatus {
    match element.at(&["extension", "status"]) {
        None | Some("Normal") => PersonStatus::Active,
        Some("Deceased") => PersonStatus::Deceased,
        Some("Emigrated") => PersonStatus::Emigrated,
        Some(other) => PersonStatus::Other(other.to_owned()),
    }
}
