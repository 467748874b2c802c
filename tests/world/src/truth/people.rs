//! Inventing pupils, staff and guardians.

use super::names::{FAMILY, GIVEN, transliterated};
use super::{Dialect, Email, Enrolment, Marking, Municipality, Person, PersonStatus};
use jiff::civil::{Date, date};
use rand::Rng;
use uuid::Uuid;

const PUPIL_DOMAIN: &str = "elev.norrbyholm.example";
const STAFF_DOMAIN: &str = "norrbyholm.example";
const PRIVATE_DOMAIN: &str = "post.example";

struct Name {
    given: &'static str,
    family: String,
    man: bool,
}

impl Municipality {
    /// An active pupil with one enrolment.
    pub(crate) fn new_pupil(&mut self, enrolment: Enrolment, dialect: Dialect) -> Person {
        let name = self.new_name();
        let year = self.school_year_start().year() - 6 - i16::from(enrolment.school_year);
        let birth = self.day_in(year);
        let school = self.new_address(&name, PUPIL_DOMAIN);
        let mut person = self.new_person(&name, Some(birth), dialect);
        person.emails = vec![email(school, "Skola elev")];
        if dialect == Dialect::Strict {
            person.principal_names = vec![self.new_principal_name(&name, PUPIL_DOMAIN)];
        }
        if dialect == Dialect::Quirky || self.rng.random_bool(0.3) {
            let private = self.new_address(&name, PRIVATE_DOMAIN);
            person.emails.push(email(private, "Privat"));
        }
        person.enrolments = vec![enrolment];
        person
    }

    /// An active member of staff, so far without duties.
    pub(crate) fn new_staff(&mut self, dialect: Dialect) -> Person {
        let name = self.new_name();
        let year = self.rng.random_range(1960..=1998);
        let birth = self.day_in(year);
        let mut person = self.new_person(&name, Some(birth), dialect);
        person.principal_names = vec![self.new_principal_name(&name, STAFF_DOMAIN)];
        person.emails = match dialect {
            Dialect::Strict => vec![email(self.new_address(&name, STAFF_DOMAIN), "Skola personal")],
            Dialect::Quirky => vec![email(self.new_address(&name, PRIVATE_DOMAIN), "Privat")],
        };
        person
    }

    /// A guardian: known to the register, of no concern to a receiver.
    pub(crate) fn new_guardian(&mut self, family: String, dialect: Dialect) -> Person {
        let name = Name { family, ..self.new_name() };
        let mut person = self.new_person(&name, None, dialect);
        person.emails = vec![email(self.new_address(&name, PRIVATE_DOMAIN), "Privat")];
        person
    }

    /// The first of August that began the current school year.
    pub(crate) fn school_year_start(&self) -> Date {
        let this_year = date(self.today.year(), 8, 1);
        if self.today >= this_year { this_year } else { date(self.today.year() - 1, 8, 1) }
    }

    /// An address nobody has had before.
    pub(crate) fn unused_address(&mut self, given: &str, family: &str, domain: &str) -> String {
        let local = format!("{}.{}", transliterated(given), transliterated(family));
        let used = self.addresses.entry(format!("{local}@{domain}")).or_default();
        *used += 1;
        match *used {
            1 => format!("{local}@{domain}"),
            n => format!("{local}{n}@{domain}"),
        }
    }

    fn new_address(&mut self, name: &Name, domain: &str) -> String {
        self.unused_address(name.given, &name.family, domain)
    }

    fn new_principal_name(&mut self, name: &Name, domain: &str) -> String {
        let head = |s: &str| transliterated(s).chars().take(3).collect::<String>();
        let local = format!("{}{}", head(name.given), head(&name.family));
        let used = self.addresses.entry(format!("eppn {local}@{domain}")).or_default();
        *used += 1;
        format!("{local}{:04}@{domain}", *used)
    }

    fn new_name(&mut self) -> Name {
        let (given, man) = GIVEN[self.rng.random_range(0..GIVEN.len())];
        let family = FAMILY[self.rng.random_range(0..FAMILY.len())].to_owned();
        Name { given, family, man }
    }

    fn day_in(&mut self, year: i16) -> Date {
        date(year, self.rng.random_range(1..=12), self.rng.random_range(1..=28))
    }

    fn new_person(&mut self, name: &Name, birth: Option<Date>, dialect: Dialect) -> Person {
        let id: Uuid = self.new_id();
        let allotted = birth.and_then(|day| self.civic_numbers.allot(day, name.man));
        Person {
            id,
            given_name: name.given.to_owned(),
            family_name: name.family.clone(),
            birth_date: allotted.as_ref().map(|(day, _)| *day).or(birth),
            civic_number: allotted.map(|(_, number)| number),
            sex: if name.man { "Man" } else { "Kvinna" },
            marking: Marking::None,
            status: PersonStatus::Active,
            principal_names: Vec::new(),
            emails: Vec::new(),
            enrolments: Vec::new(),
            responsibles: Vec::new(),
            dialect,
            stamp: self.initial_stamp(),
        }
    }
}

fn email(value: String, kind: &'static str) -> Email {
    Email { value, kind }
}
