//! Facts: what one record says about one subject.
//!
//! A person, a group, an organisation and an activity are subjects themselves; a duty, an activity or a licence says
//! something about several. Keeping each statement with the subject it is about lets a delivery read one place only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Activity, Assignment, Duty, Group, Id, Joined, Licence, Organisation, Person, Record, SubjectKey, Supplement,
};

/// What one record says about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// The organisation itself.
    #[serde(rename = "o")]
    Organisation(Organisation),
    /// The person itself.
    #[serde(rename = "p")]
    Person(Person),
    /// The group itself.
    #[serde(rename = "g")]
    Group(Group),
    /// A duty the person has.
    #[serde(rename = "d")]
    Duty(Duty),
    /// A licence the person holds.
    #[serde(rename = "l")]
    Licence(LicenceFact),
    /// The activity itself.
    #[serde(rename = "a")]
    Activity(Activity),
    /// An activity in which the group is taught.
    #[serde(rename = "t")]
    Teaching(Activity),
    /// Roles that a duty has in the group.
    #[serde(rename = "r")]
    Assignment(AssignmentFact),
    /// What a second source says about the person.
    #[serde(rename = "s")]
    Supplement(Supplement),
}

/// A licence, as far as one holder is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceFact {
    /// The licence.
    pub id: Id,
    /// The product, in the supplier's own numbering.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// When it ceases; `None`: never.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Trial licences never reach a target.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

/// A duty's roles in one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentFact {
    /// The duty.
    pub duty: Id,
    /// The person who has it.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Id>,
    /// When the duty itself is valid.
    #[serde(rename = "v", default)]
    pub validity: crate::Validity,
    /// The roles.
    #[serde(rename = "r")]
    pub roles: Vec<Assignment>,
}

/// What a record says, subject by subject. Each subject appears once.
#[must_use]
pub fn facts_of(record: &Record) -> BTreeMap<SubjectKey, Fact> {
    match record {
        Record::Organisation(it) => one(SubjectKey::organisation(it.id), Fact::Organisation(it.clone())),
        Record::Person(it) => one(SubjectKey::person(it.id), Fact::Person(it.clone())),
        Record::Group(it) => one(SubjectKey::group(it.id), Fact::Group(it.clone())),
        Record::Duty(it) => of_duty(it),
        Record::Activity(it) => of_activity(it),
        Record::Licence(it) => of_licence(it),
        Record::Supplement(it) => of_supplement(it),
    }
}

fn one(key: SubjectKey, fact: Fact) -> BTreeMap<SubjectKey, Fact> {
    BTreeMap::from([(key, fact)])
}

fn of_duty(duty: &Duty) -> BTreeMap<SubjectKey, Fact> {
    let mut facts = BTreeMap::new();
    if let Some(person) = duty.person {
        let own = Duty { assignments: Vec::new(), ..duty.clone() };
        facts.insert(SubjectKey::person(person), Fact::Duty(own));
    }
    for assignment in &duty.assignments {
        let entry = facts.entry(SubjectKey::group(assignment.group)).or_insert_with(|| {
            Fact::Assignment(AssignmentFact {
                duty: duty.id,
                person: duty.person,
                validity: duty.validity,
                roles: Vec::new(),
            })
        });
        if let Fact::Assignment(fact) = entry {
            fact.roles.push(assignment.clone());
        }
    }
    facts
}

fn of_activity(activity: &Activity) -> BTreeMap<SubjectKey, Fact> {
    let groups = activity.groups.iter().map(|group| (SubjectKey::group(*group), Fact::Teaching(activity.clone())));
    let own = (SubjectKey::activity(activity.id), Fact::Activity(activity.clone()));
    groups.chain([own]).collect()
}

fn of_supplement(supplement: &Supplement) -> BTreeMap<SubjectKey, Fact> {
    match supplement.joined {
        Joined::Person(id) => one(SubjectKey::person(id), Fact::Supplement(supplement.clone())),
        Joined::Unasked | Joined::Nobody | Joined::Several | Joined::NotAlone => BTreeMap::new(),
    }
}

fn of_licence(licence: &Licence) -> BTreeMap<SubjectKey, Fact> {
    let fact = LicenceFact {
        id: licence.id,
        product: licence.product.clone(),
        expires: licence.expires,
        trial: licence.trial,
    };
    licence.holders.iter().map(|holder| (SubjectKey::person(*holder), Fact::Licence(fact.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Validity;

    fn id(n: u128) -> Id {
        Id::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_mentors_duty_speaks_about_the_person_and_the_group() {
        let duty = Duty {
            id: id(1),
            person: Some(id(2)),
            organisation: id(3),
            role: "Lärare".into(),
            signature: None,
            validity: Validity::ALWAYS,
            assignments: vec![Assignment { group: id(4), role: "Mentor".into(), validity: Validity::ALWAYS }],
        };

        let subjects: Vec<_> = facts_of(&Record::Duty(duty)).into_keys().collect();

        assert_eq!(subjects, [SubjectKey::person(id(2)), SubjectKey::group(id(4))]);
    }

    #[test]
    fn an_unassigned_licence_speaks_about_nobody() {
        let licence = Licence { id: id(1), holders: vec![], product: None, owner: None, expires: None, trial: false };

        assert!(facts_of(&Record::Licence(licence)).is_empty());
    }

    #[test]
    fn a_fact_survives_storage() {
        let fact = Fact::Licence(LicenceFact { id: id(7), product: Some("p-1".into()), expires: None, trial: true });

        let stored = serde_json::to_string(&fact).unwrap();

        assert_eq!(serde_json::from_str::<Fact>(&stored).unwrap(), fact);
    }
}
