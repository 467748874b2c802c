//! Absorbing a page: records become facts, changed facts become deliveries, deliveries become jobs.
//!
//! In this order, so that a crash in between leaves too much to do and never too little: involvement, subjects (each
//! with its deliveries, in one write), known records, jobs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roster::{
    Activity, Fact, Instructor, PersonAttribute, Record, RecordKey, RecordKind, SubjectKey, SubjectKind, facts_of,
};
use rules::delivery::Lane;
use rules::merge::Provenance;
use state::Subject;
use state::involvement::Referent;
use state::records::KnownRecord;
use state::sources::ActiveRead;

use super::{Reading, lane_of};
use crate::error::SyncError;
use crate::messages::Job;

/// What is told with edits.
#[derive(Clone, Copy)]
pub(super) struct News {
    /// When what they come from became known.
    pub(super) known_at: Timestamp,
    pub(super) lane: Lane,
    /// Whether those that refer to what is new are read after it: nobody has been delivered without.
    pub(super) first: bool,
}

/// What a page brought.
#[derive(Debug, Default)]
pub(super) struct Absorbed {
    /// Records not known before.
    pub(super) new: BTreeSet<RecordKey>,
    /// Records known before, and other than before.
    pub(super) changed: BTreeSet<RecordKey>,
}

/// What is to be set or taken away, by subject.
pub(super) type Edits = BTreeMap<SubjectKey, Vec<(Provenance, Option<Fact>)>>;

impl Reading<'_> {
    /// Absorbs a page.
    pub(super) async fn absorb(
        &self,
        records: &[Record],
        read: &ActiveRead,
        first_load: bool,
    ) -> Result<Absorbed, SyncError> {
        if records.is_empty() {
            return Ok(Absorbed::default());
        }
        self.lift_holds(records).await?;
        let news = |changed| News { known_at: read.known_at, lane: lane_of(first_load, changed), first: read.first };
        self.take_in(records, news).await
    }

    /// Takes in what records say, whether they have just been read or not.
    pub(super) async fn take_in(
        &self,
        records: &[Record],
        news: impl FnOnce(usize) -> News,
    ) -> Result<Absorbed, SyncError> {
        let spread = records.iter().map(Record::key).filter(|key| speaks_about_others(key.kind));
        let known = self.hub.store.known_records(self.tenant_name(), self.source_name(), spread.collect()).await?;
        let mut edits = self.edits(records, &known);
        let loaded = self.hub.store.subjects(self.tenant_name(), edits.keys().copied().collect()).await?;
        keep_unsaid(&mut edits, &loaded, self.source.source.unsaid());
        let new = new_records(records, &known, &loaded, self.source_name());
        let changed_records = changed_records(&edits, &loaded).difference(&new).copied().collect();
        // Also those who say what they said before: one may have been on its way elsewhere when that was cut short.
        let moved = self.move_persons(&edits).await?;
        edits.retain(|key, edits| changes(loaded.get(key), edits));
        let news = news(edits.len());
        self.hub.store.involve(self.tenant_name(), involvements(&edits, &loaded)).await?;
        let known = self.keep_both(records, known).await?;
        let changed = self.apply(edits, loaded, news).await?;
        self.have_moved(self.source_name(), moved).await?;
        self.keep(records, &known).await?;
        self.wake(&changed, news.lane).await?;
        self.hub.observer.absorbed(self.tenant_name(), self.source_name(), records.len(), changed.len());
        Ok(Absorbed { new, changed: changed_records })
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

    /// Writes the edits, and with each what its targets now want. Whoever may be referred to comes first: should this be
    /// cut short in a first load, nobody who refers to them is decided without.
    pub(super) async fn apply(
        &self,
        edits: Edits,
        mut loaded: BTreeMap<SubjectKey, Subject>,
        news: News,
    ) -> Result<Vec<Subject>, SyncError> {
        let unknown = |key| Subject::unknown(self.tenant_name().to_owned(), key);
        let targets: Vec<&str> = self.tenant.targets.keys().map(String::as_str).collect();
        let mut changed = Vec::new();
        for kind in SubjectKind::ALL {
            let of_kind = edits.keys().filter(|key| key.kind == kind);
            let subjects = of_kind.map(|key| loaded.remove(key).unwrap_or_else(|| unknown(*key))).collect();
            let written = self.hub.store.change_loaded(subjects, |subject| {
                let Some(edits) = edits.get(&subject.key) else { return };
                edit(subject, edits, &targets, news);
            });
            changed.extend(written.await?);
        }
        Ok(changed)
    }

    /// Keeps whom records speak about, before that is written to them, beside whom they spoke about before: should it be
    /// cut short, and the record speak about somebody else when it is read again, nobody is left with what it said.
    async fn keep_both(
        &self,
        records: &[Record],
        mut known: BTreeMap<RecordKey, KnownRecord>,
    ) -> Result<BTreeMap<RecordKey, KnownRecord>, SyncError> {
        let mut grown = BTreeMap::new();
        for record in records.iter().filter(|record| speaks_about_others(record.key().kind)) {
            let (now, before) = (remembered(record), known.get(&record.key()));
            if before.is_none_or(|before| !now.subjects.is_subset(&before.subjects)) {
                let mut both = now;
                both.subjects.extend(before.into_iter().flat_map(|it| it.subjects.iter().copied()));
                grown.insert(record.key(), both);
            }
        }
        let kept = grown.clone().into_iter().collect();
        self.hub.store.keep_records(self.tenant_name(), self.source_name(), kept).await?;
        known.extend(grown);
        Ok(known)
    }

    async fn keep(&self, records: &[Record], known: &BTreeMap<RecordKey, KnownRecord>) -> Result<(), SyncError> {
        let spread = records.iter().filter(|record| speaks_about_others(record.key().kind));
        let kept = spread.map(|record| (record.key(), remembered(record)));
        let new = kept.filter(|(key, record)| known.get(key) != Some(record));
        Ok(self.hub.store.keep_records(self.tenant_name(), self.source_name(), new.collect()).await?)
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
        let jobs = jobs.collect();
        self.hub.send_jobs(jobs).await
    }
}

/// Whether a kind of record speaks about subjects other than itself.
pub(super) const fn speaks_about_others(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Duty | RecordKind::Activity | RecordKind::Licence | RecordKind::Supplement)
}

fn remembered(record: &Record) -> KnownRecord {
    let person = if let Record::Duty(duty) = record { duty.person } else { None };
    let supplement = if let Record::Supplement(it) = record { Some(Box::new(it.clone())) } else { None };
    let met_by = supplement.iter().flat_map(|it| it.keys.iter().flatten()).cloned().collect();
    KnownRecord { subjects: facts_of(record).into_keys().collect(), person, supplement, met_by, moving: false }
}

fn new_records(
    records: &[Record],
    known: &BTreeMap<RecordKey, KnownRecord>,
    loaded: &BTreeMap<SubjectKey, Subject>,
    source: &str,
) -> BTreeSet<RecordKey> {
    let is_old = |record: &&Record| {
        let key = record.key();
        let had = |subject: &Subject| subject.facts.contains_key(&(source.to_owned(), key));
        known.contains_key(&key) || facts_of(record).keys().any(|it| loaded.get(it).is_some_and(had))
    };
    records.iter().filter(|record| !is_old(record)).map(Record::key).collect()
}

/// The records that say something else than before, of whomever.
fn changed_records(edits: &Edits, loaded: &BTreeMap<SubjectKey, Subject>) -> BTreeSet<RecordKey> {
    let of_subject = |(key, edits): (&SubjectKey, &Vec<(Provenance, Option<Fact>)>)| {
        let subject = loaded.get(key);
        let changed = edits.iter().filter(|edit| is_change(subject, edit));
        changed.map(|((_, record), _)| *record).collect::<Vec<_>>()
    };
    edits.iter().flat_map(of_subject).collect()
}

/// Whether edits would change a subject.
fn changes(subject: Option<&Subject>, edits: &[(Provenance, Option<Fact>)]) -> bool {
    edits.iter().any(|edit| is_change(subject, edit))
}

fn is_change(subject: Option<&Subject>, (provenance, fact): &(Provenance, Option<Fact>)) -> bool {
    let before = subject.and_then(|it| it.facts.get(provenance));
    before != inherited(fact.as_ref(), before).as_ref()
}

/// What a source may be silent about is kept from before.
fn keep_unsaid(edits: &mut Edits, loaded: &BTreeMap<SubjectKey, Subject>, unsaid: &[PersonAttribute]) {
    if unsaid.is_empty() {
        return;
    }
    for (subject, edits) in edits {
        for (provenance, fact) in edits {
            let before = loaded.get(subject).and_then(|it| it.facts.get(provenance));
            if let (Some(Fact::Person(person)), Some(Fact::Person(earlier))) = (fact, before) {
                person.keep_unsaid(earlier, unsaid);
            }
        }
    }
}

/// The fact to store: what is new, with what it is silent about kept from before.
fn inherited(fact: Option<&Fact>, before: Option<&Fact>) -> Option<Fact> {
    let mut fact = fact?.clone();
    if let (Fact::Person(person), Some(Fact::Person(earlier))) = (&mut fact, before) {
        person.inherit(earlier);
    }
    if let (Fact::Supplement(row), Some(Fact::Supplement(earlier))) = (&mut fact, before)
        && row.security_marking.is_none()
    {
        row.security_marking.clone_from(&earlier.security_marking);
    }
    Some(fact)
}

fn edit(subject: &mut Subject, edits: &[(Provenance, Option<Fact>)], targets: &[&str], news: News) {
    let (mut changed, mut new_name) = (false, subject.deliveries.is_empty());
    for (provenance, fact) in edits {
        let fact = inherited(fact.as_ref(), subject.facts.get(provenance));
        new_name |= matches!(fact, Some(Fact::Duty(_))) && !subject.facts.contains_key(provenance);
        changed |= subject.set_fact(provenance.clone(), fact);
    }
    if changed && concerns_targets(subject) {
        mark(subject, targets, news.known_at, news.lane);
        if new_name && !news.first && may_be_referred_to(subject.key.kind) {
            tell_referrers(subject, news.known_at);
        }
    }
}

/// Those that refer to somebody by a name not known until now have been delivered without, or will be: they are told,
/// and wait. In the same write as the name, so that no crash comes between.
fn tell_referrers(subject: &mut Subject, since: Timestamp) {
    for delivery in subject.deliveries.values_mut() {
        delivery.untold = delivery.untold.or(Some(since));
    }
}

const fn may_be_referred_to(kind: SubjectKind) -> bool {
    matches!(kind, SubjectKind::Person | SubjectKind::Group)
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
            Fact::Supplement(_) => false,
            _ => true,
        })
}

/// Who begins to refer to whom. What a stored fact refers to has been noted before it was stored.
fn involvements(edits: &Edits, loaded: &BTreeMap<SubjectKey, Subject>) -> Vec<(Referent, SubjectKey)> {
    let mut new = Vec::new();
    for (by, edits) in edits {
        for (provenance, fact) in edits {
            let before = loaded.get(by).and_then(|it| it.facts.get(provenance)).map(referred_to).unwrap_or_default();
            let now = fact.as_ref().map(referred_to).unwrap_or_default();
            new.extend(now.difference(&before).map(|who| (*who, *by)));
        }
    }
    new
}

fn referred_to(fact: &Fact) -> BTreeSet<Referent> {
    match fact {
        Fact::Group(group) => group.members.iter().map(|it| Referent::Person(it.person)).collect(),
        Fact::Teaching(activity) => teachers(activity).collect(),
        Fact::Activity(activity) => {
            teachers(activity).chain(activity.groups.iter().copied().map(Referent::Group)).collect()
        }
        Fact::Assignment(assignment) => {
            let person = assignment.person.map(Referent::Person);
            person.into_iter().chain([Referent::Duty(assignment.duty)]).collect()
        }
        Fact::Organisation(_) | Fact::Person(_) | Fact::Duty(_) | Fact::Licence(_) | Fact::Supplement(_) => {
            BTreeSet::new()
        }
    }
}

fn teachers(activity: &Activity) -> impl Iterator<Item = Referent> {
    activity.teachers.iter().map(|it| match it.instructor {
        Instructor::Duty(duty) => Referent::Duty(duty),
        Instructor::Person(person) => Referent::Person(person),
    })
}
