//! What should be delivered from an SS 12000 register.

mod teachers;

use super::{Expected, ExpectedOptions, Properties, UnnamedEmployment, one};
use crate::truth::{Duty, Group, Marking, Municipality, Organisation, OrganisationKind, Person, PersonStatus};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The truth and the agreement, with what has been concluded so far.
struct Conclusion<'a> {
    truth: &'a Municipality,
    options: &'a ExpectedOptions,
    duties: BTreeMap<Uuid, Vec<&'a Duty>>,
    delivered: BTreeSet<Uuid>,
    expected: Expected,
}

pub(super) fn expect(truth: &Municipality, options: &ExpectedOptions) -> Expected {
    let mut duties: BTreeMap<Uuid, Vec<&Duty>> = BTreeMap::new();
    for duty in truth.duties.values().filter(|duty| duty.period.covers(options.today)) {
        duties.entry(duty.person).or_default().push(duty);
    }
    let mut conclusion =
        Conclusion { truth, options, duties, delivered: BTreeSet::new(), expected: Expected::default() };
    conclusion.organisations();
    conclusion.users();
    conclusion.employments();
    conclusion.groups();
    conclusion.teaching();
    conclusion.expected
}

impl Conclusion<'_> {
    fn organisations(&mut self) {
        for organisation in self.truth.organisations.values() {
            let id = organisation.id.to_string();
            let mut properties = Properties::from([("displayName", one(&organisation.name))]);
            match organisation.kind {
                OrganisationKind::Organiser => {
                    self.expected.organisations.insert(id, properties);
                }
                OrganisationKind::School => {}
                OrganisationKind::SchoolUnit => {
                    let code = organisation.school_unit_code.iter().cloned().collect();
                    properties.insert("schoolUnitCode", code);
                    self.expected.units.insert(id, properties);
                }
            }
        }
    }

    fn users(&mut self) {
        for person in self.truth.persons.values() {
            if let Some(properties) = self.user(person) {
                self.delivered.insert(person.id);
                self.expected.users.insert(person.id.to_string(), properties);
            }
        }
    }

    fn user(&self, person: &Person) -> Option<Properties> {
        let protected = self.options.withhold_protected && person.marking != Marking::None;
        let enrolments: BTreeSet<String> = self.enrolments(person).collect();
        let works = self.duties.contains_key(&person.id);
        if protected || person.status != PersonStatus::Active || (enrolments.is_empty() && !works) {
            return None;
        }
        let emails: Vec<&String> = person
            .emails
            .iter()
            .filter(|email| self.options.email_types.contains(&email.kind))
            .map(|email| &email.value)
            .collect();
        let user_name = person.principal_names.first().or(emails.first().copied())?;
        Some(Properties::from([
            ("userName", one(user_name)),
            ("displayName", one(format!("{} {}", person.given_name, person.family_name))),
            ("givenName", one(&person.given_name)),
            ("familyName", one(&person.family_name)),
            ("emails", emails.into_iter().cloned().collect()),
            ("enrolments", enrolments),
        ]))
    }

    /// `unit/schoolYear` of each enrolment at a school unit that is active.
    fn enrolments(&self, person: &Person) -> impl Iterator<Item = String> {
        let active = person.enrolments.iter().filter(|e| e.period.covers(self.options.today));
        let known = active.filter(|e| self.truth.organisations.contains_key(&e.unit));
        known.map(|e| format!("{}/{}", e.unit, e.school_year))
    }

    fn employments(&mut self) {
        let duties: Vec<&Duty> = self.duties.values().flatten().copied().collect();
        for duty in duties.into_iter().filter(|duty| self.delivered.contains(&duty.person)) {
            let units = self.units_at(duty.at);
            let user = duty.person.to_string();
            if let [unit] = units[..] {
                let properties = Properties::from([
                    ("user", one(user)),
                    ("employedAt", one(unit)),
                    ("employmentRole", one(duty.role)),
                ]);
                self.expected.employments.insert(duty.id.to_string(), properties);
                continue;
            }
            self.expected.unnamed_employments.extend(units.iter().map(|unit| UnnamedEmployment {
                user: user.clone(),
                unit: unit.to_string(),
                role: Some(duty.role.to_owned()),
            }));
        }
    }

    fn units_at(&self, organisation: Uuid) -> Vec<Uuid> {
        match self.truth.organisations.get(&organisation) {
            Some(o) if o.kind == OrganisationKind::SchoolUnit => vec![o.id],
            _ => self.truth.units_of(organisation).iter().map(|unit| unit.id).collect(),
        }
    }

    fn groups(&mut self) {
        for group in self.truth.groups.values().filter(|g| g.period.covers(self.options.today)) {
            let Some(owner) = self.owner(group) else {
                continue;
            };
            let members = group.memberships.iter().filter(|m| m.period.covers(self.options.today));
            let members = members.map(|m| m.person).filter(|person| self.delivered.contains(person));
            let properties = Properties::from([
                ("displayName", one(&group.name)),
                ("owner", one(owner)),
                ("studentGroupType", one(group.kind)),
                ("members", members.map(|person| person.to_string()).collect()),
            ]);
            self.expected.groups.insert(group.id.to_string(), properties);
        }
    }

    /// The unit a group belongs to: itself; else the school's only unit, else the one offering the
    /// group's school type, else the one with the lowest code.
    fn owner(&self, group: &Group) -> Option<Uuid> {
        let home = self.truth.organisations.get(&group.organisation)?;
        if home.kind == OrganisationKind::SchoolUnit {
            return Some(home.id);
        }
        let units = self.truth.units_of(home.id);
        let offers = |unit: &&&Organisation| group.school_type.is_some_and(|t| unit.school_types.contains(&t));
        units.iter().find(offers).or(units.first()).map(|unit| unit.id)
    }
}
