//! When files are read, and what a read leads to.

use super::csv::TABLE;
use super::*;
use crate::loopback::changes;
use crate::{Next, ReadRequest, Source, SourceErrorKind};

const HEADER: &str = "Elev;Förnamn;Efternamn;Personnummer;E-post skola;E-post annan;Enhetskod;Enhet;Skolform;Årskurs;\
                      Klass;Klassnamn;Från;Till;Sekretess\n";

fn file(pupils: usize) -> Vec<u8> {
    let rows = (0..pupils).map(|n| format!("p{n};Astrid;Provsson;;;;12345678;Norrskolan;GR;7;7A;7A;;;\n"));
    format!("{HEADER}{}", rows.collect::<String>()).into_bytes()
}

fn persons(whole: &Whole) -> usize {
    whole.records.iter().filter(|it| it.key().kind == RecordKind::Person).count()
}

#[tokio::test]
async fn a_poll_that_finds_the_known_files_opens_none() {
    let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);
    let read = everything(&shelf, TABLE).await.unwrap();
    let opened = shelf.opened();

    let poll = whole(&source(&shelf, TABLE), changes(&read.cursor.clone().unwrap()), None).await.unwrap();

    assert_eq!((poll.records.len(), poll.complete.len(), poll.cursor), (0, 0, read.cursor));
    assert_eq!(shelf.opened(), opened);
}

#[tokio::test]
async fn new_files_lead_to_a_read_of_everything_as_soon_as_they_are_whole() {
    let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);
    let cursor = everything(&shelf, TABLE).await.unwrap().cursor.unwrap();
    shelf.put("elever_2.csv", &file(2));
    let source = source(&shelf, TABLE);
    let poll = async |seconds| {
        shelf.clock.advance_seconds(seconds);
        let request = ReadRequest { scope: changes(&cursor), position: None, started: shelf.clock.now(), memory: None };
        source.read(&request).await.map(|page| page.next).map_err(|error| (error.kind, error.code))
    };

    let silent = Ok(Next::End { cursor: Some(cursor.clone()), complete: Vec::new() });
    assert_eq!(poll(59).await, silent);
    assert_eq!(poll(1).await, Err((SourceErrorKind::FullReadNeeded, "file_drop.new_files")));
}

#[tokio::test]
async fn other_settings_make_the_same_files_be_read_anew() {
    let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);
    let cursor = everything(&shelf, TABLE).await.unwrap().cursor.unwrap();

    let other = source(&shelf, &TABLE.replace("kind = { value = \"Klass\" }", "kind = { value = \"Övrigt\" }"));

    assert_eq!(whole(&other, changes(&cursor), None).await.unwrap_err().kind, SourceErrorKind::FullReadNeeded);
}

#[tokio::test]
async fn a_file_that_is_still_written_makes_a_full_read_wait_exactly_as_long_as_needed() {
    let shelf = Shelf::of(&[]);
    shelf.put_ago("elever_1.csv", &file(3), 20);

    let error = everything(&shelf, TABLE).await.unwrap_err();

    assert_eq!((error.kind, error.code), (SourceErrorKind::Throttled(40), "file_drop.not_settled"));
}

#[tokio::test]
async fn files_that_were_taken_away_are_nothing_new_and_no_empty_register() {
    let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);
    let cursor = everything(&shelf, TABLE).await.unwrap().cursor.unwrap();
    shelf.remove("elever_1.csv");

    let poll = whole(&source(&shelf, TABLE), changes(&cursor), None).await;
    let night = everything(&shelf, TABLE).await.unwrap_err();

    assert!(poll.is_ok_and(|it| it.complete.is_empty()));
    assert_eq!((night.kind, night.code), (SourceErrorKind::Passing, "file_drop.nothing_there"));
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_fails_the_read() {
    for content in [file(3), file(4)] {
        let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);
        shelf.put_while_reading("elever_1.csv", &content);

        let error = everything(&shelf, TABLE).await.unwrap_err();

        assert_eq!((error.kind, error.code), (SourceErrorKind::Passing, "file_drop.file_changed"));
    }
}

#[tokio::test]
async fn a_marker_says_when_a_file_is_whole() {
    let table = TABLE.replace("[[table]]", "marker = '{name}.done'\n[[table]]");
    let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);

    let before = everything(&shelf, &table).await.unwrap_err().code;
    shelf.put("elever_1.csv.done", b"");

    assert_eq!((before, persons(&everything(&shelf, &table).await.unwrap())), ("file_drop.marker_missing", 3));
}

#[tokio::test]
async fn pages_may_be_read_by_other_processes_as_long_as_the_files_are_the_same() {
    let shelf = Shelf::of(&[("elever_1.csv", &file(9))]);
    let table = TABLE.replace("[[table]]", "page_size = 4\n[[table]]");
    let first = source(&shelf, &table);
    let mut request = ReadRequest { scope: Scope::Full, position: None, started: shelf.clock.now(), memory: None };
    let Next::Page(position) = first.read(&request).await.unwrap().next else { panic!("one page only") };
    request.position = Some(position);

    let second = source(&shelf, &table).read(&request).await.unwrap();
    shelf.put_ago("elever_1.csv", &file(8), 100);
    let after = source(&shelf, &table).read(&request).await.unwrap_err();

    assert_eq!((second.records.len(), after.code), (4, "file_drop.files_replaced"));
}

#[tokio::test]
async fn somebody_is_called_gone_only_if_everybody_could_be_read() {
    let shelf = Shelf::of(&[("elever_1.csv", &file(3))]);
    let source = source(&shelf, TABLE);
    let [here, gone] = ["p0", "p9"].map(|native| source.identity(RecordKind::Person, native));
    let key = |id| roster::RecordKey { kind: RecordKind::Person, id };

    let told = (source.has(key(here)).await.unwrap(), source.has(key(gone)).await.unwrap());
    shelf.put_ago("elever_1.csv", &[file(3), b"x;y\n".to_vec()].concat(), 100);

    assert_eq!(told, (true, false));
    assert_eq!(source.has(key(gone)).await.unwrap_err().code, "file_drop.rows_unreadable");
}
