//! What the service should hold, worked out from the truth alone.

use super::DnpState;
use super::check::is_number;
use crate::truth::{
    Activity, Duty, Group, Marking, Municipality, Organisation, OrganisationKind, Person, PersonStatus,
    TeacherReference,
};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// School types that have national tests.
const SCHOOL_TYPES: [&str; 5] = ["GR", "SP", "SAM", "GY", "VUXGY"];

/// The e-mail addresses that a school gave.
const EMAIL_KINDS: [&str; 2] = ["Skola elev", "Skola personal"];

/// What is agreed about an organiser's objects.
#[derive(Clone, Debug)]
pub struct DnpAgreement {
    /// The date that validity is judged by.
    pub today: Date,
    /// Skolverket's school units, by school unit code.
    pub school_units: BTreeMap<String, String>,
    /// Skolverket's test activities, by the first word of the name of what is taught.
    pub test_activities: BTreeMap<String, String>,
}

impl DnpAgreement {
    /// Identities for all school units of a municipality, and for two subjects.
    pub fn of(truth: &Municipality, today: Date) -> Self {
        let id = |name: &str| Uuid::new_v5(&Uuid::nil(), name.as_bytes()).to_string();
        let codes = truth.organisations.values().filter_map(|it| it.school_unit_code.clone());
        let subjects = ["Matematik", "Svenska"].map(str::to_owned);
        Self {
            today,
            school_units: codes.map(|code| (code.clone(), id(&code))).collect(),
            test_activities: subjects.map(|it| (it.clone(), id(&it))).into(),
        }
    }
}

/// What the service should hold: whoever is active, not protected, has a number that is taken and an EPPN, and either a
/// place with national tests or a duty with an address; classes and teaching groups with those of them; and what is
/// taught for a test. Duties and teachers are compared by person, since their identities may be the sender's own choice.
pub fn expected(truth: &Municipality, agreement: &DnpAgreement) -> DnpState {
    let mut conclusion = Conclusion { truth, agreement, state: DnpState::default() };
    for person in truth.persons.values() {
        conclusion.person(person);
    }
    for group in truth.groups.values().filter(|it| it.period.covers(agreement.today)) {
        conclusion.group(group);
    }
    for activity in truth.activities.values().filter(|it| it.period.covers(agreement.today)) {
        conclusion.activity(activity);
    }
    conclusion.state
}

struct Conclusion<'a> {
    truth: &'a Municipality,
    agreement: &'a DnpAgreement,
    state: DnpState,
}

impl Conclusion<'_> {
    fn person(&mut self, person: &Person) {
        let is_open = person.marking == Marking::None && person.status == PersonStatus::Active;
        let number = person.civic_number.as_deref().filter(|it| is_number(it));
        let (true, Some(number), Some(eppn)) = (is_open, number, person.principal_names.first()) else { return };
        let places = person.enrolments.iter().filter(|it| it.period.covers(self.agreement.today));
        let places = places.filter(|it| SCHOOL_TYPES.contains(&it.school_type) && it.school_year > 0);
        let places: Vec<Value> = places
            .filter_map(|it| {
                let unit = self.called(self.truth.organisations.get(&it.unit)?)?;
                let place =
                    json!({"enroledAt": {"id": unit}, "schoolType": it.school_type, "schoolYear": it.school_year});
                Some(place)
            })
            .collect();
        let duties: Vec<Value> =
            self.duties().filter(|it| it.person == person.id).flat_map(|it| self.duty(it)).collect();
        let emails = person.emails.iter().filter(|it| EMAIL_KINDS.contains(&it.kind));
        let emails: Vec<Value> = emails.map(|it| json!({"value": it.value, "type": it.kind})).collect();
        if places.is_empty() == duties.is_empty() || (places.is_empty() && emails.is_empty()) {
            return;
        }
        let content = json!({
            "givenName": person.given_name, "familyName": person.family_name, "civicNo": {"value": number},
            "eduPersonPrincipalNames": [eppn], "emails": emails, "enrolments": places,
        });
        self.state.persons.insert(person.id.to_string(), content);
        for duty in duties {
            self.state.duties.insert(duty.to_string(), duty);
        }
    }

    fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.truth.duties.values().filter(|it| it.period.covers(self.agreement.today))
    }

    fn duty(&self, duty: &Duty) -> Vec<Value> {
        let at = self.truth.organisations.get(&duty.at);
        let units = match at {
            Some(it) if it.kind == OrganisationKind::SchoolUnit => vec![it],
            _ => self.truth.units_of(duty.at),
        };
        let duty = |unit: &Organisation| {
            let unit = self.called(unit)?;
            Some(json!({"person": {"id": duty.person}, "dutyAt": {"id": unit}, "dutyRole": duty.role}))
        };
        units.into_iter().filter_map(duty).collect()
    }

    fn called(&self, unit: &Organisation) -> Option<&String> {
        self.agreement.school_units.get(unit.school_unit_code.as_ref()?)
    }

    fn group(&mut self, group: &Group) {
        let has_tests = group.school_type.is_some_and(|it| SCHOOL_TYPES.contains(&it));
        if !matches!(group.kind, "Klass" | "Undervisning") || !has_tests {
            return;
        }
        let Some(unit) = self.unit_of(group).and_then(|it| self.called(it)).cloned() else { return };
        let members = group.memberships.iter().filter(|it| it.period.covers(self.agreement.today));
        let members = members.map(|it| it.person.to_string());
        let mut members: Vec<String> = members.filter(|it| self.state.persons.contains_key(it)).collect();
        members.sort();
        members.dedup();
        let members: Vec<Value> = members.into_iter().map(|it| json!({"person": {"id": it}})).collect();
        let content = json!({
            "displayName": group.name, "groupType": group.kind, "schoolType": group.school_type,
            "organisation": {"id": unit}, "groupMemberships": members,
        });
        self.state.groups.insert(group.id.to_string(), content);
    }

    /// The unit a group belongs to; of a school's groups the unit with the group's school type, else the first.
    fn unit_of(&self, group: &Group) -> Option<&Organisation> {
        let home = self.truth.organisations.get(&group.organisation)?;
        if home.kind == OrganisationKind::SchoolUnit {
            return Some(home);
        }
        let units = self.truth.units_of(home.id);
        let offers = |unit: &&&Organisation| group.school_type.is_some_and(|it| unit.school_types.contains(&it));
        units.iter().find(offers).or(units.first()).copied()
    }

    fn activity(&mut self, activity: &Activity) {
        let subject = activity.name.split(' ').next().unwrap_or_default();
        let Some(test) = self.agreement.test_activities.get(subject) else { return };
        let mut groups: Vec<String> = activity.groups.iter().map(Uuid::to_string).collect();
        groups.retain(|it| self.state.groups.contains_key(it));
        if groups.is_empty() {
            return;
        }
        let teachers = activity.teachers.iter().filter(|it| it.period.covers(self.agreement.today));
        let teachers = teachers.filter_map(|it| match it.teacher {
            TeacherReference::Duty(duty) => self.duties().find(|it| it.id == duty).map(|it| it.person),
            TeacherReference::Person(person) => self.duties().any(|it| it.person == person).then_some(person),
        });
        let mut teachers: Vec<String> = teachers.map(|it| it.to_string()).collect();
        teachers.retain(|it| self.state.persons.contains_key(it));
        teachers.sort();
        teachers.dedup();
        let teachers: Vec<Value> = teachers.into_iter().map(|it| json!({"person": it})).collect();
        let groups: Vec<Value> = groups.into_iter().map(|it| json!({"id": it})).collect();
        let content = json!({
            "displayName": activity.name, "activityType": "Undervisning", "groups": groups, "teachers": teachers,
            "parentActivity": {"id": test},
        });
        self.state.activities.insert(activity.id.to_string(), content);
    }
}
