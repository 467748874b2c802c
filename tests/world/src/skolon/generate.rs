//! Filling Skolon from a municipality: schools, pupils, teachers, classes, licences.

use super::{SkolonGroup, SkolonLicence, SkolonOrganisation, SkolonPlatform, SkolonSchool, SkolonUser, UserType};
use crate::truth::{Duty, Group, Marking, Municipality, OrganisationKind, Person, TeacherReference};
use jiff::ToSpan;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::collections::BTreeMap;
use uuid::Uuid;

const PRODUCTS: [&str; 3] = ["9789100000011", "9789100000028", "9789100000035"];

/// From the municipality's identities to Skolon's.
#[derive(Default)]
struct Known {
    units: BTreeMap<Uuid, Uuid>,
    people: BTreeMap<Uuid, Uuid>,
}

impl SkolonPlatform {
    /// A platform that has read this municipality's register.
    pub fn from_municipality(municipality: &Municipality, seed: u64) -> Self {
        let mut platform = Self {
            organisations: BTreeMap::new(),
            schools: BTreeMap::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            licences: BTreeMap::new(),
            version: 0,
            rng: StdRng::seed_from_u64(seed),
        };
        let mut known = Known::default();
        platform.add_organisations(municipality, &mut known);
        platform.add_pupils(municipality, &mut known);
        platform.add_teachers(municipality, &mut known);
        platform.add_groups(municipality, &known);
        platform.add_licences(municipality);
        platform
    }

    fn add_organisations(&mut self, municipality: &Municipality, known: &mut Known) {
        let mut number = String::new();
        for organisation in municipality.organisations.values() {
            if let Some(of_organiser) = &organisation.number {
                number.clone_from(of_organiser);
                let content = SkolonOrganisation { name: organisation.name.clone(), number: number.clone() };
                let made = self.versioned(content);
                self.organisations.insert(made.uuid, made);
            }
        }
        for unit in municipality.organisations.values().filter(|o| o.kind == OrganisationKind::SchoolUnit) {
            let content = SkolonSchool {
                name: unit.name.clone(),
                organisation_number: number.clone(),
                school_unit_code: unit.school_unit_code.clone().unwrap_or_default(),
            };
            let made = self.versioned(content);
            known.units.insert(unit.id, made.uuid);
            self.schools.insert(made.uuid, made);
        }
    }

    /// Skolon only reads people in order: no protected data, an address, an active place.
    fn add_pupils(&mut self, municipality: &Municipality, known: &mut Known) {
        for pupil in municipality.pupils().filter(|p| p.marking == Marking::None) {
            let active = pupil.enrolments.iter().filter(|e| e.period.covers(municipality.today));
            let schools: Vec<Uuid> = active.filter_map(|e| known.units.get(&e.unit)).copied().collect();
            self.add_user(pupil, UserType::Student, schools, known);
        }
    }

    fn add_teachers(&mut self, municipality: &Municipality, known: &mut Known) {
        let mut employed: BTreeMap<Uuid, Vec<&Duty>> = BTreeMap::new();
        for duty in municipality.duties.values().filter(|d| d.period.covers(municipality.today)) {
            employed.entry(duty.person).or_default().push(duty);
        }
        for (person, active) in employed {
            let Some(person) = municipality.persons.get(&person).filter(|p| p.marking == Marking::None) else {
                continue;
            };
            let mut schools: Vec<Uuid> = active
                .iter()
                .flat_map(|duty| units_at(municipality, duty.at))
                .filter_map(|unit| known.units.get(&unit))
                .copied()
                .collect();
            schools.sort();
            schools.dedup();
            let teaches = active.iter().any(|duty| duty.role.contains("ärare"));
            let kind = if teaches { UserType::Teacher } else { UserType::Admin };
            self.add_user(person, kind, schools, known);
        }
    }

    fn add_user(&mut self, person: &Person, kind: UserType, schools: Vec<Uuid>, known: &mut Known) {
        let email = person.emails.iter().find(|e| e.kind.starts_with("Skola"));
        let Some(email) = email.filter(|_| !schools.is_empty()) else {
            return;
        };
        let made = self.versioned(SkolonUser {
            first_name: person.given_name.clone(),
            last_name: person.family_name.clone(),
            email: email.value.clone(),
            kind,
            schools,
        });
        known.people.insert(person.id, made.uuid);
        self.users.insert(made.uuid, made);
    }

    fn add_groups(&mut self, municipality: &Municipality, known: &Known) {
        let mut teachers: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for activity in municipality.activities.values() {
            for group in &activity.groups {
                let people = activity.teachers.iter().filter_map(|t| match t.teacher {
                    TeacherReference::Duty(duty) => municipality.duties.get(&duty).map(|d| d.person),
                    TeacherReference::Person(person) => Some(person),
                });
                teachers.entry(*group).or_default().extend(people);
            }
        }
        for duty in municipality.duties.values() {
            for assignment in &duty.assignments {
                teachers.entry(assignment.group).or_default().push(duty.person);
            }
        }
        for group in municipality.groups.values().filter(|g| g.period.covers(municipality.today)) {
            let staff = teachers.get(&group.id).map(Vec::as_slice).unwrap_or_default();
            self.add_group(municipality, group, staff, known);
        }
    }

    fn add_group(&mut self, municipality: &Municipality, group: &Group, staff: &[Uuid], known: &Known) {
        let unit = units_at(municipality, group.organisation).into_iter().next();
        let Some(school) = unit.and_then(|unit| known.units.get(&unit)) else {
            return;
        };
        let members = group.memberships.iter().filter(|m| m.period.covers(municipality.today));
        let people = members.map(|m| &m.person).chain(staff);
        let mut users: Vec<Uuid> = people.filter_map(|p| known.people.get(p)).copied().collect();
        users.sort();
        users.dedup();
        let made = self.versioned(SkolonGroup {
            name: group.name.clone(),
            kind: if group.kind == "Klass" { "CLASS" } else { "GROUP" },
            school: *school,
            users,
        });
        self.groups.insert(made.uuid, made);
    }

    /// Most classes share a licence; some users have one of their own, some none, some a trial or
    /// one that has expired.
    fn add_licences(&mut self, municipality: &Municipality) {
        let classes: Vec<SkolonGroup> =
            self.groups.values().map(|g| &g.content).filter(|g| g.kind == "CLASS").cloned().collect();
        let soon = municipality.today.saturating_add(200.days());
        let past = municipality.today.saturating_sub(3.days());
        for (place, class) in classes.iter().enumerate() {
            let product = PRODUCTS[place % PRODUCTS.len()];
            let (expires, demo) = match place % 8 {
                6 => (Some(past), false),
                7 => (None, true),
                even if even % 2 == 0 => (Some(soon), false),
                _ => (None, false),
            };
            let users = class.users.clone();
            self.add_licence(SkolonLicence { product, school: class.school, users, expires, demo });
            if let Some(one) = class.users.first().filter(|_| self.rng.random_bool(0.7)) {
                let users = vec![*one];
                self.add_licence(SkolonLicence { product, school: class.school, users, expires: None, demo: false });
            }
        }
        if let Some(class) = classes.first() {
            let (product, school, users) = (PRODUCTS[0], class.school, Vec::new());
            self.add_licence(SkolonLicence { product, school, users, expires: None, demo: false });
        }
    }

    pub(super) fn add_licence(&mut self, licence: SkolonLicence) -> Uuid {
        let made = self.versioned(licence);
        let uuid = made.uuid;
        self.licences.insert(uuid, made);
        uuid
    }
}

/// The school units an organisation stands for: itself, or those below it.
fn units_at(municipality: &Municipality, organisation: Uuid) -> Vec<Uuid> {
    match municipality.organisations.get(&organisation) {
        Some(o) if o.kind == OrganisationKind::SchoolUnit => vec![o.id],
        _ => municipality.units_of(organisation).iter().map(|unit| unit.id).collect(),
    }
}
