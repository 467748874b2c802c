//! Reading again, as a whole, whatever a delta named: its state now, not what is said to have happened.

use std::collections::BTreeSet;

use roster::{Id, RecordKey, RecordKind};
use serde_json::value::RawValue;

use super::census::{self, Census};
use super::client::{identities_of, no_identity};
use super::envelope::{Collection, Part};
use super::mapping::{self, ChangedGroup, ClassHead, MappedPage, Roster};
use super::position::Position;
use super::reading::Reader;
use super::wire;
use crate::{Page, SourceError};

impl Reader<'_> {
    pub(super) async fn reread_schools(&self, schools: &[Id], mapped: &mut MappedPage) -> Result<(), SourceError> {
        let parts = self.client().batches(&objects("schools", wire::SCHOOL, schools)).await?;
        for (id, part) in schools.iter().zip(parts) {
            match part {
                Some(part) => mapped.school(&part.body, &self.mapping()),
                None => mapped.not_found(RecordKey { kind: RecordKind::Organisation, id: *id }),
            }
        }
        Ok(())
    }

    /// `left`: they are known to have left a class; who is not found either is gone.
    pub(super) async fn reread_users(
        &self,
        users: &[Id],
        left: bool,
        mapped: &mut MappedPage,
    ) -> Result<(), SourceError> {
        let asked: Vec<String> = objects("users", wire::USER, users)
            .into_iter()
            .zip(users)
            .flat_map(|(user, id)| [user, schools_of("users", *id)])
            .collect();
        let parts = self.client().batches(&asked).await?;
        for (id, parts) in users.iter().zip(parts.chunks(2)) {
            let key = RecordKey { kind: RecordKind::Person, id: *id };
            match parts {
                [Some(user), Some(schools)] => {
                    let schools = self.chosen(schools).await?;
                    mapped.user(&user.body, &|_| schools.clone());
                }
                [None, _] if left => mapped.gone.push(key),
                _ => mapped.not_found(key),
            }
        }
        Ok(())
    }

    pub(super) async fn reread_classes(&mut self, classes: &[Id], mapped: &mut MappedPage) -> Result<(), SourceError> {
        let parts = self.client().batches(&objects("classes", wire::CLASS, classes)).await?;
        for (id, part) in classes.iter().zip(parts) {
            match part {
                Some(part) => mapped.class(&part.body, &self.mapping()),
                None => mapped.not_found(RecordKey { kind: RecordKind::Group, id: *id }),
            }
        }
        self.fill(mapped, None).await
    }

    /// Groups of the directory of which something changed: most are no classes, and are not found as such.
    pub(super) async fn reread_groups(
        &mut self,
        page: &Collection<'_>,
        mapped: &mut MappedPage,
    ) -> Result<(), SourceError> {
        let groups: Vec<ChangedGroup> = page.value.iter().filter_map(|raw| mapped.group(raw)).collect();
        let changed: BTreeSet<Id> = groups.iter().filter(|it| !it.removed).map(|it| it.id).collect();
        let removed = groups.iter().filter(|it| it.removed);
        mapped.gone.extend(removed.map(|it| RecordKey { kind: RecordKind::Group, id: it.id }));
        let changed: Vec<Id> = changed.into_iter().collect();
        let parts = self.client().batches(&objects("classes", wire::CLASS, &changed)).await?;
        parts.iter().flatten().for_each(|part| mapped.class(&part.body, &self.mapping()));
        let classes: BTreeSet<Id> = mapped.classes.iter().map(|it| it.id).collect();
        let left: BTreeSet<Id> =
            groups.into_iter().filter(|it| classes.contains(&it.id)).flat_map(|it| it.left).collect();
        self.fill(mapped, None).await?;
        self.reread_users(&left.into_iter().collect::<Vec<_>>(), true, mapped).await
    }

    /// The classes of the next school in turn.
    pub(super) async fn reread_school(&mut self, mut position: Position) -> Result<Page, SourceError> {
        let schools = census::schools(self.client(), &self.source.choice).await?;
        let after = position.links.reread;
        let next = schools.iter().find(|it| after.is_none_or(|after| **it > after)).or_else(|| schools.first());
        let mut mapped = MappedPage::default();
        if let Some(school) = next {
            self.classes_of(*school, &mut mapped).await?;
            position.links.reread = Some(*school);
        }
        position.schools_reread += 1;
        let enough = position.schools_reread >= self.config().schools_per_read
            || usize::try_from(position.schools_reread).is_ok_and(|it| it >= schools.len());
        if enough {
            return self.after(position, mapped);
        }
        let next = position.next()?;
        Ok(Page { records: mapped.records, removed: mapped.gone, unreadable: mapped.unreadable, next, memory: None })
    }

    async fn classes_of(&mut self, school: Id, mapped: &mut MappedPage) -> Result<(), SourceError> {
        let answer = self.client().get(&format!("education/schools/{school}/classes?$select={}", wire::CLASS)).await?;
        if !answer.is_success() {
            return Err(self.client().caller.failure(&answer));
        }
        let (client, reading) = (self.client(), self.mapping());
        client
            .whole_list(&answer.body, |page| {
                page.value.iter().for_each(|raw: &&RawValue| mapped.class(raw, &reading));
                Ok(())
            })
            .await?;
        self.fill(mapped, None).await
    }

    /// Fills the classes with their members and teachers. Where they belong is in the census, or asked for.
    pub(super) async fn fill(&mut self, mapped: &mut MappedPage, census: Option<&Census>) -> Result<(), SourceError> {
        let heads = std::mem::take(&mut mapped.classes);
        let each = if census.is_some() { 2 } else { 3 };
        let asked: Vec<String> = heads.iter().flat_map(|it| of_class(it.id).into_iter().take(each)).collect();
        let parts = self.client().batches(&asked).await?;
        let (mut members, classes) = (0, heads.len());
        let mut groups = Vec::with_capacity(classes);
        for (head, parts) in heads.into_iter().zip(parts.chunks(each)) {
            let [Some(everybody), Some(teachers), rest @ ..] = parts else {
                mapped.not_found(head.key());
                continue;
            };
            let roster = Roster {
                members: self.client().identities(everybody).await?,
                teachers: self.client().identities(teachers).await?,
            };
            members += roster.members.len() + roster.teachers.len();
            let schools = match (census, rest) {
                (Some(census), _) => census.schools_of_class(head.id),
                (None, [Some(schools)]) => self.chosen(schools).await?,
                (None, _) => {
                    mapped.not_found(head.key());
                    continue;
                }
            };
            groups.push((head, schools, roster));
        }
        self.believe_members(classes, members)?;
        groups.into_iter().for_each(|(head, schools, roster)| placed(head, &schools, &roster, mapped));
        Ok(())
    }

    /// The chosen ones of the schools that a part of a batch lists.
    async fn chosen(&self, schools: &Part) -> Result<Vec<Id>, SourceError> {
        let mut chosen = Vec::new();
        self.client()
            .whole_list(schools.body.get().as_bytes(), |page| {
                chosen.extend(mapping::chosen_schools(&page.value, &self.source.choice).map_err(|_| no_identity())?);
                Ok(())
            })
            .await?;
        chosen.sort_unstable();
        chosen.dedup();
        Ok(chosen)
    }
}

/// A class at none of the chosen schools is not read.
fn placed(head: ClassHead, schools: &[Id], roster: &Roster, mapped: &mut MappedPage) {
    let key = head.key();
    match head.with(schools, roster) {
        Some(record) => mapped.records.push(record),
        None => mapped.gone.push(key),
    }
}

fn objects(collection: &str, select: &str, ids: &[Id]) -> Vec<String> {
    ids.iter().map(|id| format!("education/{collection}/{id}?$select={select}")).collect()
}

fn schools_of(collection: &str, id: Id) -> String {
    format!("education/{collection}/{id}/schools?$select=id,externalId,schoolNumber")
}

fn of_class(class: Id) -> [String; 3] {
    let of = |what: &str| identities_of(&format!("education/classes/{class}/{what}"));
    [of("members"), of("teachers"), schools_of("classes", class)]
}
