//! Neighbours: the groups that refer to a person, told when the person appears or is about to go.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use roster::{Fact, Id, RecordKind, SubjectKey, SubjectKind};
use rules::delivery::{Delivery, Lane};
use state::Subject;
use state::involvement::Referent;

use super::{Delivering, mark_one, was_decided};
use crate::error::SyncError;
use crate::messages::Job;

impl Delivering<'_> {
    /// After a person appeared at the target, or left it, or changed employment there: groups delivered meanwhile
    /// did so without. On the first delivery there is none: they wait for a person on the way.
    pub(super) async fn wake_groups_after(
        &self,
        key: SubjectKey,
        before: &Delivery,
        after: &Delivery,
    ) -> Result<(), SyncError> {
        let keys = |delivery: &Delivery| delivery.objects.iter().map(|it| it.key.clone()).collect::<BTreeSet<_>>();
        if key.kind != SubjectKind::Person || !was_decided(before) || keys(before) == keys(after) {
            return Ok(());
        }
        let subject = self.hub.store.subject(self.tenant_name(), key).await?;
        let groups = self.groups_around(&subject).await?;
        self.wake_groups(groups).await.map(drop)
    }

    /// Whether groups at the target may still refer to a person about to go. The first time they are asked to let go.
    pub(super) async fn groups_let_go(&self, person: &Subject, first: bool) -> Result<bool, SyncError> {
        let groups = self.groups_around(person).await?;
        let subjects = self.hub.store.subjects(self.tenant_name(), groups.into_iter().map(SubjectKey::group)).await?;
        let there = subjects.values().filter(|group| {
            group.deliveries.get(self.target_name).is_some_and(|delivery| !delivery.objects.is_empty())
        });
        let there: Vec<&Subject> = there.collect();
        if first {
            let groups: BTreeSet<Id> = there.iter().map(|group| group.key.id).collect();
            let any = !groups.is_empty();
            self.wake_groups(groups).await?;
            return Ok(any);
        }
        let now = self.hub.now();
        let busy = |group: &&&Subject| {
            group.deliveries.get(self.target_name).is_some_and(|it| it.is_pending(now) && it.failures == 0)
        };
        Ok(there.iter().filter(busy).count() > 0)
    }

    async fn wake_groups(&self, groups: BTreeSet<Id>) -> Result<Vec<Subject>, SyncError> {
        let now = self.hub.now();
        let keys = groups.into_iter().map(SubjectKey::group);
        let marked = self.hub.store.change_many(self.tenant_name(), keys, |group| {
            mark_one(group, self.target_name, now, Lane::Fresh);
        });
        let marked = marked.await?;
        let jobs = marked.iter().map(|group| {
            (Job::new(self.tenant_name().to_owned(), self.target_name.to_owned(), group.key), Lane::Fresh)
        });
        self.hub.send_jobs(jobs).await?;
        Ok(marked)
    }

    /// The groups that refer to a person, directly or by one of the person's duties.
    async fn groups_around(&self, person: &Subject) -> Result<BTreeSet<Id>, SyncError> {
        let duties = person.facts.iter().filter_map(|((_, record), fact)| match fact {
            Fact::Duty(duty) => Some(duty.id),
            _ => (record.kind == RecordKind::Duty).then_some(record.id),
        });
        let referents = duties.map(Referent::Duty).chain([Referent::Person(person.key.id)]);
        let groups: Vec<BTreeSet<Id>> = stream::iter(referents.collect::<Vec<_>>())
            .map(|who| self.hub.store.groups_of(self.tenant_name(), who))
            .buffer_unordered(8)
            .try_collect()
            .await?;
        Ok(groups.into_iter().flatten().collect())
    }
}
