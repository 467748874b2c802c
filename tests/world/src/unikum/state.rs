//! What Unikum has.

use std::collections::{BTreeMap, BTreeSet};

/// A person, as far as anybody tells of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnikumPerson {
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// A pupil's school year, 0 (förskoleklass) to 10.
    pub school_year: Option<u8>,
}

/// A class or another group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnikumClass {
    /// What it is called.
    pub name: String,
    /// Its school type in dot notation, where it is another than the school's.
    pub school_type: Option<String>,
}

/// A school or a preschool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnikumSchool {
    /// Eight digits.
    pub school_unit_code: Option<String>,
    /// What it is called.
    pub name: String,
    /// Its school type in dot notation.
    pub school_type: Option<String>,
}

/// What Unikum has, or should have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnikumState {
    /// By hyphenated personal number.
    pub persons: BTreeMap<String, UnikumPerson>,
    /// By external id.
    pub classes: BTreeMap<String, UnikumClass>,
    /// By external id.
    pub schools: BTreeMap<String, UnikumSchool>,
    /// Type, from and to.
    pub relations: BTreeSet<(String, String, String)>,
}

/// An object of a file.
pub(super) enum Principal {
    Person(UnikumPerson),
    Class(UnikumClass),
    School(UnikumSchool),
}

impl UnikumState {
    /// Puts an object there, over the one that has its id. Says whether that was any different.
    pub(super) fn overwrite(&mut self, id: String, principal: Principal) -> bool {
        match principal {
            Principal::Person(it) => self.persons.insert(id, it.clone()) != Some(it),
            Principal::Class(it) => self.classes.insert(id, it.clone()) != Some(it),
            Principal::School(it) => self.schools.insert(id, it.clone()) != Some(it),
        }
    }

    /// The school type that a class has: its own, else that of the school it is in.
    pub(super) fn school_type_of(&self, class: &str) -> Option<&str> {
        let own = self.classes.get(class).and_then(|it| it.school_type.as_deref());
        let mut schools = self
            .relations
            .iter()
            .filter(|(kind, from, _)| kind == "class_in_school" && from == class)
            .filter_map(|(_, _, to)| self.schools.get(to)?.school_type.as_deref());
        own.or_else(|| schools.next())
    }
}
