//! OneRoster's zips: one with everything, then what changed.

use std::io::{Cursor, Write};

use roster::RecordKey;

use super::*;
use crate::loopback::changes;
use crate::{Source, SourceErrorKind};

const TABLE: &str = "format = 'oneroster'\nfolder = '/srv/drop'\n";

const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n";
const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,\
                     familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n";

pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn pupil(id: &str, status: &str, name: &str) -> String {
    format!("{id},{status},,true,o1,student,,,{name},Provsson,,,,,,,4,\n")
}

fn rostered(mode: &str, orgs: &str, users: &str) -> Vec<u8> {
    let manifest = format!(
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,{mode}\nfile.users,{mode}\n"
    );
    let (orgs, users) = (format!("{ORGS}{orgs}"), format!("{USERS}{users}"));
    zip(&[("manifest.csv", manifest.as_bytes()), ("orgs.csv", orgs.as_bytes()), ("users.csv", users.as_bytes())])
}

/// Astrid and Bo go to Norrskolan.
fn bulk() -> Vec<u8> {
    let users = [pupil("astrid", "", "Astrid"), pupil("bo", "", "Bo")].concat();
    rostered("bulk", "o1,,,Norrskolan,school,12345678,\n", &users)
}

/// Bo has left, and Eva has come.
fn delta() -> Vec<u8> {
    let users = [pupil("bo", "tobedeleted", "Bo"), pupil("eva", "active", "Eva")].concat();
    rostered("delta", "", &users)
}

fn shelf() -> Shelf {
    Shelf::of(&[("roster_1.zip", &bulk())])
}

fn person(name: &str) -> RecordKey {
    RecordKey { kind: RecordKind::Person, id: source(&shelf(), TABLE).identity(RecordKind::Person, name) }
}

fn persons(whole: &Whole) -> Vec<RecordKey> {
    let mut persons: Vec<RecordKey> =
        whole.records.iter().map(Record::key).filter(|it| it.kind == RecordKind::Person).collect();
    persons.sort();
    persons
}

async fn since(shelf: &Shelf, read: &Whole) -> Result<Whole, SourceError> {
    whole(&source(shelf, TABLE), changes(&read.cursor.clone().unwrap()), read.memory.clone()).await
}

#[tokio::test]
async fn of_a_zip_with_changes_what_differs_is_told() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    shelf.put_ago("roster_2_delta.zip", &delta(), 100);

    let told = since(&shelf, &before).await.unwrap();

    assert_eq!((persons(&told), told.removed, told.complete), (vec![person("eva")], vec![person("bo")], vec![]));
}

#[tokio::test]
async fn everything_is_what_the_zip_with_everything_and_those_after_it_say() {
    let shelf = shelf();
    shelf.put_ago("roster_2_delta.zip", &delta(), 100);

    let read = everything(&shelf, TABLE).await.unwrap();

    let mut expected = vec![person("astrid"), person("eva")];
    expected.sort();
    assert_eq!(persons(&read), expected);
}

#[tokio::test]
async fn zips_with_changes_are_read_in_the_order_in_which_they_were_dropped() {
    let shelf = shelf();
    shelf.put_ago("roster_3_delta.zip", &delta(), 200);
    shelf.put_ago("roster_2_delta.zip", &rostered("delta", "", &pupil("bo", "active", "Bo")), 100);

    let read = everything(&shelf, TABLE).await.unwrap();

    assert!(persons(&read).contains(&person("bo")));
}

#[tokio::test]
async fn a_later_zip_with_everything_leads_to_a_read_of_everything() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    shelf.put_ago("roster_2.zip", &bulk(), 100);

    let error = since(&shelf, &before).await.unwrap_err();

    assert_eq!((error.kind, error.code), (SourceErrorKind::FullReadNeeded, "file_drop.new_files"));
}

#[tokio::test]
async fn what_comes_after_a_zip_that_is_still_written_is_not_read_before_it() {
    let shelf = shelf();
    let before = everything(&shelf, TABLE).await.unwrap();
    shelf.put_ago("roster_2_delta.zip", &delta(), 10);
    shelf.put_ago("roster_3_delta.zip", &rostered("delta", "", ""), 5);

    let told = since(&shelf, &before).await.unwrap();

    assert_eq!((told.records, told.removed), (vec![], vec![]));
}

#[tokio::test]
async fn a_zip_with_changes_that_was_read_and_is_gone_breaks_the_sequence() {
    let shelf = shelf();
    shelf.put_ago("roster_2_delta.zip", &delta(), 200);
    let before = everything(&shelf, TABLE).await.unwrap();
    shelf.remove("roster_2_delta.zip");

    let error = whole(&source(&shelf, TABLE), Scope::Full, before.memory).await.unwrap_err();

    assert_eq!(error.code, "file_drop.sequence_broken");
}

#[tokio::test]
async fn changes_of_nothing_and_changes_that_are_not_called_so_are_refused() {
    assert_eq!(refused(&[("roster_delta.zip", &delta())], TABLE).await.code, "file_drop.nothing_there");
    assert_eq!(refused(&[("roster.zip", &delta())], TABLE).await.code, "oneroster.base_needed");
}
