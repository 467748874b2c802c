//! What is wrong with a file costs what is wrong, or the read; never anybody else.

use super::csv::TABLE;
use super::*;
use crate::SourceErrorKind;

const HEADER: &str = "Elev;Förnamn;Efternamn;Personnummer;E-post skola;E-post annan;Enhetskod;Enhet;Skolform;Årskurs;\
                      Klass;Klassnamn;Från;Till;Sekretess\n";

fn row(id: &str, unit: &str, class: &str, period: &str) -> String {
    format!("{id};Astrid;Provsson;;;;{unit};Norrskolan;GR;7;{class};{class};{period};\n")
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}{}", rows.concat())
}

fn good() -> String {
    row("4711", "12345678", "7A", "2026-08-17;2027-06-11")
}

async fn code(text: &[u8]) -> &'static str {
    refused(&[("elever_1.csv", text)], TABLE).await.code
}

#[tokio::test]
async fn a_file_that_is_not_whole_or_not_agreed_on_is_no_empty_register() {
    let whole = file(&[good(), good()]);
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(&whole);
    let bad: [(&[u8], &str); 8] = [
        (b"", "file_drop.file_empty"),
        (b"\r\n\r\n", "file_drop.file_empty"),
        (HEADER.as_bytes(), "file_drop.header_only"),
        (whole.trim_end().trim_end_matches(';').as_bytes(), "file_drop.truncated"),
        (&latin, "file_drop.encoding"),
        (b"<!doctype html>\n<title>Logga in</title>\n", "file_drop.header_wrong"),
        (whole.get(HEADER.len()..).unwrap().as_bytes(), "file_drop.header_wrong"),
        (whole.trim_start_matches("Elev;").as_bytes(), "file_drop.header_wrong"),
    ];

    for (text, expected) in bad {
        assert_eq!(code(text).await, expected);
    }
}

#[tokio::test]
async fn a_header_names_the_column_that_is_missing_and_not_what_is_there() {
    let error = refused(&[("elever_1.csv", good().as_bytes())], TABLE).await;

    assert_eq!(error.detail, "elever_1.csv: there is no column Enhetskod");
}

#[tokio::test]
async fn a_file_of_which_no_row_has_the_right_form_is_refused() {
    let rows = [HEADER, "4711;Astrid\n", "4712;Bo\n"].concat();

    assert_eq!(code(rows.as_bytes()).await, "file_drop.rows_unreadable");
}

#[tokio::test]
async fn a_column_that_lost_its_identifiers_is_no_empty_register() {
    let rows = [row("", "12345678", "7A", "2026-08-17;"), row("", "12345678", "7B", "2026-08-17;")];

    assert_eq!(code(file(&rows).as_bytes()).await, "file_drop.rows_unreadable");
}

#[tokio::test]
async fn a_pupil_without_a_class_is_no_broken_row() {
    let told = told(&[("elever_1.csv", file(&[good(), row("4712", "12345678", "", ";")]).as_bytes())], TABLE).await;

    assert_eq!((codes(&told).len(), told.complete.len()), (0, 3));
}

#[tokio::test]
async fn a_row_of_another_length_is_left_out_and_nobody_is_missed() {
    let told = told(&[("elever_1.csv", file(&[good(), "4712;Bo\n".into()]).as_bytes())], TABLE).await;

    let persons = told.records.iter().filter(|it| it.key().kind == RecordKind::Person).count();
    assert_eq!((persons, told.complete.len()), (1, 0));
    assert_eq!(told.unreadable[0].reason, "elever_1.csv, line 3: 2 columns instead of 15");
}

#[tokio::test]
async fn a_quotation_mark_that_is_not_closed_swallows_nobody_unnoticed() {
    let broken = row("\"4712", "12345678", "7A", "2026-08-17;");
    let told = everything(&Shelf::of(&[("elever_1.csv", file(&[good(), broken, good()]).as_bytes())]), TABLE).await;

    assert!(!is_complete(&told.unwrap(), RecordKind::Person));
}

#[tokio::test]
async fn ten_megabytes_in_one_field_are_refused() {
    let huge = row(&"x".repeat(10_000_000), "12345678", "7A", "2026-08-17;");

    assert_eq!(code(file(&[huge]).as_bytes()).await, "file_drop.field_too_large");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_even_opened() {
    let shelf = Shelf::of(&[("elever_1.csv", &vec![b'x'; 1_000_001])]);
    let table = TABLE.replace("[[table]]", "max_file_mb = 1\n[[table]]");

    let error = everything(&shelf, &table).await.unwrap_err();

    assert_eq!((error.code, shelf.opened()), ("file_drop.file_too_large", 0));
}

#[tokio::test]
async fn of_two_rows_with_one_identity_that_differ_the_first_is_taken() {
    let other = good().replace("Astrid", "Bo");
    let told = told(&[("elever_1.csv", file(&[good(), other]).as_bytes())], TABLE).await;

    assert_eq!(codes(&told), ["file_drop.duplicate_id"]);
    assert!(!told.unreadable[0].reason.contains("Bo") && told.unreadable[0].reason.contains("line 3"));
}

#[tokio::test]
async fn a_date_that_does_not_exist_is_not_taken_as_endless() {
    let ends = |period| async move {
        let told = told(&[("elever_1.csv", file(&[row("4711", "12345678", "7A", period)]).as_bytes())], TABLE).await;
        let members = told.records.iter().find_map(|it| match it {
            Record::Group(group) => Some(group.members.len()),
            _ => None,
        });
        (members.unwrap(), codes(&told).join(" "))
    };

    assert_eq!(ends("2026-08-17;2027-02-30").await, (0, "file_drop.end_date_unreadable".to_owned()));
    assert_eq!(ends("2026-13-01;2027-06-11").await, (1, "file_drop.field_unreadable".to_owned()));
}

const PARTS: &str = r#"
format = "csv"
folder = "/srv/drop"

[[table]]
file = "enheter.csv"
organisation = { id = "Id", name = "Namn", parent = "Över", kind = "Typ" }

[[table]]
file = "personer.csv"
person = { id = "Id", given_name = "Förnamn", family_name = "Efternamn" }

[[table]]
file = "placeringar.csv"
enrolment = { person = "Person", school_unit = "Enhet" }
duty = { person = "Person", organisation = "Enhet", group = "Grupp" }

[[table]]
file = "grupper.csv"
group = { id = "Id", name = "Namn", organisation = "Enhet" }

[[table]]
file = "medlemmar.csv"
membership = { group = "Grupp", person = "Person", role = "Roll" }
"#;

#[tokio::test]
async fn dates_that_are_all_written_otherwise_are_no_end_of_all_memberships() {
    let table = "format = 'csv'\nfolder = '/srv/drop'\n[[table]]\nfile = 'medlemmar.csv'\n\
                 membership = { group = 'Grupp', person = 'Person', end = 'Till' }\n";

    let error = refused(&[("medlemmar.csv", b"Grupp;Person;Till\ng;p;11.6.2027\ng;q;11.6.2027\n")], table).await;

    assert_eq!(error.code, "file_drop.rows_unreadable");
}

#[tokio::test]
async fn what_refers_to_nothing_and_what_is_below_itself_is_told() {
    let files: [(&str, &[u8]); 5] = [
        (
            "enheter.csv",
            "Id;Namn;Över;Typ\nA;Nämnd;B;Förvaltning\nB;Kontor;A;Förvaltning\nS;Skola;A;Skolenhet\nT;Annan;X;Skolenhet\n"
                .as_bytes(),
        ),
        ("personer.csv", "Id;Förnamn;Efternamn\np1;Astrid;Provsson\np2;;\n".as_bytes()),
        ("placeringar.csv", "Person;Enhet;Grupp\np1;S;g1\np1;A;\np1;X;\np9;S;\np1;S;g9\n".as_bytes()),
        ("grupper.csv", "Id;Namn;Enhet\ng1;7A;S\ng2;8A;X\n".as_bytes()),
        ("medlemmar.csv", "Grupp;Person;Roll\ng1;p1;elev\ng1;p9;elev\ng9;p1;elev\ng1;p2;vaktmästare\n".as_bytes()),
    ];

    insta::assert_json_snapshot!(shown(&told(&files, PARTS).await));
}

#[tokio::test]
async fn a_bucket_cannot_be_read_outside_aws() {
    let table = "format = 'oneroster'\nbucket = 'skolbro-drop'".parse().unwrap();
    let source = FileDropSource::new(configuration::read(&table).unwrap(), &context()).unwrap();

    let error = whole(&source, Scope::Full, None).await.unwrap_err();

    assert_eq!((error.code, error.kind), ("file_drop.place_not_available_here", SourceErrorKind::Configuration));
}
