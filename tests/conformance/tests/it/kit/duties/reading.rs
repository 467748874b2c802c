//! What is read is what is there.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Clock, Record, RecordKey, RecordKind};
use sources::{Scope, SourceErrorKind};

use super::{claim, stopped};
use crate::kit::reading::{self, Whole, by_key, changes_since, everything, everything_with, go_on};
use crate::kit::{Counterpart, Happening, Verdict};

/// Between what happens and the next look.
const A_WHILE: i64 = 3_600;

pub(crate) async fn a_full_read_gives_exactly_what_is_there(other: &dyn Counterpart) -> Verdict {
    let read = everything(other).await.map_err(stopped)?;
    let holds = other.holds();
    claim(read.pages > holds.len(), || format!("{} pages are too few for the other duties", read.pages))?;
    let complete: BTreeSet<RecordKind> = read.complete.iter().copied().collect();
    claim(complete == holds.keys().copied().collect(), || {
        format!("{complete:?} are complete, not {:?}", holds.keys())
    })?;
    claim(read.removed.is_empty(), || format!("{} are removed in a full read", read.removed.len()))?;
    for kind in RecordKind::ALL {
        let given: Vec<_> = read.records.iter().map(Record::key).filter(|it| it.kind == kind).map(|it| it.id).collect();
        let (distinct, held) =
            (given.iter().copied().collect::<BTreeSet<_>>(), holds.get(&kind).cloned().unwrap_or_default());
        claim(distinct == held, || {
            let (missing, strange) = (held.difference(&distinct).count(), distinct.difference(&held).count());
            format!("of {} of kind {kind}, {missing} are missing and {strange} are unheard of", held.len())
        })?;
        claim(given.len() == distinct.len(), || format!("{kind}: some are given twice"))?;
    }
    Ok(())
}

pub(crate) async fn two_full_reads_are_equal(other: &dyn Counterpart) -> Verdict {
    let source = other.source();
    let first = everything_with(other, &source).await.map_err(stopped)?;
    let second = everything_with(other, &source).await.map_err(stopped)?;
    same(&first, &second)
}

pub(crate) async fn each_page_may_be_read_by_another_process(other: &dyn Counterpart) -> Verdict {
    let alone = everything(other).await.map_err(stopped)?;
    let first = reading::request(Scope::Full, None, other.clock().now());
    let together = go_on(&|| other.source(), first, Whole::default()).await.map_err(stopped)?;
    same(&alone, &together)
}

fn same(a: &Whole, b: &Whole) -> Verdict {
    let (before, after) = (by_key(&a.records), by_key(&b.records));
    equal(&before, &after)?;
    claim(a.complete == b.complete, || format!("{:?} are complete, then {:?}", a.complete, b.complete))?;
    claim(a.unreadable == b.unreadable, || "other things are unreadable the second time".to_owned())
}

fn equal(a: &BTreeMap<RecordKey, Record>, b: &BTreeMap<RecordKey, Record>) -> Verdict {
    for key in a.keys().chain(b.keys()) {
        match (a.get(key), b.get(key)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(_), Some(_)) => return Err(format!("a {} differs", key.kind)),
            (Some(_), None) => return Err(format!("a {} is missing the second time", key.kind)),
            (None, _) => return Err(format!("a {} is there the second time only", key.kind)),
        }
    }
    Ok(())
}

pub(crate) async fn changes_since_a_full_read_lead_to_a_new_full_read(other: &dyn Counterpart) -> Verdict {
    for what in Happening::ALL {
        let before = everything(other).await.map_err(stopped)?;
        let noticed = |read: &Whole| {
            claim(by_key(&read.records) != by_key(&before.records), || format!("{what:?}: nothing differs afterwards"))
        };
        other.clock().advance_seconds(A_WHILE);
        other.happens(what).await;
        other.clock().advance_seconds(other.abilities().told_after);
        if before.cursor.is_none() {
            claim(!other.abilities().changes, || "a full read ends without a cursor".to_owned())?;
            noticed(&everything(other).await.map_err(stopped)?)?;
            continue;
        }
        let told = match changes_since(other, &before).await {
            Ok(told) => told,
            Err(at) if at.kind() == SourceErrorKind::FullReadNeeded && !other.abilities().changes => continue,
            Err(at) => return Err(format!("{what:?}: {}", stopped(at))),
        };
        claim(told.complete.is_empty(), || format!("{what:?}: a read of changes calls {:?} complete", told.complete))?;
        let after = everything(other).await.map_err(stopped)?;
        noticed(&after)?;
        equal(&applied(other, &before, &told, &after), &by_key(&after.records))
            .map_err(|why| format!("{what:?}: {why}"))?;
    }
    Ok(())
}

/// What is known after the changes. Of a source that does not tell removals, whoever is missing is taken away here, as
/// the nightly compare would.
fn applied(other: &dyn Counterpart, before: &Whole, told: &Whole, after: &Whole) -> BTreeMap<RecordKey, Record> {
    let mut known = by_key(&before.records);
    known.extend(by_key(&told.records));
    for key in &told.removed {
        known.remove(key);
    }
    if !other.abilities().removals {
        let held = by_key(&after.records);
        known.retain(|key, _| held.contains_key(key));
    }
    known
}

pub(crate) async fn whoever_is_removed_is_told_of_or_missed(other: &dyn Counterpart) -> Verdict {
    let before = everything(other).await.map_err(stopped)?;
    other.clock().advance_seconds(A_WHILE);
    let gone = RecordKey { kind: other.concerns(), id: other.happens(Happening::PersonRemoved).await };
    other.clock().advance_seconds(other.abilities().told_after);
    claim(by_key(&before.records).contains_key(&gone), || "whoever is removed was never read".to_owned())?;
    let after = everything(other).await.map_err(stopped)?;
    claim(!by_key(&after.records).contains_key(&gone), || "whoever is removed is still read".to_owned())?;
    claim(after.complete.contains(&other.concerns()), || "they are not complete, so nobody is missed".to_owned())?;
    if !other.abilities().removals {
        return Ok(());
    }
    let told = changes_since(other, &before).await.map_err(stopped)?;
    claim(told.removed.contains(&gone), || "whoever is removed is not told of".to_owned())?;
    claim(!by_key(&told.records).contains_key(&gone), || "whoever is removed is told of as present".to_owned())
}
