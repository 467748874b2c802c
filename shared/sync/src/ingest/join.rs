//! Joining second sources: their persons are rows that add to the persons of other sources, and make none.
//!
//! Persons and rows come to the same meeting points in the table, one for each value of a key. Whoever comes or leaves
//! writes that first and then looks who else is there; rows that it concerns are noted for their own source, and joined
//! anew when that is ingested next – by its one reader, so that nobody joins a row behind another's back. That somebody
//! is on the way between keys is kept until all is done: cut short, it is begun again, and nobody is left where they
//! should not be met.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Fact, Id, JoinKey, JoinKeyKind, Joined, Person, Record, RecordKey, RecordKind, Supplement};
use rules::join::{Candidates, join};
use sources::{Next, Page, Unreadable};
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
    async fn join_new(&self, rows: Vec<Supplement>) -> Result<Vec<Supplement>, SyncError> {
        let known = self.known(self.source_name(), RecordKind::Supplement, rows.iter().map(|it| it.id)).await?;
        let (mut new, mut joined) = (Vec::new(), Vec::new());
        for mut row in rows {
            let before = known.get(&row.id).filter(|it| !it.moving).and_then(|it| it.supplement.as_deref());
            match before.filter(|before| before.says_the_same_as(&row)) {
                Some(before) => {
                    row.joined = before.joined;
                    joined.push(row);
                }
                None => new.push(row),
            }
        }
        joined.extend(self.join(new, known).await?);
        Ok(joined)
    }

    async fn known(
        &self,
        source: &str,
        kind: RecordKind,
        ids: impl Iterator<Item = Id>,
    ) -> Result<BTreeMap<Id, KnownRecord>, SyncError> {
        let keys = ids.map(|id| RecordKey { kind, id }).collect();
        let known = self.hub.store.known_records(self.tenant_name(), source, keys).await?;
        Ok(known.into_iter().map(|(key, it)| (key.id, it)).collect())
    }

    /// Finds out whom rows are about. That they have come is kept with what they say.
    async fn join(
        &self,
        mut rows: Vec<Supplement>,
        known: BTreeMap<Id, KnownRecord>,
    ) -> Result<Vec<Supplement>, SyncError> {
        let now = rows.iter().map(|row| (row.id, row.keys.iter().flatten().cloned().collect())).collect();
        let moved = self.begin_to_move(self.source_name(), RecordKind::Supplement, known, &now).await?;
        let keys = now.values().flatten().chain(&moved.points).cloned().collect();
        let meetings = self.hub.store.meetings(self.tenant_name(), keys).await?;
        let others = moved.points.iter().filter_map(|key| meetings.get(key)?.rows.get(self.source_name())).flatten();
        let others = others.filter(|id| !now.contains_key(id)).copied().collect();
        self.want_rejoin(self.source_name(), &others).await?;
        for row in &mut rows {
            row.joined = join(&self.candidates(row, &meetings));
        }
        Ok(rows)
    }

    /// Those that are not met by their keys of now, or may not be, come to those and leave the others.
    async fn begin_to_move(
        &self,
        source: &str,
        kind: RecordKind,
        known: BTreeMap<Id, KnownRecord>,
        now: &BTreeMap<Id, BTreeSet<JoinKey>>,
    ) -> Result<Moved, SyncError> {
        let (mut moved, mut come, mut left) = (Moved::default(), Vec::new(), Vec::new());
        let mut on_their_way = Vec::new();
        for (id, keys) in now {
            let mut record = known.get(id).cloned().unwrap_or_default();
            if record.is_met_by(keys) {
                continue;
            }
            let party = || match kind {
                RecordKind::Person => Party::Person(*id, source.to_owned()),
                _ => Party::Row(*id, source.to_owned()),
            };
            come.extend(keys.iter().map(|key| (key.clone(), party())));
            left.extend(record.met_by.difference(keys).map(|key| (key.clone(), party())));
            record.met_by.extend(keys.iter().cloned());
            record.moving = true;
            moved.points.extend(record.met_by.iter().cloned());
            moved.keys.insert(*id, keys.clone());
            on_their_way.push((RecordKey { kind, id: *id }, record));
        }
        self.hub.store.keep_records(self.tenant_name(), source, on_their_way).await?;
        self.hub.store.meet(self.tenant_name(), come).await?;
        self.hub.store.part(self.tenant_name(), left).await?;
        Ok(moved)
    }

    fn candidates(&self, row: &Supplement, meetings: &BTreeMap<JoinKey, Meeting>) -> Vec<Candidates> {
        let of_kind = |keys: &BTreeSet<JoinKey>| {
            let mut found = Candidates::default();
            for meeting in keys.iter().filter_map(|key| meetings.get(key)) {
                // What became a second source has no persons any more, though they have not left yet.
                let whole = meeting.persons.iter().filter(|(source, _)| !self.tenant.precedence.is_second(source));
                found.persons.extend(whole.flat_map(|(_, persons)| persons));
                let rows = meeting.rows.get(self.source_name());
                found.is_shared |= rows.into_iter().flatten().any(|other| *other != row.id);
            }
            found
        };
        row.keys.iter().map(of_kind).collect()
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
                let mut known = self.known(self.source_name(), RecordKind::Supplement, some.iter().copied()).await?;
                // One that is on its way is joined when its reading goes on.
                known.retain(|_, it| !it.moving);
                let rows = known.values().filter_map(|it| it.supplement.as_deref().cloned()).collect();
                let rows = self.join(rows, known).await?.into_iter().map(Record::Supplement).collect::<Vec<_>>();
                let known_at = self.hub.now();
                let news = |changed| News { known_at, lane: lane_of(false, changed), first: false };
                self.take_in(&rows, news).await?;
            }
            self.hub.store.rejoined(noted).await?;
        }
        Ok(())
    }

    /// Rows that are gone leave the points where they met persons, and perhaps each other.
    pub(super) async fn leave(&self, gone: &BTreeMap<RecordKey, KnownRecord>) -> Result<(), SyncError> {
        let rows = gone.iter().filter(|(key, _)| key.kind == RecordKind::Supplement);
        let rows: BTreeMap<Id, KnownRecord> = rows.map(|(key, it)| (key.id, it.clone())).collect();
        let nowhere = rows.keys().map(|id| (*id, BTreeSet::new())).collect();
        let moved = self.begin_to_move(self.source_name(), RecordKind::Supplement, rows, &nowhere).await?;
        self.concerns_rows(&moved).await
    }

    /// Before persons are written: those whose keys change come and leave. [`Self::have_moved`] ends it after the writing.
    pub(super) async fn move_persons(&self, edits: &Edits) -> Result<Moved, SyncError> {
        if self.tenant.joined_by.is_empty() || self.is_second() {
            return Ok(Moved::default());
        }
        let edits = edits.iter().flat_map(|(subject, edits)| edits.iter().map(|edit| (subject.id, edit)));
        let persons = edits.filter(|(_, ((_, record), _))| record.kind == RecordKind::Person);
        let now = persons.map(|(id, (_, fact))| (id, self.keys_in(fact.as_ref()))).collect();
        self.move_persons_of(self.source_name(), now).await
    }

    /// After a full read: whoever had come, was never written, and is not there any more, leaves.
    pub(super) async fn leave_unwritten(&self, seen: &BTreeSet<Id>) -> Result<(), SyncError> {
        if self.tenant.joined_by.is_empty() || self.is_second() {
            return Ok(());
        }
        let met = self.hub.store.record_ids(self.tenant_name(), self.source_name(), RecordKind::Person).await?;
        let unseen = met.difference(seen).map(|id| RecordKey { kind: RecordKind::Person, id: *id });
        let unseen: BTreeSet<RecordKey> = unseen.collect();
        let written: BTreeSet<RecordKey> = self.present(unseen.clone()).await?.into_iter().collect();
        let nowhere = unseen.difference(&written).map(|key| (key.id, BTreeSet::new())).collect();
        let moved = self.move_persons_of(self.source_name(), nowhere).await?;
        self.have_moved(self.source_name(), moved).await
    }

    async fn move_persons_of(&self, source: &str, now: BTreeMap<Id, BTreeSet<JoinKey>>) -> Result<Moved, SyncError> {
        let known = self.known(source, RecordKind::Person, now.keys().copied()).await?;
        let moved = self.begin_to_move(source, RecordKind::Person, known, &now).await?;
        self.concerns_rows(&moved).await?;
        Ok(moved)
    }

    /// Persons who came or left have been written.
    pub(super) async fn have_moved(&self, source: &str, moved: Moved) -> Result<(), SyncError> {
        let key = |id| RecordKey { kind: RecordKind::Person, id };
        let (gone, there): (Vec<_>, Vec<_>) = moved.keys.into_iter().partition(|(_, met_by)| met_by.is_empty());
        let there = there.into_iter().map(|(id, met_by)| (key(id), KnownRecord { met_by, ..KnownRecord::default() }));
        self.hub.store.keep_records(self.tenant_name(), source, there.collect()).await?;
        let gone = gone.into_iter().map(|(id, _)| key(id)).collect();
        Ok(self.hub.store.forget_records(self.tenant_name(), source, gone).await?)
    }

    /// Notes the rows at points that somebody has come to or left.
    async fn concerns_rows(&self, moved: &Moved) -> Result<(), SyncError> {
        let mut rows: BTreeMap<String, BTreeSet<Id>> = BTreeMap::new();
        for meeting in self.hub.store.meetings(self.tenant_name(), moved.points.clone()).await?.into_values() {
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
            let mut by_source: BTreeMap<&str, BTreeMap<Id, BTreeSet<JoinKey>>> = BTreeMap::new();
            let facts = subjects.values().flat_map(|it| it.facts.iter().map(|fact| (it.key.id, fact)));
            for (id, ((source, _), fact)) in facts {
                let keys = self.keys_in(Some(fact));
                if !keys.is_empty() && !self.tenant.precedence.is_second(source) {
                    by_source.entry(source).or_default().insert(id, keys);
                }
            }
            for (source, now) in by_source {
                let moved = self.move_persons_of(source, now).await?;
                self.have_moved(source, moved).await?;
            }
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

/// Who has come to points, or left them.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// By what each is met now.
    keys: BTreeMap<Id, BTreeSet<JoinKey>>,
    /// The points that this concerns.
    points: BTreeSet<JoinKey>,
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
