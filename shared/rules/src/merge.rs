//! Merging: the facts of all sources about one subject give one picture of it.

use std::collections::BTreeMap;

use roster::{
    Activity, AssignmentFact, Duty, Fact, Group, Id, LicenceFact, Organisation, Person, RecordKey, SecurityMarking,
};

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
    /// The person itself, from the source that comes first.
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

/// Merges. `order` names the sources, the one that owns a field first; sources not named come last.
/// `None`: no source has the subject itself any more, only others that speak about it.
#[must_use]
pub fn merge<'a>(facts: impl IntoIterator<Item = (&'a Provenance, &'a Fact)>, order: &[String]) -> Option<Merged> {
    let rank = |source: &str| order.iter().position(|name| name == source).unwrap_or(usize::MAX);
    let mut ranked: Vec<_> = facts.into_iter().collect();
    ranked.sort_by_key(|(provenance, _)| (rank(&provenance.0), (*provenance).clone()));
    let mut parts = Parts::default();
    for (_, fact) in ranked {
        parts.add(fact);
    }
    parts.merged()
}

#[derive(Default)]
struct Parts {
    organisation: Option<Organisation>,
    person: Option<Person>,
    marking: Option<SecurityMarking>,
    group: Option<Group>,
    activity: Option<Activity>,
    duties: BTreeMap<Id, Duty>,
    licences: BTreeMap<Id, LicenceFact>,
    activities: BTreeMap<Id, Activity>,
    assignments: BTreeMap<Id, AssignmentFact>,
}

impl Parts {
    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::Organisation(it) => keep_first(&mut self.organisation, it),
            Fact::Group(it) => keep_first(&mut self.group, it),
            Fact::Activity(it) => keep_first(&mut self.activity, it),
            Fact::Person(it) => self.add_person(it),
            Fact::Duty(it) => drop(self.duties.entry(it.id).or_insert_with(|| it.clone())),
            Fact::Licence(it) => drop(self.licences.entry(it.id).or_insert_with(|| it.clone())),
            Fact::Teaching(it) => drop(self.activities.entry(it.id).or_insert_with(|| it.clone())),
            Fact::Assignment(it) => drop(self.assignments.entry(it.duty).or_insert_with(|| it.clone())),
        }
    }

    fn add_person(&mut self, person: &Person) {
        for duty in &person.duties {
            self.duties.entry(duty.id).or_insert_with(|| duty.clone());
        }
        let protects = |marking: &Option<SecurityMarking>| marking.as_ref().is_some_and(SecurityMarking::is_protected);
        let overrules = protects(&person.security_marking) && !protects(&self.marking);
        if overrules || self.marking.is_none() {
            self.marking.clone_from(&person.security_marking);
        }
        keep_first(&mut self.person, person);
    }

    fn merged(self) -> Option<Merged> {
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
        self.person.map(|person| {
            Merged::Person(Box::new(MergedPerson {
                person,
                marking: self.marking,
                duties: self.duties.into_values().collect(),
                licences: self.licences.into_values().collect(),
            }))
        })
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

        let merged = merge(facts.iter().map(|(p, f)| (p, f)), &["register".into(), "a-platform".into()]);

        assert!(matches!(merged, Some(Merged::Person(it)) if it.person == register));
    }

    #[test]
    fn one_source_that_marks_is_enough_to_protect() {
        let mut unmarked = person(1);
        unmarked.security_marking = Some(SecurityMarking::None);
        let mut marked = person(1);
        marked.security_marking = Some(SecurityMarking::Confidential);
        let facts = [(provenance("first", 1), Fact::Person(unmarked)), (provenance("second", 1), Fact::Person(marked))];

        let merged = merge(facts.iter().map(|(p, f)| (p, f)), &["first".into(), "second".into()]);

        assert!(matches!(merged, Some(Merged::Person(it)) if it.marking == Some(SecurityMarking::Confidential)));
    }

    #[test]
    fn a_licence_for_nobody_known_is_no_person() {
        let licence = LicenceFact { id: id(9), product: None, expires: None, trial: false };
        let facts = [(provenance("skolon", 9), Fact::Licence(licence))];

        assert_eq!(merge(facts.iter().map(|(p, f)| (p, f)), &[]), None);
    }
}
