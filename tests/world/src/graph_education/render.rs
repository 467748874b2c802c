//! From the register's truth to what SDS makes of it.

use super::directory::{GraphGroup, GraphSchool, GraphUser, Links, object_id};
use crate::truth::{Duty, Group, Marking, Municipality, Organisation, OrganisationKind, Person, TeacherReference};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The directory as it should be.
#[derive(Default)]
pub(super) struct Rendered {
    pub(super) schools: BTreeMap<Uuid, GraphSchool>,
    pub(super) users: BTreeMap<Uuid, GraphUser>,
    pub(super) groups: BTreeMap<Uuid, GraphGroup>,
    pub(super) school_users: Links,
    pub(super) school_classes: Links,
    pub(super) members: Links,
    pub(super) owners: Links,
}

impl Rendered {
    pub(super) fn of(truth: &Municipality, hidden: &BTreeSet<Uuid>) -> Self {
        let mut rendered = Self::default();
        let units = truth.organisations.values().filter(|it| it.kind == OrganisationKind::SchoolUnit);
        for unit in units {
            let external_id = unit.school_unit_code.clone().unwrap_or_default();
            rendered.schools.insert(object_id(unit.id), GraphSchool { name: unit.name.clone(), external_id });
        }
        rendered.add_staff(truth, hidden);
        rendered.add_pupils(truth, hidden);
        rendered.add_classes(truth);
        rendered.add_other_groups(truth);
        rendered
    }

    fn add_pupils(&mut self, truth: &Municipality, hidden: &BTreeSet<Uuid>) {
        for pupil in truth.pupils() {
            let places: Vec<_> = pupil.enrolments.iter().filter(|it| it.period.covers(truth.today)).collect();
            let grade = places.first().map(|it| it.school_year.to_string());
            let units = places.iter().map(|it| it.unit);
            self.add_user(pupil, "student", grade, units, hidden);
        }
    }

    fn add_staff(&mut self, truth: &Municipality, hidden: &BTreeSet<Uuid>) {
        let mut employed: BTreeMap<Uuid, Vec<&Duty>> = BTreeMap::new();
        for duty in truth.duties.values().filter(|it| it.period.covers(truth.today)) {
            employed.entry(duty.person).or_default().push(duty);
        }
        for (person, duties) in employed {
            let Some(person) = truth.persons.get(&person) else { continue };
            let teaches = duties.iter().any(|it| it.role.contains("ärare"));
            let units = duties.iter().flat_map(|it| units_at(truth, it.at));
            self.add_user(person, if teaches { "teacher" } else { "none" }, None, units, hidden);
        }
    }

    fn add_user(
        &mut self,
        person: &Person,
        role: &'static str,
        grade: Option<String>,
        units: impl Iterator<Item = Uuid>,
        hidden: &BTreeSet<Uuid>,
    ) {
        let (id, email) = (object_id(person.id), person.emails.iter().find(|it| it.kind.starts_with("Skola")));
        let units: Vec<Uuid> = units.map(object_id).filter(|it| self.schools.contains_key(it)).collect();
        let unwanted = person.marking != Marking::None || units.is_empty() || hidden.contains(&id);
        let Some(email) = email.filter(|_| !unwanted && !self.users.contains_key(&id)) else { return };
        let user = GraphUser {
            given_name: person.given_name.clone(),
            surname: person.family_name.clone(),
            mail: email.value.clone(),
            role,
            grade,
            external_id: person.id.to_string(),
        };
        self.users.insert(id, user);
        for unit in units {
            self.school_users.entry(unit).or_default().insert(id);
        }
    }

    fn add_classes(&mut self, truth: &Municipality) {
        let teachers = teachers(truth);
        for group in truth.groups.values().filter(|it| it.period.covers(truth.today)) {
            let unit = units_at(truth, group.organisation).into_iter().next().map(object_id);
            let Some(unit) = unit.filter(|it| self.schools.contains_key(it)) else { continue };
            let staff = teachers.get(&group.id).cloned().unwrap_or_default();
            let pupils = group.memberships.iter().filter(|it| it.period.covers(truth.today)).map(|it| it.person);
            self.add_group(object_id(group.id), class(group), pupils, staff);
            self.school_classes.entry(unit).or_default().insert(object_id(group.id));
        }
    }

    fn add_other_groups(&mut self, truth: &Municipality) {
        let units = truth.organisations.values().filter(|it| it.kind == OrganisationKind::SchoolUnit);
        for unit in units {
            let staff = truth.duties.values().filter(|it| it.at == unit.id).map(|it| it.person).collect();
            let made = GraphGroup {
                name: format!("Kollegiet {}", unit.name),
                mail_nickname: format!("kollegiet{}", unit.school_unit_code.as_deref().unwrap_or_default()),
                external_source: None,
                external_id: None,
                term: None,
            };
            self.add_group(beside(unit), made, std::iter::empty(), staff);
        }
        let by_hand = GraphGroup {
            name: "Bokcirkeln".to_owned(),
            mail_nickname: "bokcirkeln".to_owned(),
            external_source: Some("manual"),
            external_id: None,
            term: None,
        };
        let readers: Vec<Uuid> = truth.pupils().take(3).map(|it| it.id).collect();
        self.add_group(object_id(Uuid::from_u128(0xb0c)), by_hand, readers.into_iter(), BTreeSet::new());
    }

    /// Owners are among the members too, as SDS has it.
    fn add_group(&mut self, id: Uuid, group: GraphGroup, members: impl Iterator<Item = Uuid>, owners: BTreeSet<Uuid>) {
        let known = |person: Uuid| Some(object_id(person)).filter(|it| self.users.contains_key(it));
        let owners: BTreeSet<Uuid> = owners.into_iter().filter_map(known).collect();
        let members: BTreeSet<Uuid> = members.filter_map(known).chain(owners.iter().copied()).collect();
        self.groups.insert(id, group);
        self.members.insert(id, members);
        self.owners.insert(id, owners);
    }
}

fn class(group: &Group) -> GraphGroup {
    GraphGroup {
        name: group.name.clone(),
        mail_nickname: format!("Section_{}", group.id.simple()),
        external_source: Some("sis"),
        external_id: Some(group.id.to_string()),
        term: Some((group.period.start, group.period.end)),
    }
}

/// The identity of the staff's group at a school.
fn beside(unit: &Organisation) -> Uuid {
    Uuid::from_u128(object_id(unit.id).as_u128() ^ 0xff)
}

/// Who teaches or leads each group.
fn teachers(truth: &Municipality) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
    let mut teachers: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for activity in truth.activities.values() {
        let now = activity.teachers.iter().filter(|it| it.period.covers(truth.today));
        let people = now.filter_map(|it| match it.teacher {
            TeacherReference::Duty(duty) => truth.duties.get(&duty).map(|it| it.person),
            TeacherReference::Person(person) => Some(person),
        });
        let people: Vec<Uuid> = people.collect();
        activity.groups.iter().for_each(|group| teachers.entry(*group).or_default().extend(&people));
    }
    for duty in truth.duties.values() {
        for assignment in duty.assignments.iter().filter(|it| it.period.covers(truth.today)) {
            teachers.entry(assignment.group).or_default().insert(duty.person);
        }
    }
    teachers
}

/// The school units an organisation stands for: itself, or those below it.
fn units_at(truth: &Municipality, organisation: Uuid) -> Vec<Uuid> {
    match truth.organisations.get(&organisation) {
        Some(it) if it.kind == OrganisationKind::SchoolUnit => vec![it.id],
        _ => truth.units_of(organisation).iter().map(|it| it.id).collect(),
    }
}
