//! Absorbing a page: records become facts, changed facts become deliveries, deliveries become jobs.
//!
//! In this order, so that a crash in between leaves too much to do and never too little: involvement, subjects (each
//! with its deliveries, in one write), known records, jobs.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use roster::{Fact, Id, Instructor, Record, RecordKey, RecordKind, SubjectKey, SubjectKind, facts_of};
use rules::delivery::Lane;
use rules::merge::Provenance;
use state::Subject;
use state::involvement::Referent;
use state::records::KnownRecord;
use state::sources::ActiveRead;

use super::{Reading, lane_of};
use crate::error::SyncError;
use crate::messages::Job;

/// What is to be set or taken away, by subject.
pub(super) type Edits = BTreeMap<SubjectKey, Vec<(Provenance, Option<Fact>)>>;

impl Reading<'_> {
    /// Absorbs a page. Gives how many records of each kind were new.
    pub(super) async fn absorb(
        &self,
        records: &[Record],
        read: &ActiveRead,
        first_load: bool,
    ) -> Result<BTreeMap<RecordKind, u64>, SyncError> {
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.lift_holds(records).await?;
        let spread = records.iter().map(Record::key).filter(|key| speaks_about_others(key.kind));
        let known = self.hub.store.known_records(self.tenant_name(), self.source_name(), spread).await?;
        let mut edits = self.edits(records, &known);
        let loaded = self.hub.store.subjects(self.tenant_name(), edits.keys().copied()).await?;
        let added = added(records, &known, &loaded, self.source_name());
        edits.retain(|key, edits| changes(loaded.get(key), edits));
        if !first_load {
            self.wake_groups_of_new_people(&mut edits, &loaded).await?;
        }
        let lane = lane_of(first_load, edits.len());
        self.hub.store.involve(self.tenant_name(), involvements(&edits)).await?;
        let changed = self.apply(edits, loaded, read.known_at, lane).await?;
        self.keep(records, &known).await?;
        let organisations = changed.iter().map(|it| it.key).filter(|it| it.kind == SubjectKind::Organisation);
        let organisations: Vec<SubjectKey> = organisations.collect();
        if !organisations.is_empty() {
            self.resolve_school_units(first_load, organisations).await?;
        }
        self.wake(&changed, lane).await?;
        self.hub.observer.absorbed(self.tenant_name(), self.source_name(), records.len(), changed.len());
        Ok(added)
    }

    fn edits(&self, records: &[Record], known: &BTreeMap<RecordKey, KnownRecord>) -> Edits {
        let mut edits = Edits::new();
        for record in records {
            let key = record.key();
            let provenance: Provenance = (self.source_name().to_owned(), key);
            let facts = facts_of(record);
            let before = known.get(&key).map(|it| it.subjects.clone()).unwrap_or_default();
            for gone in before.into_iter().filter(|subject| !facts.contains_key(subject)) {
                edits.entry(gone).or_default().push((provenance.clone(), None));
            }
            for (subject, fact) in facts {
                edits.entry(subject).or_default().push((provenance.clone(), Some(fact)));
            }
        }
        edits
    }

    /// A person who comes after the groups that list the person: those groups were delivered without.
    async fn wake_groups_of_new_people(
        &self,
        edits: &mut Edits,
        loaded: &BTreeMap<SubjectKey, Subject>,
    ) -> Result<(), SyncError> {
        let new = edits.keys().filter(|key| key.kind == SubjectKind::Person && !loaded.contains_key(key));
        let new: Vec<Id> = new.map(|key| key.id).collect();
        let groups: Vec<BTreeSet<Id>> = stream::iter(new)
            .map(|person| self.hub.store.groups_of(self.tenant_name(), Referent::Person(person)))
            .buffer_unordered(16)
            .try_collect()
            .await?;
        for group in groups.into_iter().flatten() {
            edits.entry(SubjectKey::group(group)).or_default();
        }
        Ok(())
    }

    /// Writes the edits, and with each what its targets now want.
    pub(super) async fn apply(
        &self,
        edits: Edits,
        mut loaded: BTreeMap<SubjectKey, Subject>,
        known_at: Timestamp,
        lane: Lane,
    ) -> Result<Vec<Subject>, SyncError> {
        let unknown = |key| Subject::unknown(self.tenant_name().to_owned(), key);
        let subjects = edits.keys().map(|key| loaded.remove(key).unwrap_or_else(|| unknown(*key))).collect();
        let targets: Vec<&str> = self.tenant.targets.keys().map(String::as_str).collect();
        let changed = self.hub.store.change_loaded(subjects, |subject| {
            let Some(edits) = edits.get(&subject.key) else { return };
            edit(subject, edits, &targets, known_at, lane);
        });
        Ok(changed.await?)
    }

    async fn keep(&self, records: &[Record], known: &BTreeMap<RecordKey, KnownRecord>) -> Result<(), SyncError> {
        let spread = records.iter().filter(|record| speaks_about_others(record.key().kind));
        let kept = spread.map(|record| (record.key(), remembered(record)));
        let new = kept.filter(|(key, record)| known.get(key) != Some(record));
        Ok(self.hub.store.keep_records(self.tenant_name(), self.source_name(), new).await?)
    }

    /// Wakes workers for whatever is due now.
    pub(super) async fn wake(&self, changed: &[Subject], lane: Lane) -> Result<(), SyncError> {
        let now = self.hub.now();
        let mut ordered: Vec<&Subject> = changed.iter().collect();
        ordered.sort_by_key(|subject| subject.key);
        let jobs = ordered.into_iter().flat_map(|subject| {
            let due = subject.deliveries.iter().filter(|(_, it)| it.is_pending(now));
            due.map(|(target, _)| (Job::new(subject.tenant.clone(), target.clone(), subject.key), lane))
        });
        self.hub.send_jobs(jobs).await
    }
}

/// Whether a kind of record speaks about subjects other than itself.
pub(super) const fn speaks_about_others(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Duty | RecordKind::Activity | RecordKind::Licence)
}

fn remembered(record: &Record) -> KnownRecord {
    let person = if let Record::Duty(duty) = record { duty.person } else { None };
    KnownRecord { subjects: facts_of(record).into_keys().collect(), person }
}

fn added(
    records: &[Record],
    known: &BTreeMap<RecordKey, KnownRecord>,
    loaded: &BTreeMap<SubjectKey, Subject>,
    source: &str,
) -> BTreeMap<RecordKind, u64> {
    let mut added = BTreeMap::new();
    for record in records {
        let key = record.key();
        let had = |subject: &Subject| subject.facts.contains_key(&(source.to_owned(), key));
        let old = known.contains_key(&key) || facts_of(record).keys().any(|it| loaded.get(it).is_some_and(had));
        if !old {
            *added.entry(key.kind).or_insert(0) += 1;
        }
    }
    added
}

/// Whether edits would change a subject.
fn changes(subject: Option<&Subject>, edits: &[(Provenance, Option<Fact>)]) -> bool {
    edits.iter().any(|(provenance, fact)| {
        let before = subject.and_then(|it| it.facts.get(provenance));
        before != inherited(fact.as_ref(), before).as_ref()
    })
}

/// The fact to store: what is new, with what it is silent about kept from before.
fn inherited(fact: Option<&Fact>, before: Option<&Fact>) -> Option<Fact> {
    let mut fact = fact?.clone();
    if let (Fact::Person(person), Some(Fact::Person(earlier))) = (&mut fact, before) {
        person.inherit(earlier);
    }
    Some(fact)
}

fn edit(
    subject: &mut Subject,
    edits: &[(Provenance, Option<Fact>)],
    targets: &[&str],
    known_at: Timestamp,
    lane: Lane,
) {
    let mut changed = edits.is_empty() && subject.is_stored();
    for (provenance, fact) in edits {
        let fact = inherited(fact.as_ref(), subject.facts.get(provenance));
        changed |= subject.set_fact(provenance.clone(), fact);
    }
    if changed && concerns_targets(subject) {
        mark(subject, targets, known_at, lane);
    }
}

/// Marks a subject's deliveries to all targets.
pub(crate) fn mark(subject: &mut Subject, targets: &[&str], known_at: Timestamp, lane: Lane) {
    for target in targets {
        subject.deliveries.entry((*target).to_owned()).or_default().mark(known_at, lane);
    }
}

/// Most persons of a register are guardians: without a role they concern no target, and cost nothing.
pub(super) fn concerns_targets(subject: &Subject) -> bool {
    subject.key.kind != SubjectKind::Person
        || !subject.deliveries.is_empty()
        || subject.facts.values().any(|fact| match fact {
            Fact::Person(person) => !person.enrolments.is_empty() || !person.duties.is_empty(),
            _ => true,
        })
}

/// Which groups refer to whom, as far as the edits say.
fn involvements(edits: &Edits) -> Vec<(Referent, Id)> {
    let mut pairs = Vec::new();
    for (subject, edits) in edits {
        for fact in edits.iter().filter_map(|(_, fact)| fact.as_ref()) {
            match fact {
                Fact::Group(group) => {
                    pairs.extend(group.members.iter().map(|it| (Referent::Person(it.person), group.id)));
                }
                Fact::Activity(activity) => pairs.extend(activity.teachers.iter().map(|it| {
                    let who = match it.instructor {
                        Instructor::Duty(duty) => Referent::Duty(duty),
                        Instructor::Person(person) => Referent::Person(person),
                    };
                    (who, subject.id)
                })),
                Fact::Assignment(assignment) => {
                    pairs.push((Referent::Duty(assignment.duty), subject.id));
                    pairs.extend(assignment.person.map(|person| (Referent::Person(person), subject.id)));
                }
                Fact::Organisation(_) | Fact::Person(_) | Fact::Duty(_) | Fact::Licence(_) => {}
            }
        }
    }
    pairs
}
