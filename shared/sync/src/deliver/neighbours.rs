//! Neighbours: the groups and activities that refer to a person or a group, told when it appears or is about to go.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use roster::{Fact, Id, RecordKind, SubjectKey, SubjectKind};
use rules::delivery::{Delivery, GRACE, Lane, Standing};
use rules::project::SCHOOL_UNIT_MISSING;
use state::Subject;
use state::involvement::Referent;

use super::surroundings::is_on_its_way;
use super::{Delivering, mark_one};
use crate::error::SyncError;
use crate::messages::Job;

/// How many are in memory at once when everybody is told.
const TOLD_AT_ONCE: usize = 100;

/// How late the list of everybody may be, which is an index: whoever is written now may not be in it yet. The timer tells
/// everybody once more after that.
const LIST_LATE: Duration = Duration::from_secs(30);
const _: () = assert!(LIST_LATE.as_secs() < GRACE.as_secs());

impl Delivering<'_> {
    /// After a subject appeared at the target, or left it, or changed its objects there: those delivered meanwhile did
    /// so without. Gives whether they have been told; an organisation may leave that to another.
    pub(super) async fn wake_neighbours_of(&self, subject: &Subject) -> Result<bool, SyncError> {
        if subject.key.kind == SubjectKind::Organisation {
            let everybody_listed = subject.deliveries.get(self.target_name).is_some_and(|it| self.is_list_whole(it));
            return Ok(self.wake_everybody(subject.key).await? && everybody_listed);
        }
        let lane = subject.deliveries.get(self.target_name).map(|it| it.lane).unwrap_or_default();
        self.wake_subjects(self.referrers(subject).await?, lane).await?;
        Ok(true)
    }

    /// Whether everybody who was decided before an organisation came or went is listed by now.
    fn is_list_whole(&self, organisation: &Delivery) -> bool {
        let now = self.hub.now();
        organisation.untold.is_some_and(|since| now.duration_since(since).unsigned_abs() >= LIST_LATE)
    }

    /// An organisation is in everybody's view. When several come at once, the last of them tells for all; should two
    /// leave it to each other, the timer finds both.
    async fn wake_everybody(&self, teller: SubjectKey) -> Result<bool, SyncError> {
        let store = &self.hub.store;
        let organisations = store.subject_ids(self.tenant_name(), SubjectKind::Organisation).await?;
        let others = organisations.into_iter().filter(|it| *it != teller).collect();
        let others = store.subjects(self.tenant_name(), others).await?;
        let here = |subject: &Subject| subject.deliveries.get(self.target_name).cloned().unwrap_or_default();
        if others.values().any(|it| is_on_its_way(&here(it))) {
            return Ok(false);
        }
        for kind in SubjectKind::ALL.into_iter().filter(|it| *it != SubjectKind::Organisation) {
            for some in store.subject_ids(self.tenant_name(), kind).await?.chunks(TOLD_AT_ONCE) {
                self.wake_subjects(some.iter().copied().collect(), Lane::Bulk).await?;
            }
        }
        let untold = others.values().filter(|it| self.is_list_whole(&here(it))).map(|it| it.key).collect();
        store
            .change_many(self.tenant_name(), untold, |subject| {
                let seen = others.get(&subject.key).map(here);
                if let Some(delivery) = subject.deliveries.get_mut(self.target_name)
                    && seen.is_some_and(|seen| seen.objects == delivery.objects)
                {
                    delivery.untold = None;
                }
            })
            .await?;
        Ok(true)
    }

    /// Notes that those that refer to a subject may be asked to let go, before any of them is.
    pub(super) async fn note_asking(&self, subject: Subject) -> Result<(), SyncError> {
        let note = |subject: &mut Subject| {
            if let Some(delivery) = subject.deliveries.get_mut(self.target_name) {
                delivery.may_have_asked = true;
            }
        };
        Ok(self.hub.store.change_from(subject, note).await.map(drop)?)
    }

    /// Asks those that refer to a subject about to go, to let go. Gives whether any of them has to do so at the target.
    pub(super) async fn ask_to_let_go(&self, subject: &Subject) -> Result<bool, SyncError> {
        let now = self.hub.now();
        // Also whoever is being made: decided before this one was to go, it is made to decide again.
        let may_refer = |it: &Delivery| !it.objects.is_empty() || it.is_pending(now);
        let asked = self.hub.store.change_loaded(self.referring(subject).await?, |it| {
            if let Some(delivery) = it.deliveries.get_mut(self.target_name).filter(|it| may_refer(it)) {
                delivery.ask_to_let_go(subject.key, now);
            }
        });
        let asked = asked.await?;
        self.send(asked.iter().map(|it| (it.key, Lane::Fresh))).await?;
        Ok(asked.iter().any(|it| self.may_refer(it, subject.key)))
    }

    /// Whether somebody at the target who was asked to let go may still refer to a subject about to go.
    pub(super) async fn is_referred_to(&self, subject: &Subject) -> Result<bool, SyncError> {
        Ok(self.referring(subject).await?.iter().any(|it| self.may_refer(it, subject.key)))
    }

    /// Whether anybody is at the target as before who belongs to an organisation about to go: what they lack without it is
    /// no reason to take them away, and so it has to stay as well, with all that it needs. Everybody is looked at, until one
    /// is found.
    pub(super) async fn is_any_organisation_kept(&self) -> Result<bool, SyncError> {
        let store = &self.hub.store;
        let organisations = store.subject_ids(self.tenant_name(), SubjectKind::Organisation).await?;
        let organisations = store.subjects(self.tenant_name(), organisations).await?;
        let is_there = |it: &Subject| it.deliveries.get(self.target_name).is_some_and(|it| !it.objects.is_empty());
        let going =
            organisations.values().filter(|it| it.facts.is_empty() && is_there(it)).map(|it| it.key.id).collect();
        for kind in SubjectKind::ALL {
            for some in store.subject_ids(self.tenant_name(), kind).await?.chunks(TOLD_AT_ONCE) {
                let some = store.subjects(self.tenant_name(), some.to_vec()).await?;
                if some.values().any(|it| self.keeps(it, &going)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn keeps(&self, subject: &Subject, going: &BTreeSet<Id>) -> bool {
        let Some(delivery) = subject.deliveries.get(self.target_name).filter(|it| it.may_be_as_it_was()) else {
            return false;
        };
        // Who belongs to a school above the unit does not name the unit.
        let lacks_a_unit = matches!(&delivery.standing, Some(Standing::Refused(code)) if code == SCHOOL_UNIT_MISSING);
        lacks_a_unit || subject.facts.values().flat_map(organisations_of).any(|it| going.contains(&it))
    }

    fn may_refer(&self, referrer: &Subject, asking: SubjectKey) -> bool {
        referrer.deliveries.get(self.target_name).is_some_and(|it| it.may_refer_to(asking))
    }

    async fn referring(&self, subject: &Subject) -> Result<Vec<Subject>, SyncError> {
        let referrers = self.referrers(subject).await?;
        let subjects = self.hub.store.subjects(self.tenant_name(), referrers.into_iter().collect()).await?;
        Ok(subjects.into_values().collect())
    }

    /// Those that waited for a subject to let go of them go on at once; should this be lost, they look by themselves.
    pub(super) async fn go_on(&self, waited: Vec<SubjectKey>) -> Result<(), SyncError> {
        if waited.is_empty() {
            return Ok(());
        }
        let now = self.hub.now();
        let woken = self.hub.store.change_many(self.tenant_name(), waited, |subject| {
            if let Some(delivery) = subject.deliveries.get_mut(self.target_name) {
                delivery.look_now(now);
            }
        });
        let lane = |it: &Subject| it.deliveries.get(self.target_name).map(|it| it.lane).unwrap_or_default();
        self.send(woken.await?.iter().map(|it| (it.key, lane(it)))).await
    }

    async fn wake_subjects(&self, subjects: BTreeSet<SubjectKey>, lane: Lane) -> Result<(), SyncError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let now = self.hub.now();
        let marked = self.hub.store.change_many(self.tenant_name(), subjects.into_iter().collect(), |subject| {
            mark_one(subject, self.target_name, now, lane);
        });
        self.send(marked.await?.iter().map(|it| (it.key, lane))).await
    }

    async fn send(&self, subjects: impl Iterator<Item = (SubjectKey, Lane)>) -> Result<(), SyncError> {
        let job = |(key, lane)| (Job::new(self.tenant_name().to_owned(), self.target_name.to_owned(), key), lane);
        self.hub.send_jobs(subjects.map(job).collect()).await
    }

    /// The groups and activities that refer to a subject; to a person also by one of the person's duties.
    async fn referrers(&self, subject: &Subject) -> Result<BTreeSet<SubjectKey>, SyncError> {
        let referents: Vec<Referent> = match subject.key.kind {
            SubjectKind::Person => {
                let before =
                    subject.deliveries.get(self.target_name).into_iter().flat_map(|it| it.duties.iter().copied());
                let duties: BTreeSet<Id> = duties(subject).chain(before).collect();
                duties.into_iter().map(Referent::Duty).chain([Referent::Person(subject.key.id)]).collect()
            }
            SubjectKind::Group => vec![Referent::Group(subject.key.id)],
            SubjectKind::Organisation | SubjectKind::Activity => Vec::new(),
        };
        let queries: Vec<_> =
            referents.into_iter().map(|who| self.hub.store.referrers(self.tenant_name(), who)).collect();
        let found: Vec<BTreeSet<SubjectKey>> = stream::iter(queries).buffer_unordered(8).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// What a fact says somebody belongs to.
fn organisations_of(fact: &Fact) -> Vec<Id> {
    match fact {
        Fact::Organisation(it) => it.parent.into_iter().collect(),
        Fact::Person(it) => it.enrolments.iter().map(|enrolment| enrolment.school_unit).collect(),
        Fact::Duty(it) => vec![it.organisation],
        Fact::Group(it) => vec![it.organisation],
        Fact::Activity(it) => it.organisation.into_iter().collect(),
        Fact::Licence(_) | Fact::Teaching(_) | Fact::Assignment(_) | Fact::Supplement(_) => Vec::new(),
    }
}

fn duties(person: &Subject) -> impl Iterator<Item = Id> {
    person.facts.iter().filter_map(|((_, record), fact)| match fact {
        Fact::Duty(duty) => Some(duty.id),
        _ => (record.kind == RecordKind::Duty).then_some(record.id),
    })
}

/// Notes by which duties others may refer to what a target now has of a person, for when a duty is gone and what it was
/// delivered as has to go too. Should something have changed since that was decided, those before it are kept as well.
pub(super) fn note_duties(person: &mut Subject, target: &str) {
    let now: BTreeSet<Id> = duties(person).collect();
    let Some(delivery) = person.deliveries.get_mut(target) else { return };
    if delivery.wanted == delivery.delivered {
        delivery.duties.clear();
    }
    if !delivery.objects.is_empty() {
        delivery.duties.extend(now);
    }
}
