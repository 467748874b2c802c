//! Changes to people and their duties.

use super::Touched;
use crate::truth::names::FAMILY;
use crate::truth::{Dialect, Duty, Enrolment, Marking, Membership, Municipality, Period, Person, Resource, Stamp};
use jiff::ToSpan;
use jiff::civil::Date;
use rand::Rng;
use uuid::Uuid;

impl Municipality {
    /// Alters a person and stamps the record.
    pub(super) fn alter_person(&mut self, id: Uuid, alter: impl FnOnce(&mut Person)) -> Touched {
        let now = self.tick();
        match self.persons.get_mut(&id) {
            Some(person) => {
                alter(person);
                person.stamp.modified = now;
                Touched::of(&[Resource::Person])
            }
            None => Touched::default(),
        }
    }

    fn new_stamp(&mut self) -> Stamp {
        let now = self.tick();
        Stamp { created: now, modified: now }
    }

    fn yesterday(&self) -> Date {
        self.today.saturating_sub(1.day())
    }

    pub(super) fn pupil_starts(&mut self, class: Uuid) -> Touched {
        let today = self.today;
        let Some((model, dialect)) = self.classmate(class) else {
            return Touched::default();
        };
        let enrolment = Enrolment { period: Period::from(today), ..model.1 };
        let mut pupil = self.new_pupil(enrolment, dialect);
        pupil.stamp = self.new_stamp();
        let id = pupil.id;
        self.persons.insert(id, pupil);
        for group in self.groups_of(model.0) {
            self.alter_group(group, |group| {
                group.memberships.push(Membership { person: id, period: Period::from(today) });
            });
        }
        Touched::of(&[Resource::Person, Resource::Group])
    }

    /// A pupil of the class whose enrolment is active, to model a new one on.
    fn classmate(&self, class: Uuid) -> Option<((Uuid, Enrolment), Dialect)> {
        let group = self.groups.get(&class)?;
        let active = |person: &&Person| person.enrolments.iter().any(|e| e.period.covers(self.today));
        let mate = group.memberships.iter().filter_map(|m| self.persons.get(&m.person)).find(active)?;
        let enrolment = mate.enrolments.iter().find(|e| e.period.covers(self.today))?;
        Some(((mate.id, enrolment.clone()), group.dialect))
    }

    /// The groups, active today, in which a person is a member today.
    pub fn groups_of(&self, person: Uuid) -> Vec<Uuid> {
        let today = self.today;
        self.groups
            .values()
            .filter(|g| g.period.covers(today))
            .filter(|g| g.memberships.iter().any(|m| m.person == person && m.period.covers(today)))
            .map(|g| g.id)
            .collect()
    }

    pub(super) fn pupil_leaves(&mut self, id: Uuid) -> Touched {
        let yesterday = self.yesterday();
        for group in self.groups_of(id) {
            self.alter_group(group, |group| {
                for membership in group.memberships.iter_mut().filter(|m| m.person == id) {
                    end(&mut membership.period, yesterday);
                }
            });
        }
        let touched = self.alter_person(id, |person| {
            for enrolment in &mut person.enrolments {
                end(&mut enrolment.period, yesterday);
            }
        });
        touched.merge(Touched::of(&[Resource::Group]))
    }

    pub(super) fn person_removed(&mut self, id: Uuid) -> Touched {
        if self.persons.remove(&id).is_none() {
            return Touched::default();
        }
        self.bury(Resource::Person, id);
        let groups: Vec<Uuid> =
            self.groups.values().filter(|g| g.memberships.iter().any(|m| m.person == id)).map(|g| g.id).collect();
        for group in groups {
            self.alter_group(group, |group| group.memberships.retain(|m| m.person != id));
        }
        let duties: Vec<Uuid> = self.duties.values().filter(|d| d.person == id).map(|d| d.id).collect();
        for duty in duties {
            self.duties.remove(&duty);
            self.bury(Resource::Duty, duty);
        }
        Touched::of(&[Resource::Group]).and_deleted()
    }

    pub(super) fn person_renamed(&mut self, id: Uuid) -> Touched {
        let family = FAMILY[self.rng.random_range(0..FAMILY.len())];
        self.alter_person(id, |person| person.family_name = format!("{family}-Ny"))
    }

    pub(super) fn email_changed(&mut self, id: Uuid) -> Touched {
        let Some(person) = self.persons.get(&id).cloned() else {
            return Touched::default();
        };
        let Some(place) = person.emails.iter().position(|e| e.kind.starts_with("Skola")) else {
            return Touched::default();
        };
        let domain = person.emails[place].value.split('@').nth(1).unwrap_or_default();
        let address = self.unused_address(&person.given_name, &format!("{}-ny", person.family_name), domain);
        self.alter_person(id, |person| person.emails[place].value = address)
    }

    pub(super) fn protection(&mut self, id: Uuid, protected: bool) -> Touched {
        self.alter_person(id, |person| {
            person.marking = if protected { Marking::Confidential } else { Marking::None };
        })
    }

    pub(super) fn teacher_employed(&mut self, at: Uuid) -> Touched {
        let Some(organisation) = self.organisations.get(&at) else {
            return Touched::default();
        };
        let dialect = organisation.dialect;
        let mut person = self.new_staff(dialect);
        person.stamp = self.new_stamp();
        let duty = Duty {
            id: self.new_id(),
            person: person.id,
            at,
            role: "Lärare",
            period: Period::from(self.today),
            assignments: Vec::new(),
            dialect,
            stamp: self.new_stamp(),
        };
        self.persons.insert(person.id, person);
        self.duties.insert(duty.id, duty);
        Touched::of(&[Resource::Person, Resource::Duty])
    }

    pub(super) fn duty_ends(&mut self, id: Uuid) -> Touched {
        let (now, yesterday) = (self.tick(), self.yesterday());
        match self.duties.get_mut(&id) {
            Some(duty) => {
                end(&mut duty.period, yesterday);
                duty.stamp.modified = now;
                Touched::of(&[Resource::Duty])
            }
            None => Touched::default(),
        }
    }
}

/// Ends a period on a day, unless it ended before.
pub(super) fn end(period: &mut Period, day: Date) {
    period.end = Some(period.end.map_or(day, |end| end.min(day)));
}
