//! Neighbours: the groups and activities that refer to a person or a group, told when it appears or is about to go.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use roster::{Fact, RecordKind, SubjectKey, SubjectKind};
use rules::delivery::{Delivery, Lane};
use state::Subject;
use state::involvement::Referent;

use super::{Delivering, mark_one, was_decided};
use crate::error::SyncError;
use crate::messages::Job;

impl Delivering<'_> {
    /// After a subject appeared at the target, or left it, or changed its objects there: those delivered meanwhile did
    /// so without. On the first delivery there is none: they wait for a subject on the way.
    pub(super) async fn wake_neighbours_after(
        &self,
        key: SubjectKey,
        before: &Delivery,
        after: &Delivery,
    ) -> Result<(), SyncError> {
        let keys = |delivery: &Delivery| delivery.objects.iter().map(|it| it.key.clone()).collect::<BTreeSet<_>>();
        if !was_decided(before) || keys(before) == keys(after) {
            return Ok(());
        }
        let subject = self.hub.store.subject(self.tenant_name(), key).await?;
        let referrers = self.referrers(&subject).await?;
        self.wake_subjects(referrers).await
    }

    /// Whether somebody at the target may still refer to a subject about to go. The first time they are asked to let go.
    pub(super) async fn is_referred_to(&self, subject: &Subject, first: bool) -> Result<bool, SyncError> {
        let referrers = self.referrers(subject).await?;
        let subjects = self.hub.store.subjects(self.tenant_name(), referrers.into_iter().collect()).await?;
        let there: Vec<(&SubjectKey, &Delivery)> = subjects
            .iter()
            .filter_map(|(key, it)| Some((key, it.deliveries.get(self.target_name)?)))
            .filter(|(_, delivery)| !delivery.objects.is_empty())
            .collect();
        if first {
            self.wake_subjects(there.iter().map(|(key, _)| **key).collect()).await?;
            return Ok(!there.is_empty());
        }
        let now = self.hub.now();
        Ok(there.iter().any(|(_, delivery)| delivery.is_pending(now) && delivery.failures == 0))
    }

    async fn wake_subjects(&self, subjects: BTreeSet<SubjectKey>) -> Result<(), SyncError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let now = self.hub.now();
        let marked = self.hub.store.change_many(self.tenant_name(), subjects.into_iter().collect(), |subject| {
            mark_one(subject, self.target_name, now, Lane::Fresh);
        });
        let marked = marked.await?;
        let job = |key| (Job::new(self.tenant_name().to_owned(), self.target_name.to_owned(), key), Lane::Fresh);
        self.hub.send_jobs(marked.iter().map(|it| job(it.key)).collect()).await
    }

    /// The groups and activities that refer to a subject; to a person also by one of the person's duties.
    async fn referrers(&self, subject: &Subject) -> Result<BTreeSet<SubjectKey>, SyncError> {
        let referents: Vec<Referent> = match subject.key.kind {
            SubjectKind::Person => duties(subject).chain([Referent::Person(subject.key.id)]).collect(),
            SubjectKind::Group => vec![Referent::Group(subject.key.id)],
            SubjectKind::Organisation | SubjectKind::Activity => Vec::new(),
        };
        let queries: Vec<_> =
            referents.into_iter().map(|who| self.hub.store.referrers(self.tenant_name(), who)).collect();
        let found: Vec<BTreeSet<SubjectKey>> = stream::iter(queries).buffer_unordered(8).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

fn duties(person: &Subject) -> impl Iterator<Item = Referent> {
    person.facts.iter().filter_map(|((_, record), fact)| match fact {
        Fact::Duty(duty) => Some(Referent::Duty(duty.id)),
        _ => (record.kind == RecordKind::Duty).then_some(Referent::Duty(record.id)),
    })
}
