//! The irregularities every register has: protected people, odd numbers, things not begun or over.

use super::{Layout, School};
use crate::truth::civic_number::spoiled;
use crate::truth::{Dialect, Enrolment, Marking, Membership, Period, Person, PersonStatus};
use jiff::ToSpan;
use jiff::civil::Date;
use uuid::Uuid;

/// Below this a school is too small to be irregular without losing its sense.
const SMALLEST_ODD_SCHOOL: usize = 15;

impl School<'_> {
    pub(super) fn add_oddities(&mut self) {
        if self.plan.pupils < SMALLEST_ODD_SCHOOL {
            return;
        }
        self.mark_protected();
        if self.plan.dialect == Dialect::Strict {
            self.spoil_identities();
            self.shift_enrolments();
            self.shift_memberships();
            self.shift_groups();
            self.shift_duties();
            self.add_second_duties();
        }
    }

    fn today(&self) -> Date {
        self.municipality.today
    }

    fn past(&self) -> Period {
        Period { start: self.today().saturating_sub(400.days()), end: Some(self.today().saturating_sub(7.days())) }
    }

    fn future(&self) -> Period {
        Period::from(self.today().saturating_add(21.days()))
    }

    fn pupil(&mut self, place: usize) -> Option<&mut Person> {
        let id = self.pupils.get(place)?;
        self.municipality.persons.get_mut(id)
    }

    fn mark_protected(&mut self) {
        let marking =
            if self.plan.number.is_multiple_of(2) { Marking::ProtectedRegistration } else { Marking::Confidential };
        if let Some(pupil) = self.pupil(0) {
            pupil.marking = marking;
        }
        let duty = self.teacher_duties()[0];
        let person = self.municipality.duties[&duty].person;
        if self.plan.number == 1
            && let Some(teacher) = self.municipality.persons.get_mut(&person)
        {
            teacher.marking = Marking::Confidential;
        }
    }

    fn spoil_identities(&mut self) {
        let number = self.plan.number;
        if let Some(pupil) = self.pupil(1) {
            let birth = pupil.birth_date.map(|day| day.strftime("%Y%m%d").to_string());
            pupil.civic_number = birth.map(|birth| format!("{birth}TF{:02}", number % 100));
        }
        if let Some(pupil) = self.pupil(2) {
            pupil.civic_number = pupil.civic_number.as_deref().map(spoiled);
        }
        if let Some(pupil) = self.pupil(3) {
            pupil.civic_number = None;
        }
        if let Some(pupil) = self.pupil(4) {
            pupil.status = PersonStatus::Emigrated;
        }
        if let Some(pupil) = self.pupil(5) {
            pupil.principal_names.clear();
            pupil.emails.retain(|email| email.kind == "Privat");
        }
        if let Some(pupil) = self.pupil(6) {
            pupil.principal_names.clear();
        }
    }

    fn shift_enrolments(&mut self) {
        let (past, future) = (self.past(), self.future());
        if let Some(pupil) = self.pupil(7) {
            pupil.enrolments[0].period = past;
        }
        if let Some(pupil) = self.pupil(8) {
            pupil.enrolments[0].period = future;
        }
        let other = self.units[self.units.len() - 1];
        if let Some(pupil) = self.pupil(9) {
            let earlier = Enrolment { unit: other, period: past, ..pupil.enrolments[0].clone() };
            pupil.enrolments.insert(0, earlier);
        }
    }

    fn shift_memberships(&mut self) {
        let (past, future) = (self.past(), self.future());
        let Some(group) = self.teaching_groups.first() else {
            return;
        };
        if let Some(group) = self.municipality.groups.get_mut(group) {
            group.memberships[10].period = past;
            group.memberships[11].period = future;
            let again = Membership { period: future, ..group.memberships[10].clone() };
            group.memberships.push(again);
        }
    }

    fn shift_groups(&mut self) {
        let (past, future) = (self.past(), self.future());
        let members: Vec<Uuid> = self.pupils.iter().skip(12).take(3).copied().collect();
        let ended = self.add_group("Simgrupp förra läsåret".to_owned(), "Övrigt", "GR", &members);
        let coming = self.add_group("Ny språkgrupp".to_owned(), "Undervisning", "GR", &members);
        let both = self.add_activity("Språk".to_owned(), &[coming], 1);
        for (group, period) in [(ended, past), (coming, future)] {
            if let Some(group) = self.municipality.groups.get_mut(&group) {
                group.period = period;
            }
        }
        if let Some(activity) = self.municipality.activities.get_mut(&both) {
            activity.period = future;
        }
        self.add_over_activity(past);
    }

    /// A running group whose only activity is over: it has nobody but its mentors.
    fn add_over_activity(&mut self, past: Period) {
        let members: Vec<Uuid> = self.pupils.iter().skip(5).take(6).copied().collect();
        let group = self.add_group("Läxhjälp".to_owned(), "Övrigt", "GR", &members);
        let activity = self.add_activity("Läxhjälp".to_owned(), &[group], 1);
        if let Some(activity) = self.municipality.activities.get_mut(&activity) {
            activity.period = past;
        }
    }

    fn shift_duties(&mut self) {
        let (past, future) = (self.past(), self.future());
        let teachers = self.teacher_duties().to_vec();
        for (place, period) in [(1, past), (2, future)] {
            if let Some(duty) = teachers.get(place).and_then(|id| self.municipality.duties.get_mut(id)) {
                duty.period = period;
            }
        }
    }

    fn add_second_duties(&mut self) {
        let Some(last) = self.duties.last().copied() else {
            return;
        };
        let person = self.municipality.duties[&last].person;
        let at = match self.plan.layout {
            Layout::DutiesAtSchool => self.units[0],
            _ => self.duty_home(),
        };
        let second = self.duty(person, "Speciallärare/specialpedagog", at);
        self.municipality.duties.insert(second.id, second);
    }
}
