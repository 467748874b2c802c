//! One school: units, staff, classes, groups, teaching, and the irregularities of real life.

mod oddities;
mod teaching;

use super::{
    Assignment, Dialect, Duty, Enrolment, Group, Membership, Municipality, Organisation, OrganisationKind, Period,
};
use jiff::civil::date;
use rand::Rng;
use uuid::Uuid;

/// To which organisations the register ties a school's groups and duties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One unit; groups and duties belong to it.
    OneUnit,
    /// Two units (GR; FKLASS with GRS); groups and duties belong to the school.
    TiedToSchool,
    /// One unit; groups belong to it, duties to the school.
    DutiesAtSchool,
}

/// How much is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Teaching {
    /// Ten subjects a class.
    EverySubject,
    /// Two, by two teachers: as little as a school can be and still be one.
    TwoSubjects,
}

/// What to build.
pub(super) struct SchoolPlan {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) dialect: Dialect,
    pub(super) layout: Layout,
    pub(super) pupils: usize,
    pub(super) teaching: Teaching,
}

/// A school under construction.
struct School<'a> {
    municipality: &'a mut Municipality,
    plan: SchoolPlan,
    school: Uuid,
    units: Vec<Uuid>,
    pupils: Vec<Uuid>,
    duties: Vec<Uuid>,
    classes: Vec<Uuid>,
    teaching_groups: Vec<Uuid>,
    next_teacher: usize,
}

const CLASS_SIZE: usize = 25;

impl SchoolPlan {
    pub(super) fn build(self, municipality: &mut Municipality, organiser: Uuid) {
        let school = municipality.new_id();
        let mut school = School {
            municipality,
            plan: self,
            school,
            units: Vec::new(),
            pupils: Vec::new(),
            duties: Vec::new(),
            classes: Vec::new(),
            teaching_groups: Vec::new(),
            next_teacher: 0,
        };
        school.add_organisations(organiser);
        school.add_staff();
        school.add_classes();
        school.add_oddities();
    }
}

impl School<'_> {
    fn add_organisations(&mut self, organiser: Uuid) {
        let name = self.plan.name.clone();
        let school = self.organisation(self.school, OrganisationKind::School, &name, organiser);
        self.insert_organisation(school);
        let types: Vec<(&str, Vec<&'static str>)> = match self.plan.layout {
            Layout::TiedToSchool => vec![("F–3", vec!["FKLASS", "GRS"]), ("Grundskola", vec!["GR"])],
            _ => vec![("Grundskola", vec!["FKLASS", "GR"])],
        };
        for (place, (suffix, school_types)) in types.into_iter().enumerate() {
            let id = self.municipality.new_id();
            let name = format!("{name} {suffix}");
            let mut unit = self.organisation(id, OrganisationKind::SchoolUnit, &name, self.school);
            unit.school_unit_code = Some(format!("00{:06}", 990_000 + self.plan.number * 4 + place));
            unit.school_types = school_types;
            self.units.push(id);
            self.insert_organisation(unit);
        }
    }

    fn organisation(&self, id: Uuid, kind: OrganisationKind, name: &str, parent: Uuid) -> Organisation {
        Organisation {
            id,
            kind,
            name: name.to_owned(),
            parent: Some(parent),
            school_unit_code: None,
            school_types: Vec::new(),
            code: (kind == OrganisationKind::School).then(|| format!("NBH{:03}", self.plan.number)),
            number: None,
            period: Period::from(date(2012, 7, 1)),
            dialect: self.plan.dialect,
            stamp: self.municipality.initial_stamp(),
        }
    }

    fn insert_organisation(&mut self, organisation: Organisation) {
        self.municipality.organisations.insert(organisation.id, organisation);
    }

    /// The unit whose school types include the wanted one, else the first.
    fn unit_for(&self, school_type: &str) -> Uuid {
        let offers = |unit: &&Uuid| self.municipality.organisations[*unit].school_types.contains(&school_type);
        self.units.iter().find(offers).copied().unwrap_or(self.units[0])
    }

    fn group_home(&self, school_type: &str) -> Uuid {
        match self.plan.layout {
            Layout::TiedToSchool => self.school,
            _ => self.unit_for(school_type),
        }
    }

    fn duty_home(&self) -> Uuid {
        match self.plan.layout {
            Layout::OneUnit => self.units[0],
            _ => self.school,
        }
    }

    fn add_staff(&mut self) {
        let least = if self.plan.teaching == Teaching::TwoSubjects { 5 } else { 6 };
        let count = (self.plan.pupils * 12).div_ceil(100).max(least);
        for place in 0..count {
            let role = match place {
                0 => "Rektor",
                1 => "Annan personal",
                2 => "Kurator",
                _ => "Lärare",
            };
            let person = self.municipality.new_staff(self.plan.dialect);
            let duty = self.duty(person.id, role, self.duty_home());
            self.municipality.persons.insert(person.id, person);
            self.duties.push(duty.id);
            self.municipality.duties.insert(duty.id, duty);
        }
    }

    fn duty(&mut self, person: Uuid, role: &'static str, at: Uuid) -> Duty {
        Duty {
            id: self.municipality.new_id(),
            person,
            at,
            role,
            period: Period::from(date(2021, 1, 7)),
            assignments: Vec::new(),
            dialect: self.plan.dialect,
            stamp: self.municipality.initial_stamp(),
        }
    }

    /// The duties of teachers proper.
    fn teacher_duties(&self) -> &[Uuid] {
        &self.duties[3..]
    }

    fn next_teacher(&mut self) -> Uuid {
        self.next_teacher += 1;
        let teachers = self.teacher_duties();
        teachers[self.next_teacher % teachers.len()]
    }

    fn add_classes(&mut self) {
        let classes = self.plan.pupils.div_ceil(CLASS_SIZE).max(1);
        for number in 0..classes {
            let size = self.plan.pupils / classes + usize::from(number < self.plan.pupils % classes);
            let school_year = (number * 10 / classes) as u8;
            let letter = char::from(b'A' + ((number - first_of_year(school_year, classes)) % 26) as u8);
            self.add_class(school_year, letter, size);
        }
    }

    fn add_class(&mut self, school_year: u8, letter: char, size: usize) {
        let school_type = if school_year == 0 { "FKLASS" } else { "GR" };
        let members: Vec<Uuid> = (0..size).map(|_| self.add_pupil(school_year, school_type)).collect();
        let name = format!("{}{letter}", if school_year == 0 { "F".to_owned() } else { school_year.to_string() });
        let class = self.add_group(name.clone(), "Klass", school_type, &members);
        self.classes.push(class);
        let mentored = if self.plan.dialect == Dialect::Strict {
            self.add_group(format!("{name} mentor"), "Mentor", school_type, &members)
        } else {
            class
        };
        let mentor = self.next_teacher();
        self.assign(mentor, class, self.mentor_role());
        self.assign(mentor, mentored, self.mentor_role());
        self.add_teaching(&name, school_type, &members);
    }

    fn mentor_role(&self) -> &'static str {
        match self.plan.dialect {
            Dialect::Strict => "Mentor",
            Dialect::Quirky => "Lärare",
        }
    }

    fn assign(&mut self, duty: Uuid, group: Uuid, role: &'static str) {
        let period = Period::from(self.municipality.school_year_start());
        let Some(duty) = self.municipality.duties.get_mut(&duty) else {
            return;
        };
        if duty.assignments.iter().all(|a| a.group != group) {
            duty.assignments.push(Assignment { group, role, period });
        }
    }

    fn add_pupil(&mut self, school_year: u8, school_type: &'static str) -> Uuid {
        let enrolment = Enrolment {
            unit: self.unit_for(school_type),
            school_type,
            school_year,
            period: Period::from(self.municipality.school_year_start()),
        };
        let mut pupil = self.municipality.new_pupil(enrolment, self.plan.dialect);
        if self.municipality.rng.random_bool(0.4) {
            let guardian = self.municipality.new_guardian(pupil.family_name.clone(), self.plan.dialect);
            pupil.responsibles.push(guardian.id);
            self.municipality.persons.insert(guardian.id, guardian);
        }
        let id = pupil.id;
        self.pupils.push(id);
        self.municipality.persons.insert(id, pupil);
        id
    }

    fn add_group(&mut self, name: String, kind: &'static str, school_type: &'static str, members: &[Uuid]) -> Uuid {
        let period = Period::from(self.municipality.school_year_start());
        let membership = |person: &Uuid| Membership { person: *person, period };
        let group = Group {
            id: self.municipality.new_id(),
            name,
            kind,
            organisation: self.group_home(school_type),
            school_type: Some(school_type),
            period,
            memberships: members.iter().map(membership).collect(),
            dialect: self.plan.dialect,
            stamp: self.municipality.initial_stamp(),
        };
        let id = group.id;
        self.municipality.groups.insert(id, group);
        id
    }
}

fn first_of_year(school_year: u8, classes: usize) -> usize {
    (usize::from(school_year) * classes).div_ceil(10)
}
