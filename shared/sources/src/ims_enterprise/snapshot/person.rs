//! Persons, with the places and duties that memberships give them.

use std::collections::BTreeMap;

use roster::{Duty, Enrolment, Id, Person, Validity};

use super::Snapshot;
use super::organisation::unit_id;
use crate::ims_enterprise::group_kind::GroupKind;
use crate::ims_enterprise::index::{Head, Member};
use crate::ims_enterprise::role::Role;
use crate::periods::{merged, of_today};

/// A person's membership with the group it is in.
struct Stay<'s> {
    head: &'s Head,
    member: &'s Member,
    /// The group's school.
    school: u32,
}

/// All of a place but its periods.
type Place = (Id, Option<Box<str>>, Option<u8>, Option<Box<str>>);

impl Snapshot {
    /// Everybody but those who are guardians or other contacts only.
    pub(super) fn all_persons(&self) -> Vec<u32> {
        let rows = (0u32..).zip(&self.index.persons.rows).filter(|(_, row)| row.face.is_some());
        let concerned = rows.filter(|(number, row)| !row.contact_only || !self.stays_of(*number).is_empty());
        let mut all: Vec<(Id, u32)> = concerned.map(|(number, row)| (row.id, number)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, number)| number).collect()
    }

    pub(super) fn stays_of(&self, person: u32) -> &[(u32, u32, u32)] {
        let from = self.stays.partition_point(|it| it.0 < person);
        let until = self.stays.partition_point(|it| it.0 <= person);
        self.stays.get(from..until).unwrap_or_default()
    }

    pub(super) fn person(&self, number: u32) -> Option<Person> {
        let row = self.index.persons.get(number)?;
        let mut person: Person = serde_json::from_slice(row.face.as_ref()?).ok()?;
        let stays: Vec<Stay<'_>> = self.stays_of(number).iter().filter_map(|it| self.stay(it.1, it.2)).collect();
        person.security_marking = row.marking.standard();
        person.enrolments = self.enrolments(&stays);
        person.duties = self.duties(row.id, &stays);
        Some(person)
    }

    fn stay(&self, group: u32, place: u32) -> Option<Stay<'_>> {
        let row = self.index.groups.get(group)?;
        let member = row.members.get(place as usize)?;
        Some(Stay { head: row.head.as_deref()?, member, school: self.units.home(group)? })
    }

    /// From classes and departments; without any, from schools; without those too, from teaching groups, since adult
    /// education has no classes. A pupil who is taught at another school has no place there.
    fn enrolments(&self, stays: &[Stay<'_>]) -> Vec<Enrolment> {
        let pupil = || stays.iter().filter(|it| it.member.role == Role::Pupil);
        let rank = |it: &Stay<'_>| match it.head.kind {
            GroupKind::Unit => 1,
            GroupKind::Teaching => 2,
            ref kind if kind.is_place() => 0,
            _ => 3,
        };
        let Some(best) = pupil().map(rank).min().filter(|rank| *rank < 3) else { return Vec::new() };
        let mut places: BTreeMap<Place, Vec<Validity>> = BTreeMap::new();
        for stay in pupil().filter(|it| rank(it) == best) {
            if let Some(place) = self.place(stay) {
                places.entry(place).or_default().push(stay.member.validity);
            }
        }
        let periods = places.into_iter().flat_map(|(place, periods)| {
            let periods = merged(periods);
            periods.into_iter().map(move |validity| (place.clone(), validity))
        });
        periods
            .map(|((school_unit, school_type, school_year, education_code), validity)| Enrolment {
                school_unit,
                school_type: school_type.map(Into::into),
                school_year,
                education_code: education_code.map(Into::into),
                validity,
                cancelled: false,
            })
            .collect()
    }

    fn place(&self, stay: &Stay<'_>) -> Option<Place> {
        let told = self.index.place(stay.member);
        let code = told.and_then(|it| it.code).filter(|code| self.units.by_code.contains_key(code));
        let unit = match code.or_else(|| self.units.only_code(stay.school)) {
            Some(code) => unit_id(code),
            None => self.index.groups.get(stay.school)?.id,
        };
        let school_type = told.and_then(|it| it.school_type.clone()).or_else(|| stay.head.school_type.clone());
        let year = told.and_then(|it| it.school_year);
        Some((unit, school_type, year, told.and_then(|it| it.education_code.clone())))
    }

    /// One duty for each school and each kind of work, as long as the memberships that give it.
    fn duties(&self, person: Id, stays: &[Stay<'_>]) -> Vec<Duty> {
        let mut periods: BTreeMap<(Id, &'static str), Vec<Validity>> = BTreeMap::new();
        for stay in stays {
            let school = self.index.groups.get(stay.school).map(|row| row.id);
            if let Some(at) = school.zip(stay.member.role.duty()) {
                periods.entry(at).or_default().push(stay.member.validity);
            }
        }
        let duties = periods.into_iter().filter_map(|((organisation, role), periods)| {
            Some(Duty {
                id: Id::derived(&["ims-enterprise/duty", &person.to_string(), &organisation.to_string(), role]),
                person: Some(person),
                organisation,
                role: role.to_owned(),
                signature: None,
                validity: of_today(periods, self.today)?,
                assignments: Vec::new(),
            })
        });
        duties.collect()
    }
}
