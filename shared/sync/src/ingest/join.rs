//! Joining second sources: their persons are rows that add to the persons of other sources, and make none.
//!
//! Persons and rows come to the same meeting points in the table, one for each value of a key. Whoever comes or leaves
//! writes that first and then looks who else is there; rows that it concerns are noted for their own source, and joined
//! anew when that is ingested next – by its one reader, so that nobody joins a row behind another's back.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Fact, Id, JoinKey, JoinKeyKind, Joined, Person, Record, RecordKey, RecordKind, SubjectKey, Supplement};
use rules::join::{Candidates, join};
use sources::{Next, Page, Unreadable};
use state::Subject;
use state::joins::{Meeting, Party};
use state::records::KnownRecord;

use super::absorb::{Edits, News};
use super::{Reading, lane_of};
use crate::error::SyncError;
use crate::messages::{Notice, Reason};

/// Rows joined at once, and persons looked at: bounds memory, not correctness.
const AT_ONCE: usize = 200;

impl Reading<'_> {
    /// Whether the source only adds to persons of others.
    pub(super) fn is_second(&self) -> bool {
        !self.source.config.join_by.is_empty()
    }

    /// As what a record of the source is kept.
    pub(super) fn kept_as(&self, key: RecordKey) -> RecordKey {
        let is_row = self.is_second() && key.kind == RecordKind::Person;
        RecordKey { kind: if is_row { RecordKind::Supplement } else { key.kind }, ..key }
    }

    /// A page as it is kept: of a second source, its persons as rows, each with whom it is joined to, and nothing else.
    pub(super) async fn as_kept(&self, mut page: Page) -> Result<Page, SyncError> {
        if !self.is_second() {
            return Ok(page);
        }
        let rows = page.records.iter().filter_map(|record| match record {
            Record::Person(person) => Some(Supplement::of(person, &self.source.config.join_by)),
            _ => None,
        });
        let rows = self.join_new(rows.collect()).await?;
        page.unreadable.extend(rows.iter().filter_map(unjoined));
        page.records = rows.into_iter().map(Record::Supplement).collect();
        page.removed = page.removed.iter().map(|key| self.kept_as(*key)).collect();
        if let Next::End { complete, .. } = &mut page.next
            && complete.contains(&RecordKind::Person)
        {
            // What it had before it became a second source is gone now.
            complete.push(RecordKind::Supplement);
        }
        Ok(page)
    }

    /// Joins the rows that say something new. The others are joined as they were: when persons change, they are noted.
    async fn join_new(&self, mut rows: Vec<Supplement>) -> Result<Vec<Supplement>, SyncError> {
        let known = self.known_rows(rows.iter().map(|it| it.id)).await?;
        let (mut new, mut joined) = (Vec::new(), Vec::new());
        for mut row in rows.drain(..) {
            match known.get(&row.id) {
                Some(before) if before.says_the_same_as(&row) => {
                    row.joined = before.joined;
                    joined.push(row);
                }
                _ => new.push(row),
            }
        }
        joined.extend(self.join(new, &known).await?);
        Ok(joined)
    }

    async fn known_rows(&self, ids: impl Iterator<Item = Id>) -> Result<BTreeMap<Id, Supplement>, SyncError> {
        let keys = ids.map(|id| RecordKey { kind: RecordKind::Supplement, id }).collect();
        let known = self.hub.store.known_records(self.tenant_name(), self.source_name(), keys).await?;
        Ok(known.into_iter().filter_map(|(key, it)| Some((key.id, *it.supplement?))).collect())
    }

    /// Finds out whom rows are about.
    async fn join(
        &self,
        mut rows: Vec<Supplement>,
        known: &BTreeMap<Id, Supplement>,
    ) -> Result<Vec<Supplement>, SyncError> {
        let now: BTreeSet<(Id, &JoinKey)> = rows.iter().flat_map(keys_of).collect();
        let before: BTreeSet<(Id, &JoinKey)> =
            rows.iter().filter_map(|row| known.get(&row.id)).flat_map(keys_of).collect();
        let come: Vec<_> = now.difference(&before).copied().collect();
        let left: Vec<_> = before.difference(&now).copied().collect();
        let keys = now.iter().chain(&left).map(|(_, key)| (*key).clone()).collect();
        self.hub.store.meet(self.tenant_name(), self.as_parties(&come)).await?;
        self.hub.store.part(self.tenant_name(), self.as_parties(&left)).await?;
        let meetings = self.hub.store.meetings(self.tenant_name(), keys).await?;
        let moved = come.iter().chain(&left).filter_map(|(_, key)| meetings.get(*key));
        self.want_others_rejoin(moved, &rows.iter().map(|it| it.id).collect()).await?;
        for row in &mut rows {
            row.joined = join(&self.candidates(row, &meetings));
        }
        Ok(rows)
    }

    fn as_parties(&self, rows: &[(Id, &JoinKey)]) -> Vec<(JoinKey, Party)> {
        let party = |id: &Id| Party::Row(*id, self.source_name().to_owned());
        rows.iter().map(|(id, key)| ((*key).clone(), party(id))).collect()
    }

    fn candidates(&self, row: &Supplement, meetings: &BTreeMap<JoinKey, Meeting>) -> Vec<Candidates> {
        let of_kind = |keys: &BTreeSet<JoinKey>| {
            let mut found = Candidates::default();
            for meeting in keys.iter().filter_map(|key| meetings.get(key)) {
                found.persons.extend(&meeting.persons);
                let rows = meeting.rows.get(self.source_name());
                found.is_shared |= rows.into_iter().flatten().any(|other| *other != row.id);
            }
            found
        };
        row.keys.iter().map(of_kind).collect()
    }

    /// Rows of this source came to meeting points, or left: its others there may not be alone any more, or may be now.
    async fn want_others_rejoin(
        &self,
        moved: impl Iterator<Item = &Meeting>,
        own: &BTreeSet<Id>,
    ) -> Result<(), SyncError> {
        let rows = moved.filter_map(|it| it.rows.get(self.source_name())).flatten();
        let others = rows.filter(|id| !own.contains(id)).copied().collect();
        self.want_rejoin(self.source_name(), &others).await
    }

    /// Notes rows to be joined anew, and wakes their source.
    async fn want_rejoin(&self, source: &str, rows: &BTreeSet<Id>) -> Result<(), SyncError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.hub.store.want_rejoin(self.tenant_name(), source, rows, &self.hub.chance.name()).await?;
        let notice = Notice::new(self.tenant_name().to_owned(), source.to_owned(), Reason::Rejoin, self.hub.now());
        self.hub.send_notice(&notice).await
    }

    /// Joins the rows anew that have been noted.
    pub(super) async fn rejoin(&self) -> Result<(), SyncError> {
        for noted in self.hub.store.rejoins(self.tenant_name(), self.source_name()).await? {
            let ids: Vec<Id> = noted.rows.iter().copied().collect();
            for some in ids.chunks(AT_ONCE) {
                let known = self.known_rows(some.iter().copied()).await?;
                let rows = self.join(known.values().cloned().collect(), &known).await?;
                let rows: Vec<Record> = rows.into_iter().map(Record::Supplement).collect();
                let known_at = self.hub.now();
                let news = |changed| News { known_at, lane: lane_of(false, changed), first: false };
                self.take_in(&rows, news).await?;
            }
            self.hub.store.rejoined(noted).await?;
        }
        Ok(())
    }

    /// Rows that are gone leave the points where they met persons, and perhaps each other.
    pub(super) async fn leave(&self, gone: impl Iterator<Item = &KnownRecord>) -> Result<(), SyncError> {
        let rows: Vec<&Supplement> = gone.filter_map(|it| it.supplement.as_deref()).collect();
        let left: Vec<(Id, &JoinKey)> = rows.iter().flat_map(|row| keys_of(row)).collect();
        if left.is_empty() {
            return Ok(());
        }
        self.hub.store.part(self.tenant_name(), self.as_parties(&left)).await?;
        let keys = left.iter().map(|(_, key)| (*key).clone()).collect();
        let meetings = self.hub.store.meetings(self.tenant_name(), keys).await?;
        self.want_others_rejoin(meetings.values(), &rows.iter().map(|it| it.id).collect()).await
    }

    /// Before persons are written: those whose keys change come and leave. Cut short before the writing, it is done again.
    pub(super) async fn move_persons(
        &self,
        edits: &Edits,
        loaded: &BTreeMap<SubjectKey, Subject>,
    ) -> Result<(), SyncError> {
        if self.tenant.joined_by.is_empty() || self.is_second() {
            return Ok(());
        }
        let (mut come, mut left) = (Vec::new(), Vec::new());
        for (subject, edits) in edits.iter().filter(|(subject, _)| subject.kind == roster::SubjectKind::Person) {
            for (provenance, fact) in edits.iter().filter(|((_, record), _)| record.kind == RecordKind::Person) {
                let before = loaded.get(subject).and_then(|it| it.facts.get(provenance));
                let (before, now) = (self.keys_in(before), self.keys_in(fact.as_ref()));
                let party = || Party::Person(subject.id, provenance.0.clone());
                come.extend(now.difference(&before).map(|key| (key.clone(), party())));
                left.extend(before.difference(&now).map(|key| (key.clone(), party())));
            }
        }
        self.move_parties(come, left).await
    }

    async fn move_parties(&self, come: Vec<(JoinKey, Party)>, left: Vec<(JoinKey, Party)>) -> Result<(), SyncError> {
        let keys: BTreeSet<JoinKey> = come.iter().chain(&left).map(|(key, _)| key.clone()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        self.hub.store.meet(self.tenant_name(), come).await?;
        self.hub.store.part(self.tenant_name(), left).await?;
        let mut rows: BTreeMap<String, BTreeSet<Id>> = BTreeMap::new();
        for meeting in self.hub.store.meetings(self.tenant_name(), keys).await?.into_values() {
            meeting.rows.into_iter().for_each(|(source, ids)| rows.entry(source).or_default().extend(ids));
        }
        for (source, ids) in rows.iter().filter(|(source, _)| self.tenant.precedence.is_second(source)) {
            self.want_rejoin(source, ids).await?;
        }
        Ok(())
    }

    fn keys_in(&self, fact: Option<&Fact>) -> BTreeSet<JoinKey> {
        match fact {
            Some(Fact::Person(person)) => keys_by(person, &self.tenant.joined_by),
            _ => BTreeSet::new(),
        }
    }

    /// Everybody comes to the points where they may be met, after the configuration has changed by what they are joined;
    /// second sources are read anew, with the keys that count now.
    pub(super) async fn gather_everybody(&self) -> Result<(), SyncError> {
        if self.tenant.joined_by.is_empty() {
            return Ok(());
        }
        let persons = self.hub.store.subject_ids(self.tenant_name(), roster::SubjectKind::Person).await?;
        for some in persons.chunks(AT_ONCE) {
            let subjects = self.hub.store.subjects(self.tenant_name(), some.to_vec()).await?;
            let facts =
                subjects.values().flat_map(|it| it.facts.iter().map(|(provenance, fact)| (it.key, provenance, fact)));
            let whole = facts.filter(|(_, (source, _), _)| !self.tenant.precedence.is_second(source));
            let come = whole.flat_map(|(subject, (source, _), fact)| {
                let party = move |key| (key, Party::Person(subject.id, source.clone()));
                self.keys_in(Some(fact)).into_iter().map(party)
            });
            self.move_parties(come.collect(), Vec::new()).await?;
        }
        for source in self.tenant.sources.values().filter(|it| !it.config.join_by.is_empty()) {
            let (tenant, source) = (self.tenant_name().to_owned(), source.config.name.clone());
            self.hub.send_notice(&Notice::new(tenant, source, Reason::FullRead, self.hub.now())).await?;
        }
        Ok(())
    }
}

fn keys_by(person: &Person, kinds: &[JoinKeyKind]) -> BTreeSet<JoinKey> {
    kinds.iter().flat_map(|kind| kind.keys_of(person)).collect()
}

fn keys_of(row: &Supplement) -> impl Iterator<Item = (Id, &JoinKey)> {
    row.keys.iter().flatten().map(|key| (row.id, key))
}

/// A row that is joined to nobody is told of.
fn unjoined(row: &Supplement) -> Option<Unreadable> {
    let (code, reason) = match row.joined {
        Joined::Person(_) | Joined::Unasked => return None,
        Joined::Nobody => ("join.nobody", "no other source has a person with these keys"),
        Joined::Several => ("join.several_persons", "a key fits several persons"),
        Joined::NotAlone => ("join.several_rows", "other rows have the same key"),
    };
    Some(Unreadable {
        kind: RecordKind::Supplement,
        id: Some(row.id.to_string()),
        code: code.to_owned(),
        reason: reason.to_owned(),
        lost: false,
    })
}
