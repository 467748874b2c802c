//! Unikum's pairs: one with everything, then what changed.

use super::*;
use crate::loopback::changes;
use crate::{Source, SourceErrorKind};

const TABLE: &str = "format = 'unikum'\nfolder = '/srv/drop'\n";

/// Astrid is in 7A, Cecilia teaches it and is its mentor; David works there; Per is a guardian.
const PRINCIPALS: &str = "\
N\t12345678\tNorrskolan\tse.grundskoleutbildning.grundskola\t\t\t\t\t\t\t\t\t\t\tschool
k7a\t7A\t\t\t\t\tclass
Astrid\tProvsson\tastrid@skola.example\t20100203-7271\t\t\t\t\t\t\t\tfalse\ttrue\ttrue\ttrue\t7\t\t\tuser
Cecilia\tAlm\tcecilia@skola.example\t19750601-4427\t\t\t\t\t\t\t\t\t\t\t\t\t\t\tuser
David\tEk\t\t19121212-1212\t\t\t\t\t\t\t\t\t\t\t\t\t\t\tuser
Per\tProvsson\t\t19121272-1219\t\t\t\t\t\t\t\t\t\t\t\t\t\t\tuser
";

const RELATIONS: &str = "\
add\tschool_in_org\tN\tprovby
add\tclass_in_school\tk7a\tN
add\tstudent_in_school\t20100203-7271\tN
add\tstudent_in_class\t20100203-7271\tk7a
add\tstaff_in_school\t19750601-4427\tN
add\tteacher_in_class\t19750601-4427\tk7a
add\tmentor_for\t19750601-4427\tk7a
add\tstaff_in_school\t19121212-1212\tN
add\tguardian_for\t19121272-1219\t20100203-7271
";

fn shelf() -> Shelf {
    Shelf::of(&[
        ("Provby_20261122_0200_total.principals", PRINCIPALS.as_bytes()),
        ("Provby_20261122_0200_total.relations", RELATIONS.as_bytes()),
    ])
}

fn put(shelf: &Shelf, stem: &str, principals: &str, relations: &str) {
    shelf.put_ago(&format!("{stem}.principals"), principals.as_bytes(), 100);
    shelf.put_ago(&format!("{stem}.relations"), relations.as_bytes(), 100);
}

/// Somebody new in the class, and David is gone.
fn put_changes(shelf: &Shelf) {
    let new = "Eva\tNy\t\t20130101TF01\t\t\t\t\t\t\t\t\t\t\t\t7\t\t\tuser\n";
    let relations = "add\tstudent_in_school\t20130101-TF01\tN\nadd\tstudent_in_class\t20130101-TF01\tk7a\n\
                     remove\tstaff_in_school\t191212121212\tN\n";
    put(shelf, "Provby_20261122_0400", new, relations);
}

async fn since(shelf: &Shelf, read: &Whole) -> Result<Whole, SourceError> {
    let memory = read.memory.clone();
    whole(&source(shelf, TABLE), changes(&read.cursor.clone().unwrap()), memory).await
}

async fn everything_remembering(shelf: &Shelf, read: &Whole) -> Result<Whole, SourceError> {
    whole(&source(shelf, TABLE), Scope::Full, read.memory.clone()).await
}

#[tokio::test]
async fn a_pair_with_everything_becomes_records() {
    insta::assert_json_snapshot!(shown(&everything(&shelf(), TABLE).await.unwrap()));
}

#[tokio::test]
async fn of_a_pair_with_changes_what_differs_is_told() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    put_changes(&shelf);

    let told = since(&shelf, &before).await.unwrap();

    let david = source(&shelf, TABLE).identity(RecordKind::Person, "191212121212");
    assert!(told.removed.contains(&roster::RecordKey { kind: RecordKind::Person, id: david }));
    insta::assert_json_snapshot!(shown(&told));
}

#[tokio::test]
async fn everything_is_what_all_pairs_say_together() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    put_changes(&shelf);
    let told = since(&shelf, &before).await.unwrap();
    let key = |it: &Record| it.key();

    let after = everything(&shelf, TABLE).await.unwrap();

    let kept = before.records.iter().filter(|it| !told.removed.contains(&it.key()));
    let kept = kept.filter(|it| !told.records.iter().any(|new| new.key() == it.key()));
    let mut applied: Vec<Record> = kept.chain(&told.records).cloned().collect();
    applied.sort_by_key(key);
    let mut now = after.records.clone();
    now.sort_by_key(key);
    assert_eq!(applied, now);
    assert_eq!(since(&shelf, &after).await.unwrap().records, []);
}

#[tokio::test]
async fn a_later_pair_with_everything_leads_to_a_read_of_everything() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    put(&shelf, "Provby_20261123_0200_total", PRINCIPALS, RELATIONS);

    let error = since(&shelf, &before).await.unwrap_err();

    assert_eq!((error.kind, error.code), (SourceErrorKind::FullReadNeeded, "file_drop.new_files"));
}

#[tokio::test]
async fn half_a_pair_is_waited_for_and_nothing_behind_it_is_read() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    shelf.put_ago("Provby_20261122_0300.principals", b"", 100);
    put_changes(&shelf);

    let waiting = since(&shelf, &before).await.unwrap();
    shelf.clock.advance_seconds(1_800);
    let late = source(&shelf, TABLE).has(before.records[0].key()).await.unwrap_err();

    assert_eq!(waiting.records, []);
    assert_eq!(
        (late.code, late.detail.as_str()),
        ("file_drop.set_incomplete", "there is no provby_20261122_0300.relations")
    );
}

#[tokio::test]
async fn a_pair_that_was_read_and_is_gone_is_not_skipped_unnoticed() {
    let shelf = shelf();
    put_changes(&shelf);
    let read = everything(&shelf, TABLE).await.unwrap();
    shelf.remove("Provby_20261122_0400.principals");
    shelf.remove("Provby_20261122_0400.relations");

    assert_eq!(since(&shelf, &read).await.unwrap_err().code, "file_drop.new_files");
    assert_eq!(everything_remembering(&shelf, &read).await.unwrap_err().code, "file_drop.sequence_broken");
}

#[tokio::test]
async fn a_pair_that_comes_late_is_noticed() {
    let shelf = shelf();
    put_changes(&shelf);
    let read = everything(&shelf, TABLE).await.unwrap();
    put(&shelf, "Provby_20261122_0300", "", "");

    assert_eq!(everything_remembering(&shelf, &read).await.unwrap_err().code, "file_drop.sequence_broken");
}

#[tokio::test]
async fn more_time_between_two_pairs_than_agreed_is_a_missing_one() {
    let shelf = shelf();
    put(&shelf, "Provby_20261124_0200", "", "");
    let table = format!("{TABLE}[unikum]\nmost_hours_between = 25\n");

    assert!(everything(&shelf, TABLE).await.is_ok());
    assert_eq!(everything(&shelf, &table).await.unwrap_err().code, "file_drop.sequence_broken");
}

#[tokio::test]
async fn an_empty_pair_holds_no_changes_but_not_everything() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    put(&shelf, "Provby_20261122_0400", "", "");
    assert_eq!(since(&shelf, &before).await.unwrap().removed, []);

    put(&shelf, "Provby_20261122_0500_total", "", "");

    assert_eq!(everything(&shelf, TABLE).await.unwrap_err().code, "file_drop.file_empty");
}

#[tokio::test]
async fn rows_that_cannot_be_read_remove_nobody() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    let rows = "kort\trad\tuser\n\tutan id\t\t\t\t\tclass\n";
    put(
        &shelf,
        "Provby_20261122_0400",
        rows,
        "remove\tstaff_in_school\t191212121212\tN\nflytta\ta\tb\tc\nadd\tnytt\ta\tb\n",
    );

    let told = since(&shelf, &before).await.unwrap();

    assert_eq!(told.removed, []);
    assert_eq!(
        codes(&told).into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
        ["file_drop.record_unreadable", "file_drop.row_unreadable", "file_drop.value_unknown"]
    );
}

#[tokio::test]
async fn the_columns_of_relations_are_settings() {
    let turned: String =
        RELATIONS.lines().map(|line| line.split('\t').rev().collect::<Vec<_>>().join(";") + "\n").collect();
    let shelf = Shelf::of(&[
        ("a_20261122_0200_total.principals", PRINCIPALS.replace('\t', ";").as_bytes()),
        ("a_20261122_0200_total.relations", turned.as_bytes()),
    ]);
    let table =
        format!("separator = 'semicolon'\n{TABLE}[unikum]\nrelation_columns = ['to', 'from', 'type', 'operation']\n");

    let usual = everything(&super::unikum::shelf(), TABLE).await.unwrap();

    assert_eq!(everything(&shelf, &table).await.unwrap().records, usual.records);
}
