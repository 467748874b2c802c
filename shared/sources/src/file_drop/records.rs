//! From what was said to records: references are looked up, periods put together, cycles broken.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use roster::{Duty, Enrolment, Id, Membership, OrganisationType, Record, RecordKey, RecordKind, Validity};

use super::assembly::{Assembly, DutyPart, EnrolmentPart};
use crate::Unreadable;
use crate::hierarchy::in_cycle;
use crate::membership::merged as merged_members;
use crate::periods::{merged, of_today};

/// What files say, as a read of everything would.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// Organisations first, then persons, groups, duties; each in order of identity.
    pub records: Vec<Record>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The kinds of which everything was read; only these may yield removals.
    pub complete: Vec<RecordKind>,
}

impl Contents {
    /// What differs from what was known, and what is gone. Nothing is gone of which something could not be read.
    pub(super) fn since(self, known: Self) -> (Self, Vec<RecordKey>) {
        let keyed = |records: Vec<Record>| -> BTreeMap<RecordKey, Record> {
            records.into_iter().map(|record| (record.key(), record)).collect()
        };
        let (before, now) = (keyed(known.records), keyed(self.records));
        let lost = self.unreadable.iter().filter(|it| it.lost).filter_map(|it| it.id.as_deref());
        let lost: BTreeSet<&str> = lost.collect();
        let is_gone = |key: &&RecordKey| {
            self.complete.contains(&key.kind) && !now.contains_key(key) && !lost.contains(key.id.to_string().as_str())
        };
        let removed = before.keys().filter(is_gone).copied().collect();
        let records = now.into_values().filter(|record| before.get(&record.key()) != Some(record)).collect();
        let unreadable = self.unreadable.into_iter().filter(|it| !known.unreadable.contains(it)).collect();
        (Self { records, unreadable, complete: self.complete }, removed)
    }
}

/// All of a place but its periods.
type Place = (Id, Id, Option<String>, Option<u8>, Option<String>);

impl Assembly {
    /// `today` is the date in Sweden: of several periods of one duty the one that matters then is told.
    pub(super) fn finish(mut self, today: Date) -> Contents {
        self.settle_organisations();
        let enrolments = self.settled_enrolments();
        let duties = self.settled_duties(today);
        let mut members = self.settled_members();
        let mut records: Vec<Record> =
            std::mem::take(&mut self.organisations).into_values().map(Record::Organisation).collect();
        let organisations: Vec<Id> = records.iter().map(|it| it.key().id).collect();
        for (id, mut person) in std::mem::take(&mut self.persons) {
            person.enrolments = enrolments.get(&id).cloned().unwrap_or_default();
            let kind = if person.enrolments.is_empty() { "Skola personal" } else { "Skola elev" };
            person.emails.iter_mut().filter(|it| it.kind.is_empty()).for_each(|it| kind.clone_into(&mut it.kind));
            records.push(Record::Person(person));
        }
        for (id, part) in std::mem::take(&mut self.groups) {
            let mut group = part.group;
            let unknown =
                self.tells(RecordKind::Organisation) && organisations.binary_search(&group.organisation).is_err();
            let Some(validity) = self.within_terms(group.validity, &part.terms).filter(|_| !unknown) else {
                let why = "the group's organisation or term is not among those told of";
                self.notes.lose(RecordKind::Group, Some(id), "file_drop.reference_unknown", why);
                continue;
            };
            group.validity = validity;
            group.members = merged_members(members.remove(&id).unwrap_or_default());
            records.push(Record::Group(group));
        }
        records.extend(duties.into_values().map(Record::Duty));
        let complete = self.told.iter().copied().filter(|kind| !self.notes.blurred.contains(kind)).collect();
        Contents { records, unreadable: self.notes.unreadable, complete }
    }

    fn tells(&self, kind: RecordKind) -> bool {
        self.told.contains(&kind)
    }

    fn settle_organisations(&mut self) {
        let known = &self.organisations;
        let cyclic = in_cycle(known.keys(), |id| known.get(id).and_then(|it| it.parent));
        let dangling: Vec<Id> = known
            .values()
            .filter(|it| it.parent.is_some_and(|parent| !known.contains_key(&parent)))
            .map(|it| it.id)
            .collect();
        for id in &cyclic {
            let why = "the organisation is below itself; its parent is left out";
            self.notes.warn(RecordKind::Organisation, Some(*id), "file_drop.organisation_cycle", why);
        }
        for id in &dangling {
            let why = "the organisation above is not among those told of";
            self.notes.warn(RecordKind::Organisation, Some(*id), "file_drop.reference_unknown", why);
        }
        for id in cyclic.into_iter().chain(dangling) {
            if let Some(organisation) = self.organisations.get_mut(&id) {
                organisation.parent = None;
            }
        }
    }

    /// Whether a place or duty is at something that is a school. Above schools it would count at every school below.
    fn is_school(&mut self, kind: RecordKind, person: Id, organisation: Id) -> bool {
        if !self.tells(RecordKind::Organisation) {
            return true;
        }
        let (code, why) = match self.organisations.get(&organisation).map(|it| &it.kind) {
            Some(OrganisationType::School | OrganisationType::SchoolUnit) => return true,
            Some(_) => ("file_drop.not_at_school", "a place or duty above schools is left out"),
            None => ("file_drop.reference_unknown", "a place or duty is at no organisation that is told of"),
        };
        self.notes.warn(kind, Some(person), code, why);
        false
    }

    /// The school type of a school that has one only.
    fn only_type_of(&self, organisation: Id) -> Option<String> {
        let types = &self.organisations.get(&organisation)?.school_types;
        types.first().filter(|_| types.len() == 1).cloned()
    }

    fn is_known(&mut self, kind: RecordKind, about: Option<Id>, person: Id) -> bool {
        let known = !self.tells(RecordKind::Person) || self.persons.contains_key(&person);
        if !known {
            let why = "it is about a person that is not told of";
            self.notes.warn(kind, about, "file_drop.reference_unknown", why);
        }
        known
    }

    fn settled_enrolments(&mut self) -> BTreeMap<Id, Vec<Enrolment>> {
        let mut places: BTreeMap<Place, Vec<Validity>> = BTreeMap::new();
        for EnrolmentPart { person, enrolment, terms } in std::mem::take(&mut self.enrolments) {
            let fits = self.is_known(RecordKind::Person, None, person)
                && self.is_school(RecordKind::Person, person, enrolment.school_unit);
            let Some(validity) = self.within_terms(enrolment.validity, &terms).filter(|_| fits) else { continue };
            let Enrolment { school_unit, school_type, school_year, education_code, .. } = enrolment;
            let school_type = school_type.or_else(|| self.only_type_of(school_unit));
            places.entry((person, school_unit, school_type, school_year, education_code)).or_default().push(validity);
        }
        let mut enrolments: BTreeMap<Id, Vec<Enrolment>> = BTreeMap::new();
        for ((person, school_unit, school_type, school_year, education_code), periods) in places {
            let all = enrolments.entry(person).or_default();
            all.extend(merged(periods).into_iter().map(|validity| Enrolment {
                school_unit,
                school_type: school_type.clone(),
                school_year,
                education_code: education_code.clone(),
                validity,
                cancelled: false,
            }));
        }
        enrolments
    }

    /// Rows that say the same of somebody are one duty, with the assignments of all of them.
    fn settled_duties(&mut self, today: Date) -> BTreeMap<Id, Duty> {
        let mut duties: BTreeMap<Id, (Duty, Vec<Validity>)> = BTreeMap::new();
        for DutyPart { person, duty, terms } in std::mem::take(&mut self.duties) {
            let fits = self.is_known(RecordKind::Duty, Some(duty.id), person)
                && self.is_school(RecordKind::Duty, duty.id, duty.organisation);
            let Some(validity) = self.within_terms(duty.validity, &terms).filter(|_| fits) else { continue };
            let (first, periods) =
                duties.entry(duty.id).or_insert_with(|| (Duty { assignments: vec![], ..duty.clone() }, vec![]));
            periods.push(validity);
            first.signature = first.signature.take().or(duty.signature);
            first.assignments.extend(duty.assignments);
        }
        let groups_told = self.tells(RecordKind::Group);
        let mut dangling = Vec::new();
        let settled = duties.into_iter().map(|(id, (mut duty, periods))| {
            duty.validity = of_today(periods, today).unwrap_or(duty.validity);
            duty.assignments.sort_by(|a, b| (a.group, &a.role, a.validity).cmp(&(b.group, &b.role, b.validity)));
            duty.assignments.dedup();
            duty.assignments.retain(|it| {
                let known = !groups_told || self.groups.contains_key(&it.group);
                dangling.extend((!known).then_some(id));
                known
            });
            (id, duty)
        });
        let settled = settled.collect();
        for id in dangling {
            let why = "an assignment is to a group that is not told of";
            self.notes.warn(RecordKind::Duty, Some(id), "file_drop.reference_unknown", why);
        }
        settled
    }

    fn settled_members(&mut self) -> BTreeMap<Id, Vec<Membership>> {
        let mut members: BTreeMap<Id, Vec<Membership>> = BTreeMap::new();
        for (group, membership) in std::mem::take(&mut self.memberships) {
            if !self.groups.contains_key(&group) {
                let why = "a membership is in a group that is not told of";
                self.notes.warn(RecordKind::Group, Some(group), "file_drop.reference_unknown", why);
            } else if self.is_known(RecordKind::Group, Some(group), membership.person) {
                members.entry(group).or_default().push(membership);
            }
        }
        members
    }

    /// A period, where it is open, within the terms that it is said to be in. `None`: a term is not known, and it would
    /// last for ever.
    fn within_terms(&self, own: Validity, terms: &[String]) -> Option<Validity> {
        if !self.terms_told || terms.is_empty() {
            return Some(own);
        }
        let known: Vec<Validity> = terms.iter().filter_map(|term| self.terms.get(term)).copied().collect();
        if known.len() < terms.len() {
            return None;
        }
        let start = known.iter().map(|it| it.start).min().flatten();
        let end =
            if known.iter().any(|it| it.end.is_none()) { None } else { known.iter().filter_map(|it| it.end).max() };
        Some(Validity::new(own.start.or(start), own.end.or(end)))
    }
}
