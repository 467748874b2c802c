//! Merging: the facts of all sources about one subject give one picture of it.

use std::collections::{BTreeMap, BTreeSet};

use roster::{
    Activity, AssignmentFact, Duty, Fact, Group, Id, LicenceFact, Organisation, Person, RecordKey, SecurityMarking,
    Supplement,
};

pub use self::fields::PersonField;

mod fields;

/// Where a fact comes from: a source's name and its record.
pub type Provenance = (String, RecordKey);

/// A subject as all sources together describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// An organisation.
    Organisation(Organisation),
    /// A person with duties and licences.
    Person(Box<MergedPerson>),
    /// A group with activities and assignments.
    Group(Box<MergedGroup>),
    /// An activity.
    Activity(Activity),
}

/// A person as all sources together describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedPerson {
    /// The person itself, from the source that comes first, with the fields that another source owns or adds.
    pub person: Person,
    /// The marking of the first source that protects; otherwise of the first that says anything. `None`: no source has
    /// ever said.
    pub marking: Option<SecurityMarking>,
    /// Duties, each once.
    pub duties: Vec<Duty>,
    /// Licences, each once.
    pub licences: Vec<LicenceFact>,
}

/// A group as all sources together describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedGroup {
    /// The group itself, from the source that comes first.
    pub group: Group,
    /// Activities, each once.
    pub activities: Vec<Activity>,
    /// Assignments, by duty.
    pub assignments: Vec<AssignmentFact>,
}

/// Which source is believed about what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precedence {
    /// The sources, the one that owns a field first; sources not named come last.
    pub order: Vec<String>,
    /// Fields of persons that a source owns although another comes first.
    pub owned: Vec<(PersonField, String)>,
    /// Sources that add to persons of others and have none of their own.
    pub second: BTreeSet<String>,
}

impl Precedence {
    fn rank(&self, source: &str) -> usize {
        self.order.iter().position(|name| name == source).unwrap_or(usize::MAX)
    }

    /// Whether a source only adds to persons of others.
    #[must_use]
    pub fn is_second(&self, source: &str) -> bool {
        self.second.contains(source)
    }

    fn owns(&self, source: &str, field: PersonField) -> bool {
        self.owned.iter().any(|(owned, by)| *owned == field && by == source)
    }
}

/// Merges. `None`: no source has the subject itself any more, only others that speak about it.
#[must_use]
pub fn merge<'a>(
    facts: impl IntoIterator<Item = (&'a Provenance, &'a Fact)>,
    precedence: &Precedence,
) -> Option<Merged> {
    let mut ranked: Vec<_> = facts.into_iter().collect();
    ranked.sort_by_key(|(provenance, _)| (precedence.rank(&provenance.0), (*provenance).clone()));
    let mut parts = Parts::default();
    for ((source, _), fact) in ranked {
        parts.add(source, fact, precedence.is_second(source));
    }
    parts.merged(precedence)
}

#[derive(Default)]
struct Parts<'a> {
    persons: Vec<(&'a str, &'a Person)>,
    supplements: Vec<(&'a str, &'a Supplement)>,
    organisation: Option<Organisation>,
    marking: Option<SecurityMarking>,
    group: Option<Group>,
    activity: Option<Activity>,
    duties: BTreeMap<Id, Duty>,
    licences: BTreeMap<Id, LicenceFact>,
    activities: BTreeMap<Id, Activity>,
    assignments: BTreeMap<Id, AssignmentFact>,
}

impl<'a> Parts<'a> {
    /// What a source said before it became a second one, or while it was one, does not count any more – but for a
    /// marking that protects.
    fn add(&mut self, source: &'a str, fact: &'a Fact, is_second: bool) {
        if is_second != matches!(fact, Fact::Supplement(_)) {
            return self.mark(marking_in(fact));
        }
        match fact {
            Fact::Organisation(it) => keep_first(&mut self.organisation, it),
            Fact::Group(it) => keep_first(&mut self.group, it),
            Fact::Activity(it) => keep_first(&mut self.activity, it),
            Fact::Person(it) => self.add_person(source, it),
            Fact::Supplement(it) => self.add_supplement(source, it),
            Fact::Duty(it) => drop(self.duties.entry(it.id).or_insert_with(|| it.clone())),
            Fact::Licence(it) => drop(self.licences.entry(it.id).or_insert_with(|| it.clone())),
            Fact::Teaching(it) => drop(self.activities.entry(it.id).or_insert_with(|| it.clone())),
            Fact::Assignment(it) => drop(self.assignments.entry(it.duty).or_insert_with(|| it.clone())),
        }
    }

    fn add_person(&mut self, source: &'a str, person: &'a Person) {
        for duty in &person.duties {
            self.duties.entry(duty.id).or_insert_with(|| duty.clone());
        }
        self.mark(person.security_marking.as_ref());
        self.persons.push((source, person));
    }

    fn add_supplement(&mut self, source: &'a str, supplement: &'a Supplement) {
        self.mark(supplement.security_marking.as_ref());
        self.supplements.push((source, supplement));
    }

    fn mark(&mut self, marking: Option<&SecurityMarking>) {
        let protects = |marking: Option<&SecurityMarking>| marking.is_some_and(SecurityMarking::is_protected);
        let overrules = protects(marking) && !protects(self.marking.as_ref());
        if overrules || self.marking.is_none() {
            self.marking = marking.cloned();
        }
    }

    fn merged(self, precedence: &Precedence) -> Option<Merged> {
        if let Some(organisation) = self.organisation {
            return Some(Merged::Organisation(organisation));
        }
        if let Some(activity) = self.activity {
            return Some(Merged::Activity(activity));
        }
        if let Some(group) = self.group {
            return Some(Merged::Group(Box::new(MergedGroup {
                group,
                activities: self.activities.into_values().collect(),
                assignments: self.assignments.into_values().collect(),
            })));
        }
        Some(Merged::Person(Box::new(MergedPerson {
            person: fields::merged(&self.persons, &self.supplements, precedence)?,
            marking: self.marking,
            duties: self.duties.into_values().collect(),
            licences: self.licences.into_values().collect(),
        })))
    }
}

fn marking_in(fact: &Fact) -> Option<&SecurityMarking> {
    match fact {
        Fact::Person(it) => it.security_marking.as_ref(),
        Fact::Supplement(it) => it.security_marking.as_ref(),
        _ => None,
    }
}

fn keep_first<T: Clone>(slot: &mut Option<T>, value: &T) {
    if slot.is_none() {
        *slot = Some(value.clone());
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use roster::{Personal, RecordKind};

    use super::*;
    use crate::testing::{id, person};

    fn in_order(order: &[&str]) -> Precedence {
        Precedence { order: order.iter().map(|it| (*it).to_owned()).collect(), owned: vec![], second: BTreeSet::new() }
    }

    fn provenance(source: &str, n: u128) -> Provenance {
        (source.to_owned(), RecordKey { kind: RecordKind::Person, id: id(n) })
    }

    #[test]
    fn the_first_source_owns_the_names() {
        let register = person(1);
        let mut platform = person(1);
        platform.given_name = Personal::new("Annan".into());
        let facts = [
            (provenance("a-platform", 1), Fact::Person(platform)),
            (provenance("register", 1), Fact::Person(register.clone())),
        ];

        let merged = merge(facts.iter().map(|(p, f)| (p, f)), &in_order(&["register", "a-platform"]));

        assert!(matches!(merged, Some(Merged::Person(it)) if it.person == register));
    }

    #[test]
    fn one_source_that_marks_is_enough_to_protect() {
        let mut unmarked = person(1);
        unmarked.security_marking = Some(SecurityMarking::None);
        let mut marked = person(1);
        marked.security_marking = Some(SecurityMarking::Confidential);
        let facts = [(provenance("first", 1), Fact::Person(unmarked)), (provenance("second", 1), Fact::Person(marked))];

        let merged = merge(facts.iter().map(|(p, f)| (p, f)), &in_order(&["first", "second"]));

        assert!(matches!(merged, Some(Merged::Person(it)) if it.marking == Some(SecurityMarking::Confidential)));
    }

    #[test]
    fn a_licence_for_nobody_known_is_no_person() {
        let licence = LicenceFact { id: id(9), product: None, expires: None, trial: false };
        let facts = [(provenance("skolon", 9), Fact::Licence(licence))];

        assert_eq!(merge(facts.iter().map(|(p, f)| (p, f)), &in_order(&[])), None);
    }
}
