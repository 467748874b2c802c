//! What all pairs up to now say together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use roster::{
    Assignment, Duty, Enrolment, Group, Id, Membership, MembershipRole, Organisation, Person, RecordKind, Validity,
};

use super::UnikumConfig;
use crate::file_drop::assembly::{Assembly, DutyPart, EnrolmentPart, GroupPart};
use crate::file_drop::entry::duty_id;
use crate::file_drop::problem::FileProblem;
use crate::file_drop::rows::Row;
use crate::file_drop::separated::{MOST_UNREADABLE, too_many};
use crate::notes::Notes;

/// More than any organiser has of objects and relations together.
const MOST: usize = 5_000_000;

/// What somebody or something is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relation {
    ClassInSchool,
    StudentInSchool,
    StaffInSchool,
    StudentInClass,
    TeacherInClass,
    MentorFor,
}

/// A person, with the school year of a pupil.
#[derive(Debug, Clone)]
pub(super) struct Pupil {
    pub(super) person: Person,
    pub(super) school_year: Option<u8>,
}

/// A class or another group.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) school_type: Option<String>,
}

/// What all pairs up to now say.
#[derive(Debug)]
pub(in crate::file_drop) struct Register {
    pub(super) today: Date,
    pub(super) notes: Notes,
    pub(super) unreadable: u64,
    pub(super) persons: BTreeMap<Id, Pupil>,
    pub(super) classes: BTreeMap<Id, Class>,
    pub(super) schools: BTreeMap<Id, Organisation>,
    pub(super) relations: BTreeMap<Relation, BTreeSet<(Id, Id)>>,
}

impl Register {
    /// Nothing. `today` settles the century of ten-digit personal numbers.
    pub(in crate::file_drop) fn new(today: Date) -> Self {
        Self {
            today,
            notes: Notes::default(),
            unreadable: 0,
            persons: BTreeMap::new(),
            classes: BTreeMap::new(),
            schools: BTreeMap::new(),
            relations: BTreeMap::new(),
        }
    }

    /// Takes in a row of either file of a pair. `file` is its name as it may be shown.
    pub(in crate::file_drop) fn take(
        &mut self,
        row: Row<'_>,
        is_relation: bool,
        config: &UnikumConfig,
        file: &str,
    ) -> Result<(), FileProblem> {
        let at = format!("{file}, line {}", row.line);
        match (row.has_line_break(), is_relation) {
            (true, _) => self.broken(&format!("{at}: a cell goes on in the next line")),
            (false, true) => self.relation(row, config, &at),
            (false, false) => self.principal(row, &at),
        }
        if self.unreadable > MOST_UNREADABLE {
            let detail = format!("{at}: more than {MOST_UNREADABLE} rows have another form than agreed");
            return Err(FileProblem::new("file_drop.rows_unreadable", detail));
        }
        let relations = self.relations.values().map(BTreeSet::len).sum::<usize>();
        let count = self.persons.len() + self.classes.len() + self.schools.len() + relations;
        if count > MOST { Err(too_many(file)) } else { Ok(()) }
    }

    /// How many rows could not be read.
    pub(in crate::file_drop) const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    fn of(&self, relation: Relation) -> impl Iterator<Item = (Id, Id)> {
        self.relations.get(&relation).into_iter().flatten().copied()
    }

    /// Everything that is at some school. Persons and groups without relations have left, or never came.
    pub(in crate::file_drop) fn assembly(&self) -> Assembly {
        let mut assembly = Assembly::noting(self.notes.clone());
        assembly.told = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Duty].into();
        assembly.organisations = self.schools.clone();
        let homes: BTreeMap<Id, Id> = self.of(Relation::ClassInSchool).collect();
        for (id, school) in &homes {
            if let Some(class) = self.classes.get(id) {
                assembly.groups.insert(*id, group(*id, *school, class));
            }
        }
        self.pupils(&homes, &mut assembly);
        self.staff(&homes, &mut assembly);
        assembly
    }

    fn pupils(&self, homes: &BTreeMap<Id, Id>, assembly: &mut Assembly) {
        let mut places: BTreeSet<(Id, Id)> = self.of(Relation::StudentInSchool).collect();
        let placed: BTreeSet<Id> = places.iter().map(|(person, _)| *person).collect();
        for (person, class) in self.of(Relation::StudentInClass) {
            if let Some(school) = homes.get(&class) {
                if !placed.contains(&person) {
                    places.insert((person, *school));
                }
                assembly.memberships.push((class, member(person, MembershipRole::Pupil)));
            }
        }
        for (person, school) in places {
            self.tell(person, assembly);
            let school_year = self.persons.get(&person).and_then(|it| it.school_year);
            let enrolment = Enrolment {
                school_unit: school,
                school_type: None,
                school_year,
                education_code: None,
                validity: Validity::ALWAYS,
                cancelled: false,
            };
            assembly.enrolments.push(EnrolmentPart { person, enrolment, terms: Vec::new() });
        }
    }

    fn staff(&self, homes: &BTreeMap<Id, Id>, assembly: &mut Assembly) {
        let mut teaching: BTreeMap<(Id, Id), Vec<Id>> = BTreeMap::new();
        for (relation, is_mentor) in [(Relation::TeacherInClass, false), (Relation::MentorFor, true)] {
            for (person, class) in self.of(relation) {
                // Whoever is mentor for a single pupil is not so for a group.
                let Some(school) = homes.get(&class) else { continue };
                let mentored = teaching.entry((person, *school)).or_default();
                mentored.extend(is_mentor.then_some(class));
                assembly.memberships.push((class, member(person, MembershipRole::Teacher)));
            }
        }
        let others = self.of(Relation::StaffInSchool).filter(|at| !teaching.contains_key(at));
        let others = others.map(|at| (at, Vec::new(), "Annan personal")).collect::<Vec<_>>();
        let teachers = teaching.into_iter().map(|(at, mentored)| (at, mentored, "Lärare"));
        for ((person, school), mentored, role) in teachers.chain(others) {
            self.tell(person, assembly);
            let assignment = |group| Assignment { group, role: "Mentor".to_owned(), validity: Validity::ALWAYS };
            let duty = Duty {
                id: duty_id(person, school, role),
                person: Some(person),
                organisation: school,
                role: role.to_owned(),
                signature: None,
                validity: Validity::ALWAYS,
                assignments: mentored.into_iter().map(assignment).collect(),
            };
            assembly.duties.push(DutyPart { person, duty, terms: Vec::new() });
        }
    }

    fn tell(&self, person: Id, assembly: &mut Assembly) {
        if let Some(known) = self.persons.get(&person) {
            assembly.persons.entry(person).or_insert_with(|| known.person.clone());
        }
    }
}

fn group(id: Id, organisation: Id, class: &Class) -> GroupPart {
    let group = Group {
        id,
        name: class.name.clone(),
        kind: "Klass".to_owned(),
        organisation,
        school_type: class.school_type.clone(),
        validity: Validity::ALWAYS,
        members: Vec::new(),
    };
    GroupPart { group, terms: Vec::new() }
}

const fn member(person: Id, role: MembershipRole) -> Membership {
    Membership { person, role, validity: Validity::ALWAYS }
}
