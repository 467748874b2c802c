//! One municipality whose schools are in registers of their own.

use super::{Municipality, TeacherReference};
use jiff::civil::Date;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Municipality {
    /// A municipality of so many schools, each by itself as its own register knows it. Whoever is at several schools is
    /// known to the register of the first of them only.
    pub fn by_school(seed: u64, schools: usize, pupils: usize, today: Date) -> Vec<Self> {
        (0..schools)
            .map(|school| {
                let mut whole = Self::empty(seed, today);
                super::generate::fill_schools(&mut whole, schools, pupils);
                whole.keep_school(school);
                // What happens at one school later is not what happens at another.
                whole.rng = StdRng::seed_from_u64(seed ^ (school as u64 + 1) << 32);
                whole
            })
            .collect()
    }

    fn keep_school(&mut self, school: usize) {
        let home = self.homes();
        let organisations: BTreeSet<Uuid> = self.organisations_by_school()[school].iter().copied().collect();
        self.persons.retain(|id, _| home.get(id) == Some(&school));
        let persons: BTreeSet<Uuid> = self.persons.keys().copied().collect();
        self.organisations.retain(|id, it| it.parent.is_none() || organisations.contains(id));
        for person in self.persons.values_mut() {
            person.enrolments.retain(|it| organisations.contains(&it.unit));
            person.responsibles.retain(|it| persons.contains(it));
        }
        self.duties.retain(|_, it| organisations.contains(&it.at) && persons.contains(&it.person));
        self.groups.retain(|_, it| organisations.contains(&it.organisation));
        for group in self.groups.values_mut() {
            group.memberships.retain(|it| persons.contains(&it.person));
        }
        for duty in self.duties.values_mut() {
            duty.assignments.retain(|it| self.groups.contains_key(&it.group));
        }
        self.activities.retain(|_, it| it.groups.iter().all(|group| self.groups.contains_key(group)));
        for activity in self.activities.values_mut() {
            activity.teachers.retain(|it| match it.teacher {
                TeacherReference::Duty(duty) => self.duties.contains_key(&duty),
                TeacherReference::Person(person) => persons.contains(&person),
            });
        }
    }

    /// The schools in order of their first school unit code, each with its units.
    fn organisations_by_school(&self) -> Vec<Vec<Uuid>> {
        let tops = self.organisations.values().filter(|it| {
            it.parent.is_some_and(|parent| self.organisations.get(&parent).is_some_and(|it| it.parent.is_none()))
        });
        let mut schools: Vec<(Option<String>, Vec<Uuid>)> = tops
            .map(|top| {
                let units = self.units_of(top.id);
                let code = units.first().map_or(&top.school_unit_code, |it| &it.school_unit_code).clone();
                (code, std::iter::once(top.id).chain(units.iter().map(|it| it.id)).collect())
            })
            .collect();
        schools.sort();
        schools.into_iter().map(|(_, all)| all).collect()
    }

    /// Which school knows whom: the first of those where somebody is, in whatever way; guardians with their children.
    fn homes(&self) -> BTreeMap<Uuid, usize> {
        let mut at = BTreeMap::new();
        for (school, organisations) in self.organisations_by_school().iter().enumerate() {
            at.extend(organisations.iter().map(|id| (*id, school)));
        }
        let mut homes: BTreeMap<Uuid, usize> = BTreeMap::new();
        let mut note = |person: Uuid, organisation: &Uuid| {
            if let Some(school) = at.get(organisation) {
                let home = homes.entry(person).or_insert(*school);
                *home = (*home).min(*school);
            }
        };
        self.persons.values().for_each(|it| it.enrolments.iter().for_each(|place| note(it.id, &place.unit)));
        self.duties.values().for_each(|it| note(it.person, &it.at));
        for person in self.persons.values() {
            if let Some(home) = homes.get(&person.id).copied() {
                for guardian in &person.responsibles {
                    homes.entry(*guardian).or_insert(home);
                }
            }
        }
        homes
    }
}
